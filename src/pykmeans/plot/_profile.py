"""plot.profile: what distinguishes each cluster."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._optional import optional
from .._validate.parameters import check
from .._words import counted
from . import _scatter, _style, _traits
from ._display import Display
from ._rows import fitted

if TYPE_CHECKING:
    from typing_extensions import Self

MOST_FEATURES = 20  # that are drawn, where the user does not say
_STRONGEST = 3.0  # standard deviations, from which on colors are the same
_MOST_WRITTEN = 20  # clusters, above which cells are too narrow for words


class ProfileDisplay(Display):
    """What distinguishes each cluster, made by ``plot.profile``.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        The axes that it was drawn in.
    axes_ : ndarray of matplotlib.axes.Axes
        The same, in an array.
    figure_ : matplotlib.figure.Figure
        Their figure.
    mesh_ : matplotlib.collections.QuadMesh
        The colored cells.
    texts_ : list of matplotlib.text.Text
        The words in the cells, feature by feature.
    colorbar_ : matplotlib.colorbar.Colorbar
        What the colors mean.
    heights : ndarray of shape (n_features, n_clusters), float64
        What the colors show, in standard deviations.
    """

    mesh_: Any
    texts_: list[Any]
    colorbar_: Any

    def __init__(self, traits: _traits.Traits, sizes: NDArray[np.float64], title: str) -> None:
        self.heights = traits.heights
        self._traits = traits
        self._sizes = sizes
        self._title = title

    def plot(self, *, ax: Any = None) -> "Self":
        """Draw the picture, once more or elsewhere.

        Parameters
        ----------
        ax : matplotlib.axes.Axes or None, default=None
            Where to draw; None for a new figure.

        Returns
        -------
        self : ProfileDisplay
            This display, whose attributes are now those of the new drawing.
        """
        n_features, n_clusters = self.heights.shape
        longest = max(len(text) for row in self._traits.texts for text in row)
        cell = max(0.5, 0.085 * longest + 0.12) if n_clusters <= _MOST_WRITTEN else 0.25
        width = 2.0 + 0.075 * max(map(len, self._traits.names)) + cell * n_clusters
        ax = _style.one_axes(ax, "profile", width=max(width, 4.8), height=max(3.2, 1.5 + 0.32 * n_features))
        self._keep(ax)
        strongest = float(np.clip(np.nanmax(np.abs(self.heights), initial=1.0), 1.0, _STRONGEST))
        # Red and blue can be told apart by the color-blind; white is the mean.
        colors = optional("matplotlib", "plot", "plot.profile").colormaps["RdBu_r"].with_extremes(bad="#F2F2F2")
        self.mesh_ = ax.pcolormesh(
            self.heights, cmap=colors, vmin=-strongest, vmax=strongest, edgecolors="white", linewidth=1.5
        )
        ax.invert_yaxis()
        self.texts_ = self._write(ax, colors) if n_clusters <= _MOST_WRITTEN else []
        _style.dress(ax, self._title, pad=40)
        ax.set_yticks(np.arange(n_features) + 0.5, self._traits.names, color=_style.INK, **_style.AS_IT_IS)
        ax.set(xticks=[])
        ax.tick_params(length=0)
        for spine in ax.spines.values():
            spine.set_visible(False)
        self._name_clusters(ax)
        ends = "both" if np.nanmax(np.abs(self.heights), initial=0.0) > _STRONGEST else "neither"
        self.colorbar_ = ax.figure.colorbar(self.mesh_, ax=ax, extend=ends, fraction=0.05, aspect=18, pad=0.02)
        self.colorbar_.set_label(self._traits.unit, fontsize=_style.TINY, color=_style.MUTED)
        self.colorbar_.ax.tick_params(labelsize=_style.TINY, colors=_style.MUTED, length=2)
        self.colorbar_.outline.set_visible(False)
        return self

    def _write(self, ax: Any, colors: Any) -> list[Any]:
        found = []
        for i, row in enumerate(self._traits.texts):
            for cluster, text in enumerate(row):
                shade = colors(self.mesh_.norm(self.heights[i, cluster]))
                color = _style.text_color(shade) if np.isfinite(self.heights[i, cluster]) else "black"
                how = {"ha": "center", "va": "center", "fontsize": _style.TINY, "color": color}
                found.append(ax.text(cluster + 0.5, i + 0.5, text, **how, **_style.AS_IT_IS))
        return found

    def _name_clusters(self, ax: Any) -> None:
        """Put each cluster's number above its column, and its part of the rows."""
        n_clusters = len(self._sizes)
        scale = 0.85 if n_clusters <= _MOST_WRITTEN else 0.55
        transform = ax.get_xaxis_transform()
        above = optional("matplotlib.transforms", "plot", "plot.profile").offset_copy(
            transform, fig=self.figure_, y=27, units="points"
        )
        places = np.column_stack([np.arange(n_clusters) + 0.5, np.ones(n_clusters)])
        _scatter.draw_discs(ax, places, list(range(n_clusters)), scale, above)
        if n_clusters <= _MOST_WRITTEN:
            for cluster, part in enumerate((self._sizes / self._sizes.sum()).tolist()):
                how = {"xycoords": transform, "textcoords": "offset points", "ha": "center", "va": "bottom"}
                text = f"{100 * part:.0f} %"
                ax.annotate(text, (cluster + 0.5, 1.0), (0, 5), fontsize=_style.TINY, color=_style.MUTED, **how)


