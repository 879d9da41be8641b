"""plot.silhouette: how well each row lies in its cluster."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._silhouette import estimator_silhouette
from .._validate import arrays
from .._validate.parameters import check
from . import _scatter, _style
from ._display import Display
from ._rows import fitted

if TYPE_CHECKING:
    from typing_extensions import Self

_GAP = 0.015  # between clusters, as a part of all rows


class SilhouetteDisplay(Display):
    """The silhouette of each row, made by ``plot.silhouette``.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        The axes that it was drawn in.
    axes_ : ndarray of matplotlib.axes.Axes
        The same, in an array.
    figure_ : matplotlib.figure.Figure
        Their figure.
    blades_ : list of matplotlib.collections.PolyCollection
        The area of each cluster that has rows.
    mean_line_ : matplotlib.lines.Line2D
        The line at the mean.
    values : ndarray of shape (n_samples,), float64
        The silhouettes.
    mean : float
        Their weighted mean.
    """

    blades_: list[Any]
    mean_line_: Any

    def __init__(self, values: NDArray[np.float64], labels: NDArray[np.int32], weight: Any, simplified: bool) -> None:
        self.values = values
        self.mean = _mean(values, weight)
        self._labels = labels
        self._weight = weight
        self._simplified = simplified

    def plot(self, *, ax: Any = None) -> "Self":
        """Draw the picture, once more or elsewhere.

        Parameters
        ----------
        ax : matplotlib.axes.Axes or None, default=None
            Where to draw; None for a new figure.

        Returns
        -------
        self : SilhouetteDisplay
            This display, whose attributes are now those of the new drawing.
        """
        n_clusters = int(self._labels.max()) + 1
        ax = _style.one_axes(ax, "silhouette", height=min(max(4.8, 0.26 * n_clusters), 12.0))
        self._keep(ax)
        self.blades_ = []
        found = [cluster for cluster in range(n_clusters) if (self._labels == cluster).any()]
        slot = 0.045 * len(self.values)  # room for a name, however few the rows
        middles, top = [], 0.0
        for cluster in found:  # the first one is the highest
            values = np.sort(self.values[self._labels == cluster])[::-1]
            spare = max(0.0, slot - len(values)) / 2
            heights = top - spare - np.arange(len(values) + 1)
            steps = values[[*range(len(values)), -1]]
            how = {"color": _style.color(cluster), "linewidth": 0.0, "zorder": 2}
            self.blades_.append(ax.fill_betweenx(heights, 0.0, steps, step="post", **how))
            middles.append(top - spare - len(values) / 2)
            top -= len(values) + 2 * spare + _GAP * len(self.values)
        low = min(0.0, float(self.values.min()))
        ax.set(xlim=(low - 0.02, max(0.02, float(self.values.max())) * 1.02), ylim=(top, len(self.values) * _GAP))
        self.mean_line_ = ax.axvline(self.mean, color=_style.INK, linewidth=1.0, linestyle=(0, (4, 3)), zorder=4)
        words = "simplified silhouette" if self._simplified else "silhouette"
        _style.dress(ax, f"The mean {words} is {_style.minus(f'{self.mean:.2f}')}", words, grid="x")
        ax.axvline(0.0, color=_style.FAINT, linewidth=0.8, zorder=3)
        ax.spines["left"].set_visible(False)
        self._name_clusters(ax, found, np.array(middles))
        ax.tick_params(axis="y", length=0)
        return self

    def _name_clusters(self, ax: Any, found: list[int], middles: NDArray[np.float64]) -> None:
        """Write each cluster's number on the left, its mean and its number of rows on the right."""
        low, high = ax.get_ylim()
        heights = (middles - low) / (high - low)
        places = np.column_stack([np.full(len(found), -0.03), heights])
        _scatter.draw_discs(ax, places, found, 0.8, ax.transAxes)
        ax.set_yticks(middles, ["000"] * len(found), alpha=0.0)  # invisible: they keep room for the discs
        for cluster, height in zip(found, heights, strict=True):
            members = self._labels == cluster
            mean = _mean(self.values[members], None if self._weight is None else self._weight[members])
            ax.text(
                1.01,
                height,
                f"{_style.minus(f'{mean:.2f}')}  ({_style.rows(int(members.sum()))})",
                transform=ax.transAxes,
                va="center",
                fontsize=_style.TINY,
                color=_style.MUTED,
            )


def silhouette(
    model: Any, X: ArrayLike, *, ax: Any = None, sample_weight: ArrayLike | None = None, simplified: bool = False
) -> SilhouetteDisplay:
    """Draw the silhouette of each row, sorted within its cluster, and the mean.

    A row's silhouette is near 1 where it is well inside its cluster, near 0 between two clusters, and negative where
    another cluster is nearer. On the right are each cluster's mean and number of rows.

    Parameters
    ----------
    model : KMeans or KPrototypes
        The fitted model, of two clusters or more; every metric works.
    X : array-like or data frame of shape (n_samples, n_features)
        The rows: those of fit, or new ones.
    ax : matplotlib.axes.Axes or None, default=None
        Where to draw; None for a new figure.
    sample_weight : array-like of shape (n_samples,) or float, default=None
        Weight of each row, >= 0, in the silhouettes and in the means; None for ones.
    simplified : bool, default=False
        Whether to measure the distances to the centers in place of the mean distances to the rows of the clusters:
        quick for hundreds of thousands of rows.

    Returns
    -------
    display : SilhouetteDisplay
        The picture; ``display.figure_.savefig("silhouette.png")`` keeps it.

    Raises
    ------
    NotFittedError
        Before fit.
    ValueError, TypeError
        If an argument is not what is described, or all rows are in one cluster.
    ImportError
        If matplotlib is not installed.

    References
    ----------
    Rousseeuw, P. J. (1987). Silhouettes: a graphical aid to the interpretation and validation of cluster analysis.
    Journal of computational and applied mathematics 20, 53-65.

    Examples
    --------
    >>> from pykmeans import KMeans, plot
    >>> X = [[1, 2], [1, 4], [1, 0], [10, 2], [10, 4], [10, 0]]
    >>> display = plot.silhouette(KMeans(n_clusters=2, random_state=0).fit(X), X)
    >>> round(display.mean, 2)
    0.71
    """
    model = fitted(model, "silhouette")
    check("plot.silhouette", simplified=simplified)
    labels = model.predict(X)
    if labels.min() == labels.max():
        raise ValueError(f"plot.silhouette needs rows in two clusters or more, all are in cluster {labels[0]}.")
    values = estimator_silhouette(model, X, sample_weight, simplified)
    return SilhouetteDisplay(values, labels, arrays.weights(sample_weight, len(values)), simplified).plot(ax=ax)


def _mean(values: NDArray[np.float64], weight: Any) -> float:
    """Return the weighted mean; NaN where nothing weighs."""
    return math.nan if weight is not None and not weight.any() else float(np.average(values, weights=weight))
