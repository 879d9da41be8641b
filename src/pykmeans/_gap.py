"""The gap statistic: how much better X is clustered than rows without clusters.

R. Tibshirani, G. Walther and T. Hastie (2001). Estimating the number of clusters in a data set via the gap statistic.
Journal of the Royal Statistical Society, series B 63(2), 411-423.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._clusterer import Clusterer
from ._progress import Progress
from ._solutions import solutions, with_parameters
from ._validate.parameters import new_generator


def gaps(
    X: NDArray[Any],
    weight: NDArray[np.float64] | None,
    models: list[Clusterer],
    n_references: int,
    progress: Progress,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the gap and its standard error for each of ``models``, which fit ``X`` with more and more clusters.

    Each reference has the shape and the weights of ``X``, its rows uniform in the box around those of positive weight.
    It is clustered as ``X`` was. NaN where an inertia is 0, which has no logarithm.
    """
    generator = new_generator(models[0].get_params()["random_state"])
    rows = X if weight is None else X[weight > 0]
    low, high = rows.min(axis=0).astype(np.float64), rows.max(axis=0).astype(np.float64)
    counts = [len(model.cluster_centers_) for model in models]
    logarithms = np.empty((n_references, len(models)))
    for reference in logarithms:
        drawn = generator.uniform(low, high, X.shape).astype(models[0].cluster_centers_.dtype, copy=False)
        seed = int(generator.randint(2**31))
        estimator = with_parameters(models[0], random_state=seed, verbose=0, store_medoids=False, record_steps=False)
        reference[:] = _logarithms([found.model for found in solutions(drawn, counts, estimator, weight, progress)])
    error = logarithms.std(axis=0) * math.sqrt(1 + 1 / n_references)
    return logarithms.mean(axis=0) - _logarithms(models), error


def _logarithms(models: list[Clusterer]) -> NDArray[np.float64]:
    return np.array([math.log(model.inertia_) if model.inertia_ > 0 else math.nan for model in models])
