"""What is shown: everything, or only nearly all rows, where a few are so far away that they would squeeze the rest."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from . import _style

Limits: TypeAlias = tuple[float, float]

_FEW = 0.01  # of the rows, on each side
_SQUEEZED = 3.0  # times as far as the other rows reach
_MARGIN = 0.25  # beside them, in parts of how far they reach
_NEAR = 0.5  # the same: rows that are no farther away on their side are shown


def limits(values: NDArray[Any], centers: NDArray[np.float64]) -> Limits | None:
    """Return the limits of an axis that leave out what is far away; None to show everything.

    ``centers`` are those that are shown in any case.
    """
    n_few = int(np.ceil(_FEW * len(values)))
    if len(values) <= 2 * n_few:
        return None
    places = [0, n_few, len(values) - 1 - n_few, len(values) - 1]
    least, low, high, most = np.partition(values, places)[places].astype(np.float64)
    low, high = centers.min(initial=low), centers.max(initial=high)
    reach = high - low
    if not 0 < reach < (most - least) / _SQUEEZED:
        return None
    return low - _margin(low - least, reach), high + _margin(most - high, reach)


def _margin(away: float, reach: float) -> float:
    """Return how much is shown beside the other rows where some reach so far beyond them on one side."""
    return away + 0.05 * reach if away <= _NEAR * reach else _MARGIN * reach


def of_clusters(centers: NDArray[np.float64], counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the centers that are shown in any case: a few rows that are far away may be clusters of their own."""
    return np.asarray(centers[counts > _FEW * counts.sum()])


def is_beyond(values: NDArray[Any], shown: Limits | None) -> NDArray[np.bool_]:
    """Whether each value is left out."""
    return np.zeros(len(values), dtype=bool) if shown is None else (values < shown[0]) | (values > shown[1])


def within(values: NDArray[Any], shown: Limits | None) -> NDArray[Any]:
    """Return values, and the nearest one that is shown in place of those that are left out."""
    return values if shown is None else np.clip(values, *shown)


def draw_beyond(ax: Any, places: NDArray[Any], labels: NDArray[np.int32] | None, shown: list[Limits | None]) -> int:
    """Mark the rows that are left out by triangles at the edges of axes, which point to them; return how many."""
    if shown == [None, None]:
        return 0
    colors = np.array([_style.red_green_blue(_style.FAINT)])
    if labels is None:
        labels = np.zeros(len(places), dtype=np.int32)
    else:
        colors = _style.palette(int(labels.max()) + 1)
    how = {"s": 34.0, "linewidths": 0.6, "edgecolors": _style.INK, "clip_on": False, "zorder": 4.5}
    for axis, limit in enumerate(shown):
        if limit is None:
            continue
        for shape, is_there in (("<v"[axis], places[:, axis] < limit[0]), (">^"[axis], places[:, axis] > limit[1])):
            if is_there.any():
                edge = [within(places[is_there, i], shown[i]) for i in (0, 1)]
                ax.scatter(*edge, c=colors[labels[is_there]], marker=shape, **how)
    return int(np.count_nonzero(is_beyond(places[:, 0], shown[0]) | is_beyond(places[:, 1], shown[1])))
