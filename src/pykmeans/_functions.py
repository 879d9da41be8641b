"""K-means without an estimator. Nothing here imports scikit-learn, unless it raises or warns with its classes."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _core
from ._fit import best_fit
from ._seeding import plus_plus_draws
from ._validate import arrays, parameters
from ._validate.data import read
from ._words import AlgorithmWord, AutoNumber, MetricWord, RefineWord, Start


def k_means(
    X: ArrayLike,
    n_clusters: int,
    *,
    sample_weight: ArrayLike | None = None,
    init: Start = "k-means++",
    n_init: AutoNumber = "auto",
    max_iter: int = 300,
    verbose: int | bool = False,
    tol: float = 1e-4,
    random_state: int | np.random.RandomState | None = None,
    copy_x: bool = True,
    algorithm: AlgorithmWord = "auto",
    return_n_iter: bool = False,
    n_threads: int | None = None,
    metric: MetricWord = "euclidean",
    refine: RefineWord | None = None,
    n_swaps: AutoNumber = "auto",
    max_memory: int | str | None = None,
    callback: Callable[[int, float, float], bool | None] | None = None,
    max_time: float | None = None,
) -> tuple[Any, ...]:
    """Cluster ``X`` and return the centers, the labels and the inertia.

    The same fit as :class:`KMeans`, whose documentation describes every parameter and what may be raised.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        The points; with ``metric="hamming"`` also a table of categories, as for :class:`KMeans`.
    n_clusters : int
        Number of clusters, from 1 to n_samples.
    sample_weight : array-like of shape (n_samples,) or float, default=None
        Weight of each row, >= 0; None for ones.
    init : {"k-means++", "random"}, array-like of shape (n_clusters, n_features) or callable, default="k-means++"
        Where to start.
    n_init : "auto" or int, default="auto"
        Number of runs; the one of least inertia is returned.
    max_iter : int, default=300
        Largest number of iterations of a run.
    verbose : int or bool, default=False
        Whether to print the inertia of each iteration.
    tol : float, default=1e-4
        Stop when the centers move by no more than this, relative to the variance of the features.
    random_state : int, RandomState or None, default=None
        Source of the random numbers; an int makes the result reproducible.
    copy_x : bool, default=True
        Accepted for scikit-learn's sake: X is never changed.
    algorithm : {"auto", "lloyd", "elkan", "tiles", "boxes"}, default="auto"
        How to compute; the result is the same.
    return_n_iter : bool, default=False
        Whether to return the number of iterations too.
    n_threads : int or None, default=None
        Number of threads; None for what the machine grants. The result is the same.
    metric : {"euclidean", "manhattan", "cosine", "hamming"}, default="euclidean"
        The distance, and with it what a center is.
    refine : {"moves", "splits", "swaps"} or None, default=None
        How to lower the inertia in each run after Lloyd's algorithm has stopped; see :class:`KMeans`.
    n_swaps : "auto" or int, default="auto"
        Number of trials where refine is "swaps"; "auto" ends after ten in a row that found nothing.
    max_memory : int, str or None, default=None
        What the fit may keep beside X and its results: bytes, or text such as "2 GB"; None for half of what is free.
        The result is the same.
    callback : callable or None, default=None
        Called as ``callback(iteration, inertia, shift)`` after every iteration; True ends the fit.
    max_time : float or None, default=None
        Seconds after which no further iteration and no further run begins; None for no limit. One iteration is always
        made.

    Returns
    -------
    centers : ndarray of shape (n_clusters, n_features)
        Float32 for float32 (and float16) X, else float64; objects, the values of X, for a table of categories.
    labels : ndarray of shape (n_samples,), int32
        The nearest center of each row.
    inertia : float
        Weighted sum of the distances of the rows to their centers, squared ones where the metric is "euclidean".
    n_iter : int
        Number of iterations of the best run; only with ``return_n_iter=True``.

    Raises
    ------
    ValueError, TypeError
        If an argument is not what is described here; the message names it, its value and the rule.

    References
    ----------
    Lloyd, S. P. (1982). Least squares quantization in PCM. IEEE Transactions on Information Theory 28(2), 129-137.

    Examples
    --------
    >>> from pykmeans import k_means
    >>> X = [[1, 2], [1, 4], [1, 0], [10, 2], [10, 4], [10, 0]]
    >>> centers, labels, inertia = k_means(X, n_clusters=2, random_state=0)
    >>> centers
    array([[10.,  2.],
           [ 1.,  2.]])
    >>> labels
    array([1, 1, 1, 0, 0, 0], dtype=int32)
    >>> inertia
    16.0
    """
    parameters.check("k_means", return_n_iter=return_n_iter)
    fit_parameters = parameters.fit_parameters(
        "k_means",
        {
            "n_clusters": n_clusters,
            "init": init,
            "n_init": n_init,
            "max_iter": max_iter,
            "tol": tol,
            "verbose": verbose,
            "random_state": random_state,
            "copy_x": copy_x,
            "algorithm": algorithm,
            "n_threads": n_threads,
            "metric": metric,
            "refine": refine,
            "n_swaps": n_swaps,
            "max_memory": max_memory,
            "callback": callback,
            "max_time": max_time,
        },
    )
    data = read(X, parameters.Metric(metric))
    fit = best_fit("k_means", data, sample_weight, fit_parameters).run
    result = data.decoded(fit.centers), fit.labels, fit.inertia
    return (*result, fit.n_iter) if return_n_iter else result


def kmeans_plusplus(
    X: ArrayLike,
    n_clusters: int,
    *,
    sample_weight: ArrayLike | None = None,
    x_squared_norms: ArrayLike | None = None,
    random_state: int | np.random.RandomState | None = None,
    n_local_trials: int | None = None,
    n_threads: int | None = None,
    metric: MetricWord = "euclidean",
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Pick rows of ``X`` to start from with greedy k-means++.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        The points; with ``metric="hamming"`` also a table of categories, as for :class:`KMeans`.
    n_clusters : int
        Number of rows to pick, from 1 to n_samples.
    sample_weight : array-like of shape (n_samples,) or float, default=None
        Weight of each row, >= 0; None for ones. A row of zero weight is never picked.
    x_squared_norms : array-like of shape (n_samples,), default=None
        Accepted for scikit-learn's sake: distances are computed from the points themselves. Its length is checked.
    random_state : int, RandomState or None, default=None
        Source of the random numbers; an int makes the result reproducible.
    n_local_trials : int or None, default=None
        Rows that are tried at each step, of which the best is picked; None for 2 + floor(log(n_clusters)), and 1 for
        plain k-means++.
    n_threads : int or None, default=None
        Number of threads; None for what the machine grants. The result is the same.
    metric : {"euclidean", "manhattan", "cosine", "hamming"}, default="euclidean"
        The distance: rows are drawn in proportion to it, squared where it is "euclidean".

    Returns
    -------
    centers : ndarray of shape (n_clusters, n_features)
        The picked rows; float32 for float32 (and float16) X, else float64; objects for a table of categories.
    indices : ndarray of shape (n_clusters,), int64
        Where they are: ``X[indices]`` equals ``centers``.

    Raises
    ------
    ValueError, TypeError
        If an argument is not what is described here; the message names it, its value and the rule.

    References
    ----------
    Arthur, D. and Vassilvitskii, S. (2007). k-means++: the advantages of careful seeding. Proceedings of the 18th
    annual ACM-SIAM symposium on discrete algorithms, 1027-1035.

    Examples
    --------
    >>> from pykmeans import kmeans_plusplus
    >>> X = [[1, 2], [1, 4], [1, 0], [10, 2], [10, 4], [10, 0]]
    >>> centers, indices = kmeans_plusplus(X, n_clusters=2, random_state=0)
    >>> centers
    array([[10.,  2.],
           [ 1.,  0.]])
    >>> indices
    array([3, 2])
    """
    parameters.check(
        "kmeans_plusplus",
        n_clusters=n_clusters,
        random_state=random_state,
        n_local_trials=n_local_trials,
        metric=metric,
    )
    n_threads = parameters.threads("kmeans_plusplus", n_threads)
    data = read(X, parameters.Metric(metric))
    n_samples = data.X.shape[0]
    parameters.check_cluster_count(int(n_clusters), n_samples)
    weight = arrays.weights(sample_weight, n_samples)
    if x_squared_norms is not None and np.shape(x_squared_norms) != (n_samples,):
        raise ValueError(
            f"The length of x_squared_norms {np.shape(x_squared_norms)} should be equal to the length of n_samples "
            f"{n_samples}."
        )
    points = data.points(weight, n_threads)
    generator = parameters.borrowed_generator(random_state)
    drawn = plus_plus_draws(int(n_clusters), generator, n_local_trials)
    parameters.give_back(random_state, generator)
    rows = _core.plus_plus(points, int(n_clusters), *drawn)
    return data.decoded(data.X[rows].astype(data.centers_dtype, copy=False)), rows


