"""plot.steps: how a fit went, panel by panel."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from .._validate.parameters import check
from . import _frames, _style
from ._display import Display

if TYPE_CHECKING:
    from typing_extensions import Self

_ABREAST = 3  # panels in a row
_SCALE = 0.6  # of dots and discs, in panels this small


class StepsDisplay(Display):
    """A fit, panel by panel, made by ``plot.steps``.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        The axes of the first panel.
    axes_ : ndarray of matplotlib.axes.Axes
        Those of all panels.
    figure_ : matplotlib.figure.Figure
        Their figure.
    titles_ : list of str
        What each panel shows.
    """

    titles_: list[str]

    def __init__(self, film: _frames.Film, shown: list[int], reason: str) -> None:
        self._film = film
        self._shown = shown
        self._reason = reason

    def plot(self, *, ax: Any = None) -> "Self":
        """Draw the picture, once more or elsewhere.

        Parameters
        ----------
        ax : array-like of matplotlib.axes.Axes or None, default=None
            Where to draw: axes for each panel; None for a new figure.

        Returns
        -------
        self : StepsDisplay
            This display, whose attributes are now those of the new drawing.
        """
        n_panels = len(self._shown)
        n_columns = min(n_panels, _ABREAST if n_panels != 4 else 2)
        axes = _style.many_axes(ax, "steps", n_panels, n_columns, 3.2, 2.9)
        self._keep(axes)
        frames = [self._film.frames[i] for i in self._shown]
        self.titles_ = [frame.title for frame in frames]
        xlim, ylim = _frames.limits(self._film)
        for place, (panel, frame) in enumerate(zip(axes, frames, strict=True)):
            _frames.draw_frame(panel, self._film, frame, _SCALE)
            is_left, is_low = place % n_columns == 0, place + n_columns >= n_panels
            names = self._film.plane.names
            _style.dress(panel, frame.title, names[0] if is_low else "", names[1] if is_left else "", pad=5)
            panel.set(xlim=xlim, ylim=ylim)
            panel.tick_params(labelbottom=is_low, labelleft=is_left)
            for label in (panel.xaxis.label, panel.yaxis.label):
                label.set_size(_style.TINY if "\n" in label.get_text() else _style.LABEL)
            if not names[1]:
                panel.set(yticks=[])
            if frame.inertia is not None:
                _style.remark(panel, f"inertia {_style.number(frame.inertia)}", pad=5)
            if frame.act == "end":
                _style.note(panel, self._reason)
        return self


def steps(
    model: Any, X: ArrayLike, *, ax: Any = None, max_panels: int = 6, columns: Any = None, feature_names: Any = None
) -> StepsDisplay:
    """Draw how a fit went: the start, rows that are assigned, centers that move, and so on to the end.

    These are the steps of the fit itself, which kept them in ``steps_``.

    Parameters
    ----------
    model : KMeans or KPrototypes
        The model, fitted with ``record_steps=True``. Of KPrototypes, the columns of numbers are drawn.
    X : array-like or data frame of shape (n_samples, n_features)
        The rows of fit.
    ax : array-like of matplotlib.axes.Axes or None, default=None
        Where to draw: axes for each panel; None for a new figure.
    max_panels : int, default=6
        Draw no more panels than this, at least two: the start, the first two iterations, the end, and moves of the
        centers between, early ones rather than late ones, which are small.
    columns : list of str or int, or None, default=None
        The columns to draw, by name or by position from 0; None for all. Of more than two, the first two principal
        components are seen.
    feature_names : list of str or None, default=None
        Names of all columns of X; None for those that fit has seen, or x0, x1, ...

    Returns
    -------
    display : StepsDisplay
        The picture; ``display.figure_.savefig("steps.png")`` keeps it.

    Raises
    ------
    NotFittedError
        Before fit.
    ValueError, TypeError
        If an argument is not what is described, the fit kept no steps, or the model measures categories alone.
    ImportError
        If matplotlib is not installed.

    Examples
    --------
    >>> from pykmeans import KMeans, plot
    >>> X = [[1, 2], [1, 4], [1, 0], [10, 2], [10, 4], [10, 0]]
    >>> kmeans = KMeans(2, init=[[1, 4], [10, 4]], record_steps=True).fit(X)
    >>> plot.steps(kmeans, X).titles_
    ['Start', '1. Assign', '1. Move', 'After 2 iterations']
    """
    check("plot.steps", max_panels=max_panels)
    film = _frames.film(model, X, "steps", columns, feature_names)
    return StepsDisplay(film, _chosen(film.frames, max_panels), _frames.why_it_stopped(model)).plot(ax=ax)


def _chosen(frames: list[_frames.Frame], max_panels: int) -> list[int]:
    """Return which frames are shown: all where there is room."""
    last = len(frames) - 1
    if len(frames) <= max_panels:
        return list(range(len(frames)))
    first = list(range(min(5, max_panels - 1)))  # the start, and each act of two iterations
    moves = [i for i in range(len(first), last) if frames[i].act == "move"]
    n_between = min(max_panels - len(first) - 1, len(moves))
    early: Any = np.geomspace(1, len(moves) + 1, n_between + 1)[:n_between].astype(int) - 1
    between = np.maximum(early, np.arange(n_between))  # so that none comes twice
    return [*first, *(moves[place] for place in between), last]
