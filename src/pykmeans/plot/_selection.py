"""plot.selection: every criterion that was asked for the best number of clusters."""

from typing import TYPE_CHECKING, Any

from .._criteria import CRITERIA
from . import _curves, _style
from ._display import Display

if TYPE_CHECKING:
    from typing_extensions import Self

_ABREAST = 3  # panels in a row


class SelectionDisplay(Display):
    """The criteria for each number of clusters, made by ``plot.selection``.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        The axes of the first panel.
    axes_ : ndarray of matplotlib.axes.Axes
        Those of all panels.
    figure_ : matplotlib.figure.Figure
        Their figure.
    lines_ : dict of str to matplotlib.lines.Line2D
        The curve of each criterion.
    marks_ : dict of str to matplotlib.collections.PathCollection or None
        The ring around its best k; None where it has none.
    """

    lines_: dict[str, Any]
    marks_: dict[str, Any]

    def __init__(self, selection: Any) -> None:
        self._selection = selection

    def plot(self, *, ax: Any = None) -> "Self":
        """Draw the picture, once more or elsewhere.

        Parameters
        ----------
        ax : array-like of matplotlib.axes.Axes or None, default=None
            Where to draw: axes for each criterion; None for a new figure.

        Returns
        -------
        self : SelectionDisplay
            This display, whose attributes are now those of the new drawing.
        """
        table, best = self._selection.table, self._selection.best
        n_columns = min(len(best), _ABREAST if len(best) != 4 else 2)
        width = 6.4 if n_columns == 1 else 4.0
        axes = _style.many_axes(ax, "selection", len(best), n_columns, width, 0.8 * width)
        self._keep(axes)
        self.lines_, self.marks_ = {}, {}
        for name, panel in zip(best, axes, strict=True):
            values = table["inertia"] if name == "elbow" else table[name]
            errors = table[f"{name}_se"] if f"{name}_se" in table.dtype.names else None
            self.lines_[name], self.marks_[name] = _curves.draw_curve(panel, table["k"], values, best[name], errors)
            words = "inertia" if name == "elbow" else CRITERIA[name].words
            _style.dress(panel, words[0].upper() + words[1:], "number of clusters k", grid="y")
            if name == "elbow":
                panel.set_ylim(bottom=0)
            _curves.count_format(panel)
        if ax is None:
            title = f"Best k: {self._selection.reason}" if any(best.values()) else "No best k"
            self.figure_.suptitle(title, x=0.01, ha="left", fontsize=_style.TITLE + 1, color=_style.INK)
        return self


def selection(selection: Any, *, ax: Any = None) -> SelectionDisplay:
    """Draw each criterion for each number of clusters, and mark the best k by it.

    Parameters
    ----------
    selection : KSelection
        What ``select_k`` or ``elbow`` found.
    ax : array-like of matplotlib.axes.Axes or None, default=None
        Where to draw: axes for each criterion; None for a new figure.

    Returns
    -------
    display : SelectionDisplay
        The picture; ``display.figure_.savefig("selection.png")`` keeps it.

    Raises
    ------
    ValueError, TypeError
        If an argument is not what is described.
    ImportError
        If matplotlib is not installed.

    Examples
    --------
    >>> from pykmeans import plot, select_k
    >>> X = [[0, 0], [0, 1], [1, 0], [9, 9], [9, 8], [8, 9], [0, 9], [1, 9], [0, 8]]
    >>> display = plot.selection(select_k(X, range(2, 6), random_state=0))
    >>> list(display.lines_)
    ['elbow', 'silhouette']
    """
    if not hasattr(selection, "table") or not hasattr(selection, "best"):
        raise TypeError(f"selection must be a KSelection, as select_k returns, got {selection!r}.")
    return SelectionDisplay(selection).plot(ax=ax)