def assign(
    X: ArrayLike, centers: ArrayLike, *, n_threads: int | None = None, metric: MetricWord = "euclidean"
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Find the nearest center of each row of ``X``.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        The points; with ``metric="hamming"`` also a table of categories, as for :class:`KMeans`.
    centers : array-like of shape (n_clusters, n_features)
        The centers, in any type.
    n_threads : int or None, default=None
        Number of threads; None for what the machine grants. The result is the same.
    metric : {"euclidean", "manhattan", "cosine", "hamming"}, default="euclidean"
        The distance.

    Returns
    -------
    labels : ndarray of shape (n_samples,), int32
        The nearest center of each row, the lowest index at a tie.
    distances : ndarray of shape (n_samples,), float64
        The distance of each row to its nearest center, as inertia adds it up: the squared Euclidean distance, the sum
        of absolute differences, 1 - cos, or the number of features that differ.

    Raises
    ------
    ValueError, TypeError
        If an argument is not what is described here; the message names it, its value and the rule.

    Examples
    --------
    >>> from pykmeans import assign
    >>> assign([[0, 0], [12, 3]], centers=[[10, 2], [1, 2]])
    (array([1, 0], dtype=int32), array([5., 5.]))
    """
    parameters.check("assign", metric=metric)
    threads = parameters.threads("assign", n_threads)
    data = read(X, parameters.Metric(metric))
    points = data.points(None, threads)
    return _core.assign(points, data.centers(centers, "centers"))


def info() -> dict[str, Any]:
    """Tell what this installation computes with.

    Returns
    -------
    info : dict
        "version" : str, of this package.
        "instruction_set" : str, the instruction set of the kernels in use.
        "instruction_sets" : list of str, those that this CPU runs and the environment variable PYKMEANS_ISA may name,
        the best first.
        "openmp" : bool, whether more than one thread can be used.
        "threads" : int, what n_threads=None means now.

    Examples
    --------
    >>> import pykmeans
    >>> sorted(pykmeans.info())
    ['instruction_set', 'instruction_sets', 'openmp', 'threads', 'version']
    """
    return _core.info()
