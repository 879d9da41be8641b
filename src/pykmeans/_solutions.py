"""A fit for each number of clusters, such that more clusters never fit worse."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import _core
from ._clusterer import Clusterer
from ._progress import Progress


class Solution(NamedTuple):
    """A fit, and whether it started from the solution before it."""

    model: Clusterer
    is_warm: bool


def with_parameters(estimator: Clusterer, **changed: Any) -> Clusterer:
    """Return an unfitted estimator with the parameters of another, some of them changed."""
    return type(estimator)(**{**estimator.get_params(deep=False), **changed})


def solutions(
    X: Any, counts: list[int], estimator: Clusterer, sample_weight: Any, progress: Progress
) -> list[Solution]:
    """Fit ``X`` with each of the ``counts`` of clusters, which increase.

    Each fit is that of ``estimator`` alone, or one that starts from the centers of the one before it and the rows
    farthest from them, where that has less inertia. The latter starts with no more inertia than the solution before,
    and a fit never adds to it, but for the rounding of centers.
    """
    found: list[Solution] = []
    for n_clusters in counts:
        model = with_parameters(estimator, n_clusters=n_clusters)
        model.fit(X, sample_weight=sample_weight)
        warm = _continued(X, found[-1].model, n_clusters, sample_weight) if found else None
        is_warm = warm is not None and warm.inertia_ < model.inertia_
        found.append(Solution(warm if warm is not None and is_warm else model, is_warm))
        progress.step()
    return found


def _continued(X: Any, model: Clusterer, n_clusters: int, sample_weight: Any) -> Clusterer | None:
    """Fit from the centers of ``model`` and further rows; None where there are too few."""
    data, points, centers = model._measured(X, sample_weight)
    _, distances = _core.assign(points, centers)
    if sample_weight is not None:
        distances[np.broadcast_to(np.asarray(sample_weight) == 0, distances.shape)] = 0
    rows = _farthest(data.X, distances, n_clusters - len(centers))
    if not len(rows):
        return None
    added = data.decoded(data.X[rows].astype(data.centers_dtype))
    start = np.concatenate([model.cluster_centers_, added])
    parameters = model.get_params(deep=False)
    warm = with_parameters(model, n_clusters=n_clusters, init=start, n_init=1)
    warm.fit(X, sample_weight=sample_weight)
    warm.set_params(init=parameters["init"], n_init=parameters["n_init"])
    return warm


def _farthest(X: NDArray[Any], distances: NDArray[np.float64], count: int) -> list[int]:
    """Return ``count`` rows that differ, the farthest first.

    None where fewer are away from their centers: then each different row can have a center, and every fit finds that.
    """
    chosen: list[int] = []
    seen: set[bytes] = set()
    for row in np.argsort(-distances, kind="stable"):
        if distances[row] == 0:
            break
        values = (X[row] + 0.0).tobytes()  # -0.0 and 0.0 are equal
        if values not in seen:
            seen.add(values)
            chosen.append(int(row))
            if len(chosen) == count:
                return chosen
    return []
