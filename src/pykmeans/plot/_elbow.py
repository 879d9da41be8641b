"""plot.elbow: the inertia for each number of clusters."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .._knee import knee
from . import _curves, _style
from ._display import Display

if TYPE_CHECKING:
    from typing_extensions import Self


class ElbowDisplay(Display):
    """The inertia for each number of clusters, made by ``plot.elbow``.

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
    mark_ : matplotlib.collections.PathCollection or None
        The ring around the elbow; None where there is no elbow.
    best_k : int or None
        Where the elbow is.
    """

    line_: Any
    mark_: Any

    def __init__(self, k: NDArray[Any], inertias: NDArray[Any], best_k: int | None) -> None:
        self._k = k
        self._inertias = inertias
        self.best_k = best_k

    def plot(self, *, ax: Any = None) -> "Self":
        """Draw the picture, once more or elsewhere.

        Parameters
        ----------
        ax : matplotlib.axes.Axes or None, default=None
            Where to draw; None for a new figure.

        Returns
        -------
        self : ElbowDisplay
            This display, whose attributes are now those of the new drawing.
        """
        ax = _style.one_axes(ax, "elbow")
        self._keep(ax)
        self.line_, self.mark_ = _curves.draw_curve(ax, self._k, self._inertias, self.best_k)
        title = "No elbow" if self.best_k is None else f"The elbow is at {self.best_k} clusters"
        _style.dress(ax, title, "number of clusters k", "inertia", grid="y")
        ax.set_ylim(bottom=0)
        _curves.count_format(ax)
        return self


def elbow(selection: Any, *, ax: Any = None) -> ElbowDisplay:
    """Draw the inertia for each number of clusters, and mark the elbow: where further clusters begin to gain little.

    Parameters
    ----------
    selection : KSelection or tuple (k, inertias)
        What ``select_k`` or ``elbow`` found, or the numbers of clusters, increasing, and the inertia for each of them.
    ax : matplotlib.axes.Axes or None, default=None
        Where to draw; None for a new figure.

    Returns
    -------
    display : ElbowDisplay
        The picture; ``display.figure_.savefig("elbow.png")`` keeps it.

    Raises
    ------
    ValueError, TypeError
        If an argument is not what is described.
    ImportError
        If matplotlib is not installed.

    References
    ----------
    Satopää, V., Albrecht, J., Irwin, D. and Raghavan, B. (2011). Finding a "kneedle" in a haystack: detecting knee
    points in system behavior. 31st international conference on distributed computing systems workshops, 166-171.

    Examples
    --------
    >>> from pykmeans import plot
    >>> plot.elbow(([1, 2, 3, 4, 5, 6], [681.4, 152.3, 78.9, 57.3, 46.5, 39.0])).best_k
    2
    """
    k, inertias = _curve(selection)
    place, _ = knee(k, inertias)
    return ElbowDisplay(k, inertias, None if place is None else int(k[place])).plot(ax=ax)


def _curve(selection: Any) -> tuple[NDArray[Any], NDArray[np.float64]]:
    if hasattr(selection, "table"):
        return selection.table["k"], selection.table["inertia"]
    if not isinstance(selection, (tuple, list)) or len(selection) != 2:
        raise TypeError(f"selection must be a KSelection or a tuple (k, inertias), got {selection!r}.")
    k, inertias = np.asarray(selection[0]), np.asarray(selection[1], dtype=np.float64)
    if k.ndim != 1 or inertias.shape != k.shape or not len(k):
        raise ValueError(
            f"selection must hold an inertia for each k, got arrays of the shapes {k.shape} and {inertias.shape}."
        )
    if k.dtype.kind not in "iu" or (k < 1).any() or (np.diff(k.astype(np.int64)) <= 0).any():
        raise ValueError(f"the k of selection must be increasing integers from 1, got {k.tolist()}.")
    if not np.isfinite(inertias).all():
        raise ValueError(f"the inertias of selection must be finite, got {inertias.tolist()}.")
    return k.astype(np.int64), inertias
