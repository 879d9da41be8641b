"""plot.convergence: how the inertia fell, why the fit stopped, and what its refinement found."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .._counts import counted
from .._optional import optional
from . import _curves, _frames, _style
from ._display import Display
from ._rows import fitted

if TYPE_CHECKING:
    from typing_extensions import Self


_FEW = 10  # values, up to which each is labeled
_REFINED = {"color": _style.ACCENT, "linewidth": 1.6, "marker": "o", "markersize": 3.0, "zorder": 3}


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
        The curve: the inertia of each iteration, from 1, and last that of the labels and centers that came out, before
        they were refined.
    refinement_line_ : matplotlib.lines.Line2D or None
        What goes on from there: the inertia after each step of the refinement. None for a fit without.
    """

    line_: Any
    refinement_line_: Any

    def __init__(self, inertias: NDArray[np.float64], refined: NDArray[np.float64], title: str) -> None:
        self._inertias = inertias
        self._refined = refined
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
        places, values = np.arange(1, len(self._inertias) + 1), self._inertias
        self.line_, _ = _curves.draw_curve(ax, places, values, None)
        self.refinement_line_ = None
        _style.dress(ax, self._title, "iteration", "inertia", grid="y")
        if len(self._refined):
            self._draw_refinement(ax)
        elif len(values) <= _FEW:
            self._name_all(ax, places)
        else:
            _curves.name_point(ax, 1, values[0], is_right=True)
            _curves.name_point(ax, places[-1], values[-1], is_right=False)
        _curves.count_format(ax)
        return self

    def _draw_refinement(self, ax: Any) -> None:
        """Continue the curve in another color, and repeat that part in an inset if the inertia fell."""
        first = len(self._inertias)
        places = np.arange(first, first + len(self._refined))
        ticks = optional("matplotlib.ticker", "plot", "plot").MaxNLocator
        (self.refinement_line_,) = ax.plot(places, self._refined, **_REFINED)
        ax.axvline(first, color=_style.FAINT, linewidth=1.0, linestyle=(0, (4, 3)), zorder=1)
        ax.set_xlabel("iteration, then step of the refinement")
        ax.xaxis.set_major_locator(ticks(integer=True))
        _curves.name_point(ax, 1, self._inertias[0], is_right=True)
        if self._refined[-1] == self._refined[0]:
            _curves.name_point(ax, places[-1], self._refined[-1], is_right=False)
            return
        closer = ax.inset_axes([0.47, 0.4, 0.51, 0.52])  # a falling curve leaves the upper right free
        closer.plot(places, self._refined, **_REFINED)
        closer.margins(x=0.04, y=0.2)
        closer.xaxis.set_major_locator(ticks(4, integer=True))
        closer.yaxis.set_major_locator(ticks(4))
        _style.dress(closer, grid="y")
        closer.set_title("The refinement, closer", loc="left", fontsize=_style.SMALL, color=_style.INK)
        _curves.name_point(closer, first, self._refined[0], is_right=True)
        _curves.name_point(closer, places[-1], self._refined[-1], is_right=False, is_below=True)
        _curves.count_format(closer)

    def _name_all(self, ax: Any, places: NDArray[np.int64]) -> None:
        """Draw a line from 0 to each of a few values, and write by how much it is below the one before."""
        values = self._inertias
        ax.vlines(places, 0.0, values, color=_style.FAINT, linewidth=1.0, zorder=1)
        ax.set(ylim=(0.0, 1.15 * values.max() or 1.0), xlim=(0.8, len(values) + 0.75))
        ax.set_xticks(places, [*map(str, places[:-1]), "end"])
        for i, (place, value) in enumerate(zip(places, values, strict=True)):
            fall = 1.0 - value / values[i - 1] if i and values[i - 1] > 0 else 0.0
            change = f"\n{_style.MINUS}{_style.share(fall)}" if fall > 5e-4 else "\nas before" if i else ""
            how = {"ha": "left", "va": "bottom", "fontsize": _style.SMALL, "color": _style.MUTED}
            ax.annotate(_style.number(value) + change, (place, value), (4, 5), textcoords="offset points", **how)


def convergence(model: Any, *, ax: Any = None) -> ConvergenceDisplay:
    """Draw how the inertia fell from iteration to iteration of a fit; the title says why it stopped.

    Iterations are counted from 1, as in all pictures. The last value is that of the labels and centers that came out.
    Up to ten values are each labeled, above a scale that starts at 0. Where the fit was refined, the inertia after each
    step of that follows, in another color, and the title says what it gained.

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
    refined = getattr(model, "refinement_history_", np.empty(0))
    last = model.inertia_
    if len(refined):
        last = model.unrefined_inertia_
        title += f"\n{_gain(model)}"
    return ConvergenceDisplay(np.append(model.inertia_history_, last), refined, title).plot(ax=ax)


def _gain(model: Any) -> str:
    """Return what the refinement of a fit did, in words."""
    part = 1.0 - model.inertia_ / model.unrefined_inertia_
    fall = f"{_style.MINUS}{_style.share(part)}" if part > 0 else "as before"
    swaps = f"{model.n_accepted_swaps_} of {counted(model.n_swaps_, 'swap')} kept, " if model.n_swaps_ else ""
    return f"Refined: {swaps}{counted(model.n_moves_, 'row')} moved, inertia {fall}"
