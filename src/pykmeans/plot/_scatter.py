"""Rows as dots, centers as numbered discs, regions and legends: what pictures of planes are made of."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _style

WITH_MARKERS = 3_000  # rows, above which markers are too small to tell apart
_IN_LEGEND = 24  # clusters that a legend has room for
_DISC = 165  # area of a center's disc, in points squared


def dot_size(n_points: int) -> float:
    """Return the area of a dot: large for a few, a fleck for a hundred thousand."""
    return float(np.clip(26.0 * (200.0 / max(n_points, 1)) ** 0.55, 0.6, 26.0))


def dot_alpha(n_points: int) -> float:
    """Return how opaque a dot is."""
    return float(np.clip(0.85 - 0.2 * np.log10(max(n_points, 1) / 1000.0), 0.45, 0.85))


def draw_points(
    ax: Any, places: NDArray[Any], labels: NDArray[np.int32] | None, n_clusters: int, size: float | None = None
) -> list[Any]:
    """Draw rows in their clusters' colors, or in gray without labels; return what was drawn.

    A few rows have their clusters' markers too. Many are one collection in the order of the rows, so that no cluster
    lies on top of all others, and pixels where the rest of a picture is lines (PDF, SVG).
    """
    n_points = len(places)
    size = dot_size(n_points) if size is None else size
    how = {
        "s": size,
        "alpha": dot_alpha(n_points),
        "linewidths": 0.0,
        "zorder": 2,
        "rasterized": n_points > WITH_MARKERS,
    }
    if labels is None:
        return [ax.scatter(places[:, 0], places[:, 1], color=_style.FAINT, **how)]
    if n_points > WITH_MARKERS:
        return [ax.scatter(places[:, 0], places[:, 1], c=_style.palette(n_clusters)[labels], **how)]
    found = []
    for cluster in range(n_clusters):
        x, y = places[labels == cluster].T
        found.append(ax.scatter(x, y, color=_style.color(cluster), marker=_style.marker(cluster), **how))
    return found


def draw_centers(ax: Any, places: NDArray[np.float64], scale: float = 1.0) -> tuple[Any, list[Any]]:
    """Draw a numbered disc at each center; return the discs and the numbers."""
    return draw_discs(ax, places, list(range(len(places))), scale, ax.transData)


def draw_centers_apart(ax: Any, places: NDArray[np.float64]) -> tuple[Any, list[Any]]:
    """Draw a numbered disc at each center, or beside it with a line to it where discs would hide each other."""
    ax.autoscale_view()
    inches = ax.transData.transform(places) / ax.figure.dpi  # nearly: the layout comes later
    moved_inches = apart(inches, 1.25 * _DISC**0.5 / 72)
    is_moved = (moved_inches != inches).any(axis=1)
    discs = np.where(is_moved[:, np.newaxis], ax.transData.inverted().transform(moved_inches * ax.figure.dpi), places)
    for start, end in zip(places[is_moved], discs[is_moved], strict=True):
        ax.plot(
            *np.transpose([start, end]), "-o", color=_style.INK, linewidth=0.9, markersize=3, markevery=[0], zorder=4
        )
    return draw_centers(ax, discs)


def apart(places: NDArray[np.float64], distance: float) -> NDArray[np.float64]:
    """Move places that are nearer to each other than ``distance``, until they are not, or nearly."""
    found = places.copy()
    angles = 2.4 * np.arange(len(places))  # the ways out of the same place
    for _ in range(200):
        gaps = found[:, np.newaxis] - found
        lengths = np.hypot(*np.moveaxis(gaps, -1, 0))
        np.fill_diagonal(lengths, np.inf)
        if lengths.min(initial=np.inf) >= 0.99 * distance:
            break
        pushes = np.clip(distance - lengths, 0.0, None)
        same = (lengths == 0.0)[..., np.newaxis]
        ways = np.where(same, np.column_stack([np.cos(angles), np.sin(angles)])[:, np.newaxis], gaps)
        units = ways / np.where(same[..., 0], 1.0, lengths)[..., np.newaxis]
        found = found + 0.4 * (units * pushes[..., np.newaxis]).sum(axis=1)
    return found


def draw_discs(
    ax: Any, places: NDArray[np.float64], clusters: list[int], scale: float, transform: Any
) -> tuple[Any, list[Any]]:
    """Draw the discs of some clusters, in the coordinates of ``transform``; return the discs and the numbers."""
    colors = [_style.color(cluster) for cluster in clusters]
    area = _DISC * scale
    how = {"transform": transform, "clip_on": False}
    ax.scatter(*places.T, s=area * 1.75, color="white", zorder=5, linewidths=0.0, **how)
    width = 1.1 * scale**0.5
    discs = ax.scatter(*places.T, s=area, c=colors, edgecolors=_style.INK, linewidths=width, zorder=6, **how)
    numbers = [
        ax.annotate(
            str(cluster),
            place,
            xycoords=transform,
            ha="center",
            va="center_baseline",
            fontsize=_style.TINY * scale**0.5,
            fontweight="bold",
            color=_style.text_color(color),
            zorder=7,
            annotation_clip=False,
        )
        for cluster, color, place in zip(clusters, colors, places, strict=True)
    ]
    return discs, numbers


def draw_regions(ax: Any, regions: NDArray[np.int32], n_clusters: int, extent: tuple[float, ...]) -> Any:
    """Tint the plane by the labels of its places, an image whose first row is the lowest; return the image."""
    tints = 1.0 - 0.22 * (1.0 - _style.palette(n_clusters))
    return ax.imshow(tints[regions], extent=extent, origin="lower", aspect="auto", interpolation="nearest", zorder=0)


def draw_legend(ax: Any, counts: NDArray[np.int64], marked: bool, beside: bool = True) -> Any:
    """List the clusters beside the axes, with their numbers of rows; return the legend."""
    total = max(int(counts.sum()), 1)
    handles = []
    for cluster, count in enumerate(counts[:_IN_LEGEND].tolist()):
        shape = _style.marker(cluster) if marked else "o"
        text = f"{cluster}   {count:,} ({_style.share(count / total)})"
        handles += ax.plot([], [], shape, color=_style.color(cluster), markersize=5.5, label=text)
    if len(counts) > _IN_LEGEND:
        handles += ax.plot([], [], " ", label=f"and {len(counts) - _IN_LEGEND} more")
    legend = ax.legend(
        handles=handles,
        title="cluster and rows",
        loc="upper left",
        bbox_to_anchor=(1.02 if beside else 0.0, 1.0),
        frameon=False,
        fontsize=_style.TINY if len(counts) > 12 else _style.SMALL,
        title_fontsize=_style.SMALL,
        labelcolor=_style.INK,
        labelspacing=0.35,
        handletextpad=0.3,
        borderaxespad=0.0,
        alignment="left",
    )
    legend.get_title().set_color(_style.MUTED)
    legend.set_in_layout(beside)  # or a long one would stretch the row of the panel that it starts in
    return legend


def draw_histogram(ax: Any, values: NDArray[Any], labels: NDArray[np.int32], n_clusters: int) -> list[Any]:
    """Stack the clusters' histograms of one column; return the bars, one container for each cluster."""
    n_bins = int(np.clip(np.sqrt(len(values)), 8, 60))
    edges = np.histogram_bin_edges(values.astype(np.float64), n_bins)
    below = np.zeros(n_bins)
    found = []
    for cluster in range(n_clusters):
        counts = np.histogram(values[labels == cluster], edges)[0]
        how = {"align": "edge", "color": _style.color(cluster), "edgecolor": "white", "linewidth": 0.3}
        found.append(ax.bar(edges[:-1], counts, np.diff(edges), below, **how))
        below += counts
    return found
