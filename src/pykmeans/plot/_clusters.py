"""plot.clusters: rows in the colors of their clusters."""

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._validate.parameters import centers_with, check, check_center
from . import _planes, _scatter, _style, _view
from ._display import Display
from ._rows import Rows, chosen_columns, read

if TYPE_CHECKING:
    from typing_extensions import Self

_MOST_PAIRED = 8  # columns of a pair grid
_FINENESS = 500  # places along each side that regions are asked at


class ClustersDisplay(Display):
    """A picture of rows and their clusters, made by ``plot.clusters``.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        The axes that it was drawn in; the first of them where there are several.
    axes_ : ndarray of matplotlib.axes.Axes
        All of them, row by row.
    figure_ : matplotlib.figure.Figure
        Their figure.
    points_ : list of matplotlib.collections.PathCollection
        The dots, panel by panel.
    centers_ : list of matplotlib.collections.PathCollection
        The discs of the centers, of each panel; where they would hide each other, they are beside the centers.
    bars_ : list of matplotlib.container.BarContainer
        The bars of histograms.
    regions_ : list of matplotlib.image.AxesImage
        The tints of the regions, where they were asked for.
    legend_ : matplotlib.legend.Legend or None
        The list of clusters; only in a figure of its own.
    """

    points_: list[Any]
    centers_: list[Any]
    bars_: list[Any]
    regions_: list[Any]
    legend_: Any

    def __init__(self, rows: Rows, kind: str, columns: list[int], regions: bool, shown: NDArray[np.intp]) -> None:
        self._rows = rows
        self._kind = kind  # "histogram", "plane", "pca" or "pair"
        self._columns = columns
        self._regions = regions
        self._shown = shown  # numbers of the rows that are drawn

    def plot(self, *, ax: Any = None) -> "Self":
        """Draw the picture, once more or elsewhere.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, array-like of them or None, default=None
            Where to draw; a pair grid of m columns takes m * m axes. None for a new figure.

        Returns
        -------
        self : ClustersDisplay
            This display, whose attributes are now those of the new drawing.
        """
        self.points_, self.centers_, self.bars_, self.regions_, self.legend_ = [], [], [], [], None
        self._is_beyond = np.zeros(len(self._shown), dtype=bool)
        m = len(self._columns)
        if self._kind == "pair":
            side = max(1.6, 7.2 / m)
            axes = _style.many_axes(ax, "clusters", m * m, m, side, side * 0.85)
            self._keep(axes)
            self._draw_grid(axes.reshape(m, m))
            corner = axes[m - 1]
        else:
            corner = _style.one_axes(ax, "clusters", width=7.2)
            self._keep(corner)
            self._draw_single(corner)
        if ax is None:
            marked = len(self._shown) <= _scatter.WITH_MARKERS and self._kind != "histogram"
            self.legend_ = _scatter.draw_legend(corner, self._rows.counts, marked, beside=self._kind != "pair")
        return self

    def _title(self) -> str:
        n_rows = len(self._rows.labels)
        title = f"{_style.counted(self._rows.n_clusters, 'cluster')} of {_style.rows(n_rows)}"
        if self._rows.codes.shape[1]:
            title += ", seen in the columns of numbers"
        if len(self._shown) < n_rows:
            title += f", {len(self._shown):,} of them drawn"
        n_beyond = np.count_nonzero(self._is_beyond)
        return f"{title}, {n_beyond:,} beyond the edges" if n_beyond else title

    def _name(self, column: int) -> str:
        name = self._rows.names[column]
        return f"{name} / length of its row" if self._rows.is_normalized else name

    def _draw_single(self, ax: Any) -> None:
        if self._kind == "histogram":
            (column,) = self._columns
            limits = self._draw_histogram(ax, column)
            centers = _view.within(self._rows.centers[:, column], limits)
            ax.vlines(centers, 0, 1, transform=ax.get_xaxis_transform(), color=_style.INK, linewidth=0.8)
            discs = np.column_stack([centers, np.ones_like(centers)])
            self.centers_.append(
                _scatter.draw_discs(ax, discs, list(range(len(discs))), 1.0, ax.get_xaxis_transform())[0]
            )
            _style.dress(ax, self._title(), self._name(column), "rows", grid="y", pad=16)
            return
        rows = self._rows
        plane = (
            _planes.of_components(rows, self._columns)
            if self._kind == "pca"
            else _planes.of_columns(rows, *self._columns)
        )
        self._draw_plane(ax, plane)
        names = plane.names if self._kind == "pca" else [self._name(column) for column in self._columns]
        _style.dress(ax, self._title(), *names)

    def _draw_grid(self, axes: NDArray[np.object_]) -> None:
        for i, row in enumerate(self._columns):
            for j, column in enumerate(self._columns):
                ax = axes[i, j]
                if j > i:
                    ax.axis("off")
                    continue
                if i == j:
                    self._draw_histogram(ax, column)
                else:
                    self._draw_plane(ax, _planes.of_columns(self._rows, column, row), 0.45)
                _style.dress(ax)
                ax.tick_params(
                    labelsize=_style.TINY, labelbottom=i == len(axes) - 1, labelleft=j == 0 and i > 0, left=i != j
                )
                if i == len(axes) - 1:
                    ax.set_xlabel(self._name(column), fontsize=_style.SMALL, **_style.AS_IT_IS)
                if j == 0 and i > 0:
                    ax.set_ylabel(self._name(row), fontsize=_style.SMALL, **_style.AS_IT_IS)
        _style.dress(axes[0, 0], self._title(), axes[0, 0].get_xlabel())

    def _limits(self, values: NDArray[Any], centers: NDArray[np.float64]) -> _view.Limits | None:
        return _view.limits(values, _view.of_clusters(centers, self._rows.counts))

    def _draw_histogram(self, ax: Any, column: int) -> _view.Limits | None:
        values = self._rows.numbers[:, column]
        limits = self._limits(values, self._rows.centers[:, column])
        is_beyond = _view.is_beyond(values, limits)
        self._is_beyond |= is_beyond[self._shown]
        self.bars_ += _scatter.draw_histogram(
            ax, values[~is_beyond], self._rows.labels[~is_beyond], self._rows.n_clusters
        )
        if limits is not None:
            ax.set_xlim(*limits)
        return limits

    def _draw_plane(self, ax: Any, plane: _planes.Plane, scale: float = 1.0) -> None:
        places, labels = plane.points[self._shown], self._rows.labels[self._shown]
        size = _scatter.dot_size(len(labels)) * scale
        self.points_ += _scatter.draw_points(ax, places, labels, self._rows.n_clusters, size)
        limits = [self._limits(plane.points[:, axis], plane.centers[:, axis]) for axis in (0, 1)]
        for axis, set_limits in enumerate((ax.set_xlim, ax.set_ylim)):
            self._is_beyond |= _view.is_beyond(places[:, axis], limits[axis])
            if (limit := limits[axis]) is not None:
                set_limits(*limit)
        _view.draw_beyond(ax, places, labels, limits)
        draw = _scatter.draw_centers_apart if scale == 1.0 else partial(_scatter.draw_centers, scale=scale)
        centers = np.column_stack([_view.within(plane.centers[:, axis], limits[axis]) for axis in (0, 1)])
        self.centers_.append(draw(ax, centers)[0])
        if self._regions:
            x, y = ax.get_xlim(), ax.get_ylim()
            steps = (np.arange(_FINENESS) + 0.5) / _FINENESS
            places = np.stack(np.meshgrid(x[0] + steps * (x[1] - x[0]), y[0] + steps * (y[1] - y[0])), axis=-1)
            found = self._rows.nearest(plane.lifted(places.reshape(-1, 2))).reshape(_FINENESS, _FINENESS)
            self.regions_.append(_scatter.draw_regions(ax, found, self._rows.n_clusters, (*x, *y)))
            if len(plane.origin) > 2 and scale == 1.0:
                _style.note(ax, "tints: the plane through the mean of all columns")