def profile(
    model: Any,
    X: ArrayLike | None = None,
    *,
    ax: Any = None,
    feature_names: Any = None,
    max_features: int = MOST_FEATURES,
) -> ProfileDisplay:
    """Draw what distinguishes each cluster: its center, feature by feature, compared with all rows.

    A cell says the value of the center; its color, how many standard deviations that is above (red) or below (blue)
    the mean. Of a category, the cell has the most frequent value of the cluster and the share of its rows that have it;
    the color compares this share with that in all rows, by the standard deviation of a column that is 1 where a row
    has the value and 0 elsewhere.

    Parameters
    ----------
    model : KMeans or KPrototypes
        The fitted model; every metric works.
    X : array-like or data frame of shape (n_samples, n_features), or None, default=None
        The rows to compare with, those of fit for example. None to compare the centers with each other, by the standard
        deviation of the centers; categories have no color then.
    ax : matplotlib.axes.Axes or None, default=None
        Where to draw; None for a new figure.
    feature_names : list of str or None, default=None
        Names of all columns of X; None for those that fit has seen, or x0, x1, ...
    max_features : int, default=20
        Draw no more features than this: those by which the clusters differ most.

    Returns
    -------
    display : ProfileDisplay
        The picture; ``display.figure_.savefig("profile.png")`` keeps it.

    Raises
    ------
    NotFittedError
        Before fit.
    ValueError, TypeError
        If an argument is not what is described.
    ImportError
        If matplotlib is not installed.

    Examples
    --------
    >>> from pykmeans import KMeans, plot
    >>> X = [[1, 2], [1, 4], [1, 0], [10, 2], [10, 4], [10, 0]]
    >>> plot.profile(KMeans(n_clusters=2, random_state=0).fit(X), X, feature_names=["age", "visits"]).heights
    array([[ 1., -1.],
           [ 0.,  0.]])
    """
    model = fitted(model, "profile")
    check("plot.profile", max_features=max_features)
    found = _traits.of_centers(model, feature_names) if X is None else _traits.of_rows(model, X, feature_names)
    return drawn(found, model.cluster_sizes_, max_features, ax)


def drawn(traits: _traits.Traits, sizes: NDArray[np.float64], max_features: int, ax: Any = None) -> ProfileDisplay:
    """Draw traits that were found."""
    shown = traits.most_different(sizes, max_features)
    n_shown, n_features = len(shown.names), len(traits.names)
    title = f"What distinguishes {counted(len(sizes), 'cluster')}"
    if n_shown < n_features:
        title += f": the {n_shown} of {n_features} features that differ most"
    return ProfileDisplay(shown, sizes, title).plot(ax=ax)
