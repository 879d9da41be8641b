"""Until the core's silhouette lands."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def estimator_silhouette(model: Any, X: Any, sample_weight: Any, simplified: bool) -> NDArray[np.float64]:
    """Silhouette of each row."""
    data, points, centers = model._measured(X, sample_weight)
    labels = model.labels_
    n = len(labels)
    w = np.ones(n) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    if simplified:
        d = data.distances(points, centers).astype(np.float64)
        d[:, model.cluster_sizes_ == 0] = np.inf
        a = d[np.arange(n), labels]
        d[np.arange(n), labels] = np.inf
        b = d.min(axis=1)
    else:
        as_centers = np.ascontiguousarray(data.X, dtype=data.centers_dtype)
        d = data.distances(points, as_centers).astype(np.float64)
        sums = np.column_stack([d @ (w * (labels == c)) for c in range(len(centers))])
        sizes = model.cluster_sizes_
        with np.errstate(all="ignore"):
            a = sums[np.arange(n), labels] / (sizes[labels] - 1)
            means = sums / sizes
        means[:, sizes == 0] = np.inf
        means[np.arange(n), labels] = np.inf
        b = means.min(axis=1)
        a[sizes[labels] <= 1] = np.inf
    with np.errstate(all="ignore"):
        s = np.where(np.isinf(a), 0, (b - a) / np.maximum(a, b))
    return np.nan_to_num(s)


def estimator_silhouette_score(model: Any, X: Any, sample_weight: Any = None, simplified: bool = False) -> float:
    """Weighted mean."""
    values = estimator_silhouette(model, X, sample_weight, simplified)
    w = np.ones(len(values)) if sample_weight is None else sample_weight
    return float((w * values).sum() / w.sum())