def clusters(
    model: Any,
    X: ArrayLike,
    *,
    ax: Any = None,
    columns: Any = None,
    feature_names: Any = None,
    kind: str = "auto",
    regions: bool = False,
    max_points: int = 100_000,
) -> ClustersDisplay:
    """Draw rows in the colors of their clusters, and the centers as numbered discs.

    Discs that would hide each other are moved apart, with lines to their centers.

    One column is a histogram, two are a plane as they are; more are seen in the plane of their first two principal
    components, or as a grid of all pairs. The label of a component gives its share of the variance and its two largest
    loadings.

    Where a few rows, at most one in a hundred on each side, are so far away that all others would be squeezed into a
    third of the picture, the axes leave them out: triangles at the edges point to them, the title says how many there
    are, and the disc of a cluster that has no other rows stands at the edge.

    Parameters
    ----------
    model : KMeans or KPrototypes
        The fitted model. Of KPrototypes, the columns of numbers are drawn. With the metric "cosine" rows are drawn as
        it sees them, divided by their lengths.
    X : array-like or data frame of shape (n_samples, n_features)
        The rows: those of fit, or new ones.
    ax : matplotlib.axes.Axes, array-like of them or None, default=None
        Where to draw; a pair grid of m columns takes m * m axes. None for a new figure, which has a list of the
        clusters beside it.
    columns : list of str or int, or None, default=None
        The columns to draw, by name or by position from 0; None for all.
    feature_names : list of str or None, default=None
        Names of all columns of X; None for those that fit has seen, or x0, x1, ...
    kind : {"auto", "pca", "pair"}, default="auto"
        How to draw more than two columns: their principal components, or all pairs of at most eight columns. "auto" is
        "pair" where ``columns`` chooses three to eight of them, else "pca".
    regions : bool, default=False
        Whether to tint the places where a new row would join each cluster. Where X has more columns than the two that
        are drawn, these are the places of the plane that is drawn, through the mean of X.
    max_points : int, default=100_000
        Draw no more rows than this, at random, and say so in the title.

    Returns
    -------
    display : ClustersDisplay
        The picture; ``display.figure_.savefig("clusters.png")`` keeps it.

    Raises
    ------
    NotFittedError
        Before fit.
    ValueError, TypeError
        If an argument is not what is described, the model measures categories alone (metric "hamming"), or regions are
        asked for where there are categories.
    ImportError
        If matplotlib is not installed.

    Examples
    --------
    >>> from pykmeans import KMeans, plot
    >>> X = [[1, 2], [1, 4], [1, 0], [10, 2], [10, 4], [10, 0]]
    >>> display = plot.clusters(KMeans(n_clusters=2, random_state=0).fit(X), X)
    >>> display.ax_.get_title(loc="left")
    '2 clusters of 6 rows'
    """
    rows = read(model, X, "clusters", feature_names)
    chosen = chosen_columns(columns, rows)
    check("plot.clusters", kind=kind, regions=regions, max_points=max_points)
    kind = _settled(kind, len(chosen), columns is not None)
    if regions:
        _check_regions(kind, rows)
    shown = np.arange(len(rows.labels))
    if len(shown) > max_points:
        shown = np.sort(np.random.RandomState(0).choice(len(shown), max_points, replace=False))
    return ClustersDisplay(rows, kind, chosen, regions, shown).plot(ax=ax)


def _settled(kind: str, n_columns: int, were_chosen: bool) -> str:
    if n_columns <= 2:
        return "histogram" if n_columns == 1 else "plane"
    if kind == "pair" and n_columns > _MOST_PAIRED:
        raise ValueError(
            f"kind='pair' draws at most {_MOST_PAIRED} columns, got {n_columns}: choose some by columns=, or take "
            "kind='pca'."
        )
    if kind == "auto":
        return "pair" if were_chosen and n_columns <= _MOST_PAIRED else "pca"
    return kind


def _check_regions(kind: str, rows: Rows) -> None:
    check_center("regions=True", rows.metric, centers_with(categories=False))
    if kind == "histogram":
        raise ValueError("regions=True needs two columns or more, got one.")
