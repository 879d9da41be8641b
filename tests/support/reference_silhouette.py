"""Silhouettes of the oracle: the whole matrix of the referee's distances, and sums of Python integers."""

import numpy as np
from reference_exact import cluster_sums, power_of_two, products, round53, rounded
from reference_metrics import as_metric


def seen(metric, X, *others):
    """What distances see of X and of the others, scaled alike, and whether their root is taken."""
    rows = [metric.seen(values) for values in (X, *others)]
    scale = metric.scale(*rows)
    return [metric.scaled(values, scale) for values in rows], scale


def rooted(metric, distances):
    """What transform shows, but for a power of two, which is nothing to a ratio."""
    return np.sqrt(distances) if type(metric).__name__ == "Euclidean" else distances


def weights_of_clusters(labels, weights, k):
    """The exact weight of each cluster."""
    return cluster_sums(np.ones(len(labels)), labels, weights, k)


def quotient(a, b):
    """Both rounded to 53 bits, and so is their quotient, then it is a float."""
    return rounded(round53(round53(a) / round53(b)))


def coefficient(a, b, alone):
    if b is None:
        return np.nan
    if a == np.inf:
        return -1.0
    larger = max(a, b)
    return 0.0 if alone or larger == 0 else (b - a) / larger


def silhouettes(X, labels, k, weights=None, **how):
    """The silhouette of each row: every distance to every row, added up cluster by cluster."""
    metric = as_metric(**how)
    (x,), scale = seen(metric, X)
    distances = rooted(metric, metric.distances(x, x, scale))
    whole = weights_of_clusters(labels, weights, k)
    terms, exponent = products(weights, distances)
    to_clusters = np.stack([terms[:, labels == c].sum(axis=1) for c in range(k)], axis=1)
    found = []
    for sums, own in zip(to_clusters * power_of_two(exponent), labels, strict=True):
        a = quotient(sums[own], whole[own] - 1) if whole[own] > 1 else 0.0
        others = [quotient(sums[c], whole[c]) for c in range(k) if c != own and whole[c] > 0]
        found.append(coefficient(a, min(others, default=None), whole[own] <= 1))
    return np.array(found, dtype=np.float64)


def simplified_silhouettes(X, labels, centers, weights=None, **how):
    """The same with distances to the centers of clusters that have weight."""
    metric = as_metric(**how)
    (x, c), scale = seen(metric, X, centers)
    distances = rooted(metric, metric.distances(x, c, scale))
    whole = weights_of_clusters(labels, weights, len(centers))
    found = []
    for row, own in zip(distances, labels, strict=True):
        others = [row[c] for c in range(len(centers)) if c != own and whole[c] > 0]
        found.append(coefficient(row[own], min(others, default=None), whole[own] <= 1))
    return np.array(found, dtype=np.float64)
