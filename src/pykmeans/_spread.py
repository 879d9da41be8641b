"""How far the rows of each cluster are spread around their mean, and the criteria that are made of it."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_BLOCK = 1 << 18  # numbers that are looked at together: 2 MB, which a cache holds


class Spread(NamedTuple):
    """Of each cluster that is not empty; the rows count with their weights, and may be multiplied by a power of two."""

    sizes: NDArray[np.float64]  # (n_clusters,), sums of weights
    means: NDArray[np.float64]  # (n_clusters, n_features)
    squares: NDArray[np.float64]  # (n_clusters,), sums of squared distances to the mean
    distances: NDArray[np.float64]  # (n_clusters,), sums of distances to the mean


def spread(
    X: NDArray[np.float64] | NDArray[np.float32] | NDArray[np.uint8],
    labels: NDArray[np.int32],
    centers: NDArray[np.float64] | NDArray[np.float32],
    weight: NDArray[np.float64] | None,
) -> Spread:
    """Measure clusters around the means of their rows, of which ``centers`` need to be near only.

    What is added up are differences from those centers, so that little is lost to rounding.
    """
    scale = _scale(X)
    found: list[tuple[float, NDArray[np.float64], float, float]] = []
    order = np.argsort(labels, kind="stable")
    ends = np.searchsorted(labels[order], np.arange(len(centers) + 1))
    for center, first, last in zip(centers.astype(np.float64) * scale, ends[:-1], ends[1:], strict=True):
        members = order[first:last]
        size = float(last - first) if weight is None else math.fsum(weight[members])
        if size > 0:
            mean = (
                center
                + sum((rows * w[:, np.newaxis]).sum(axis=0) for rows, w in _pieces(X, members, weight, scale, center))
                / size
            )
            lengths = [(np.square(rows).sum(axis=1), w) for rows, w in _pieces(X, members, weight, scale, mean)]
            squares = math.fsum((w * length).sum() for length, w in lengths)
            found.append((size, mean, squares, math.fsum((w * np.sqrt(length)).sum() for length, w in lengths)))
    return Spread(*map(np.array, zip(*found, strict=True)))


def _scale(X: NDArray[np.float64] | NDArray[np.float32] | NDArray[np.uint8]) -> float:
    """Return the power of two by which to multiply values whose squares would overflow or vanish; 1 for others."""
    low, high = X.min(axis=0).astype(np.float64), X.max(axis=0).astype(np.float64)
    extent = math.frexp((high / 2 - low / 2).max())[1]
    largest = math.frexp(max(abs(low).max(), abs(high).max()))[1]
    return 1.0 if abs(extent) < 400 else math.ldexp(1.0, min(-extent, 1023 - max(largest, 0)))


def _pieces(
    X: NDArray[np.float64] | NDArray[np.float32] | NDArray[np.uint8],
    members: NDArray[np.int64],
    weight: NDArray[np.float64] | None,
    scale: float,
    origin: NDArray[np.float64],
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Yield some rows, times ``scale``, minus ``origin``, and their weights, until all ``members`` have been seen."""
    step = max(1, _BLOCK // X.shape[1])
    for start in range(0, len(members), step):
        rows = members[start : start + step]
        yield X[rows].astype(np.float64) * scale - origin, np.ones(len(rows)) if weight is None else weight[rows]


def calinski_harabasz(clusters: Spread) -> float:
    """Spread between the clusters over that within them, each by its degrees of freedom; NaN where there are none.

    T. Caliński and J. Harabasz (1974). A dendrite method for cluster analysis. Communications in Statistics 3(1), 1-27.
    """
    n_clusters, total, within = len(clusters.sizes), clusters.sizes.sum(), clusters.squares.sum()
    if n_clusters < 2 or total <= n_clusters:
        return math.nan
    middle = (clusters.sizes[:, np.newaxis] * clusters.means).sum(axis=0) / total
    between = (clusters.sizes * np.square(clusters.means - middle).sum(axis=1)).sum()
    if within == 0:
        return 1.0  # as scikit-learn says
    return float(between / within * ((total - n_clusters) / (n_clusters - 1)))  # no product that overflows


def davies_bouldin(clusters: Spread) -> float:
    """Mean over the clusters of how much the worst neighbor overlaps; NaN for one cluster.

    D. L. Davies and D. W. Bouldin (1979). A cluster separation measure. IEEE Transactions on Pattern Analysis and
    Machine Intelligence 1(2), 224-227.
    """
    if len(clusters.sizes) < 2:
        return math.nan
    radius = clusters.distances / clusters.sizes
    if not radius.any():
        return 0.0
    worst = []
    for own, (mean, r) in enumerate(zip(clusters.means, radius, strict=True)):
        apart = np.sqrt(np.square(clusters.means - mean).sum(axis=1))
        apart[own] = math.inf
        with np.errstate(divide="ignore"):
            worst.append(np.max((radius + r) / np.where(apart == 0, math.inf, apart)))
    return float(np.mean(worst))


def bic(sizes: NDArray[np.float64], inertia: float, n_features: int) -> float:
    """Bayesian information criterion of spherical Gaussians around the centers, all of one variance; less is better.

    D. Pelleg and A. W. Moore (2000). X-means: extending k-means with efficient estimation of the number of clusters.
    17th international conference on machine learning, 727-734.
    """
    sizes = sizes[sizes > 0]
    n_clusters, total = len(sizes), float(sizes.sum())
    if inertia == 0 or total <= n_clusters:
        return math.nan
    variance = inertia / (n_features * (total - n_clusters))
    log_likelihood = (
        math.fsum(sizes * np.log(sizes / total))
        - total * n_features / 2 * math.log(2 * math.pi * variance)
        - n_features * (total - n_clusters) / 2
    )
    n_parameters = (n_clusters - 1) + n_clusters * n_features + 1
    return n_parameters * math.log(total) - 2 * log_likelihood
