"""Each library's way to fit from a given start, with no tolerance: labels and centers come back."""

import contextlib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Fitted(NamedTuple):
    """What came back."""

    labels: np.ndarray
    centers: np.ndarray


class NotOffered(Exception):
    """The library has no such argument."""


def by_pykmeans(X, start, weights=None, threads=None, iterations=100):
    from pykmeans import KMeans

    model = KMeans(len(start), init=start, n_init=1, n_threads=threads, tol=0, max_iter=iterations)
    model.fit(X, sample_weight=weights)
    return Fitted(model.labels_, model.cluster_centers_)


def by_scikit_learn(X, start, weights=None, threads=None, iterations=100):
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    model = KMeans(len(start), init=start, n_init=1, tol=0, max_iter=iterations)
    with threadpool_limits(threads) if threads else contextlib.nullcontext():
        model.fit(X, sample_weight=weights)
    return Fitted(model.labels_, model.cluster_centers_)


def by_scikit_learn_intelex(X, start, weights=None, threads=None, iterations=100):
    import daal4py
    from sklearnex.cluster import KMeans

    if threads:
        daal4py.daalinit(threads)
    model = KMeans(len(start), init=start, n_init=1, tol=0, max_iter=iterations)
    model.fit(X, sample_weight=weights)
    return Fitted(model.labels_, model.cluster_centers_)


def by_faiss(X, start, weights=None, threads=None, iterations=100):
    import faiss

    if threads:
        faiss.omp_set_num_threads(threads)
    rows = {"min_points_per_centroid": 1, "max_points_per_centroid": max(len(X), 1)}
    model = faiss.Kmeans(X.shape[1], len(start), niter=iterations, **rows)
    with np.errstate(over="ignore"):
        model.train(X, weights=weights, init_centroids=start.astype(np.float32))
        return Fitted(model.assign(X)[1], model.centroids)


def by_scipy(X, start, weights=None, threads=None, iterations=100):
    from scipy.cluster.vq import kmeans2

    if weights is not None:
        raise NotOffered("takes no weights")
    if threads not in (None, 1):
        raise NotOffered("has one thread")
    centers, labels = kmeans2(X, start, iter=iterations, minit="matrix")
    return Fitted(labels, centers)


class Library(NamedTuple):
    """A library: its name in the table, that of its distribution, and its way to fit."""

    title: str
    distribution: str
    fit: Callable[..., Fitted]


LIBRARIES = {
    "pykmeans": Library("pykmeans", "pykmeans", by_pykmeans),
    "scikit_learn": Library("scikit-learn", "scikit-learn", by_scikit_learn),
    "faiss": Library("faiss", "faiss-cpu", by_faiss),
    "scipy": Library("SciPy kmeans2", "scipy", by_scipy),
    "sklearnex": Library("scikit-learn-intelex", "scikit-learn-intelex", by_scikit_learn_intelex),
}
