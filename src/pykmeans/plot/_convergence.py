"""plot.convergence: how the inertia fell, and why the fit stopped."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from . import _curves, _frames, _style
from ._display import Display
from ._rows import fitted

if TYPE_CHECKING:
    from typing_extensions import Self


class ConvergenceDisplay(Display):
    """The inertia of each iteration, made by ``plot.convergence``.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        The axes that it was drawn in.
    axes_ : ndarray of matplotlib.axes.Axes
        The same, in an array.
    figure_ : matplotlib.figure.Figure
        Their figure.
    line_ : matplotlib.lines.Line2D
        The curve.
    """

    line_: Any

    def __init__(self, history: NDArray[np.float64], title: str) -> None:
        self._history = history
        self._title = title

    def plot(self, *, ax: Any = None) -> "Self":
        """Draw the picture, once more or elsewhere.

        Parameters
        ----------
        ax : matplotlib.axes.Axes or None, default=None
            Where to draw; None for a new figure.

        Returns
        -------
        self : ConvergenceDisplay
            This display, whose attributes are now those of the new drawing.
        """
        ax = _style.one_axes(ax, "convergence")
        self._keep(ax)
        self.line_, _ = _curves.draw_curve(ax, np.arange(1, len(self._history) + 1), self._history, None)
        n_iter = len(self._history)
        _curves.name_point(ax, 1, self._history[0], is_right=True)
        if n_iter > 1:
            _curves.name_point(ax, n_iter, self._history[-1], is_right=False)
        _style.dress(ax, self._title, "iteration", "inertia", grid="y")
        _curves.count_format(ax)
        return self


def convergence(model: Any, *, ax: Any = None) -> ConvergenceDisplay:
    """Draw how the inertia fell from iteration to iteration of a fit; the title says why it stopped.

    Parameters
    ----------
    model : KMeans or KPrototypes
        The fitted model.
    ax : matplotlib.axes.Axes or None, default=None
        Where to draw; None for a new figure.

    Returns
    -------
    display : ConvergenceDisplay
        The picture; ``display.figure_.savefig("convergence.png")`` keeps it.

    Raises
    ------
    NotFittedError
        Before fit.
    TypeError
        If an argument is not what is described.
    ImportError
        If matplotlib is not installed.

    Examples
    --------
    >>> from pykmeans import KMeans, plot
    >>> X = [[1, 2], [1, 4], [1, 0], [10, 2], [10, 4], [10, 0]]
    >>> display = plot.convergence(KMeans(n_clusters=2, random_state=0).fit(X))
    >>> display.ax_.get_title(loc="left")
    'Stopped after 2 iterations: no row changed its cluster'
    """
    model = fitted(model, "convergence")
    title = f"Stopped after {_frames.iterations(model.n_iter_)}: {_frames.why_it_stopped(model)}"
    return ConvergenceDisplay(model.inertia_history_, title).plot(ax=ax)
