"""Silhouettes: how much nearer each row is to its own cluster than to the next one."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _core
from ._validate import arrays, parameters
from ._validate.data import read
from ._words import MetricWord

if TYPE_CHECKING:
    from ._clusterer import Clusterer


def silhouette_samples(
    X: ArrayLike,
    labels: ArrayLike,
    *,
    metric: MetricWord = "euclidean",
    sample_weight: ArrayLike | None = None,
    n_threads: int | None = None,
) -> NDArray[np.float64]:
    """Compute the silhouette of each row of ``X``.

    It is (b - a) / max(a, b), where a is the mean distance of the row to the others of its cluster, and b the least
    mean distance to another cluster: near 1 where the row is well inside its cluster, near 0 between two clusters,
    negative where another cluster is nearer than its own.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        The points; with ``metric="hamming"`` also a table of categories, as for :class:`KMeans`.
    labels : array-like of shape (n_samples,)
        The cluster of each row: numbers, strings or booleans.
    metric : {"euclidean", "manhattan", "cosine", "hamming"}, default="euclidean"
        The distance. "euclidean" is not squared here, as in ``transform``.
    sample_weight : array-like of shape (n_samples,) or float, default=None
        Weight of each row, >= 0; None for ones. Weight w is the same as w copies of the row, so weights are counts:
        a row's cluster must weigh more than 1 for it to have another beside it.
    n_threads : int or None, default=None
        Number of threads; None for what the machine grants. The result is the same.

    Returns
    -------
    silhouettes : ndarray of shape (n_samples,), float64
        From -1 to 1; 0 for a row that is alone in its cluster.

    Raises
    ------
    ValueError, TypeError
        If an argument is not what is described here; the message names it, its value and the rule.
    ValueError
        If the number of labels (of rows of positive weight) is not from 2 to n_samples - 1, n_samples being the sum of
        the weights where there are some.

    See Also
    --------
    pykmeans.silhouette_score : Their mean.

    Notes
    -----
    Takes time in proportion to n_samples^2 n_features, and memory for a few numbers a row: no matrix of distances
    exists. The sums of distances are exact and rounded once.

    References
    ----------
    Rousseeuw, P. J. (1987). Silhouettes: a graphical aid to the interpretation and validation of cluster analysis.
    Journal of Computational and Applied Mathematics 20, 53-65.

    Examples
    --------
    >>> from pykmeans import silhouette_samples
    >>> silhouette_samples([[0], [2], [10], [12]], ["a", "a", "b", "b"]).round(3)
    array([0.818, 0.778, 0.778, 0.818])
    """
    return _judged("silhouette_samples", X, labels, metric, sample_weight, n_threads)[0]


def silhouette_score(
    X: ArrayLike,
    labels: ArrayLike,
    *,
    metric: MetricWord = "euclidean",
    sample_weight: ArrayLike | None = None,
    n_threads: int | None = None,
) -> float:
    """Compute the mean silhouette of the rows of ``X``.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        The points; with ``metric="hamming"`` also a table of categories, as for :class:`KMeans`.
    labels : array-like of shape (n_samples,)
        The cluster of each row: numbers, strings or booleans.
    metric : {"euclidean", "manhattan", "cosine", "hamming"}, default="euclidean"
        The distance. "euclidean" is not squared here, as in ``transform``.
    sample_weight : array-like of shape (n_samples,) or float, default=None
        Weight of each row, >= 0; None for ones. Weight w is the same as w copies of the row.
    n_threads : int or None, default=None
        Number of threads; None for what the machine grants. The result is the same.

    Returns
    -------
    score : float
        The weighted mean of ``silhouette_samples``, exactly summed: from -1 to 1, more is better.

    Raises
    ------
    ValueError, TypeError
        As ``silhouette_samples`` does.

    See Also
    --------
    pykmeans.silhouette_samples : What it is the mean of, and how it is computed.

    Examples
    --------
    >>> from pykmeans import silhouette_score
    >>> round(silhouette_score([[0], [2], [10], [12]], ["a", "a", "b", "b"]), 3)
    0.798
    """
    return _core.weighted_mean(*_judged("silhouette_score", X, labels, metric, sample_weight, n_threads))


def estimator_silhouette(
    model: "Clusterer", X: Any, sample_weight: Any = None, simplified: bool = False
) -> NDArray[np.float64]:
    """Return the silhouette of each row of ``X`` in the clusters that a fitted estimator assigns.

    With ``simplified``, distances to the centers stand for mean distances: n k distances in place of n^2. NaN where
    there is only one cluster; nothing is said against as many clusters as rows.
    """
    _, points, centers = model._measured(X, sample_weight)
    labels = _core.nearest(points, centers)
    if simplified:
        return _core.simplified_silhouette(points, labels, centers)
    return _core.silhouette(points, labels, len(centers))


def estimator_silhouette_score(
    model: "Clusterer", X: Any, sample_weight: Any = None, simplified: bool = False
) -> float:
    """Return the weighted mean of ``estimator_silhouette``, exactly summed."""
    values = estimator_silhouette(model, X, sample_weight, simplified)
    return _core.weighted_mean(values, arrays.weights(sample_weight, len(values)))


def _judged(
    caller: str, X: Any, labels: Any, metric: str, sample_weight: Any, n_threads: Any
) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Return the silhouettes of what the user gave, and the weights as the core takes them."""
    parameters.check(caller, metric=metric)
    threads = parameters.threads(caller, n_threads)
    data = read(X, parameters.Metric(metric))
    weight = arrays.weights(sample_weight, data.X.shape[0])
    codes, n_clusters = _codes(labels, data.X.shape[0])
    _check_count(codes, weight)
    return _core.silhouette(data.points(weight, threads), codes, n_clusters), weight


def _codes(labels: Any, n_samples: int) -> tuple[NDArray[np.int32], int]:
    """Return labels as numbers from 0, and how many there are."""
    array = arrays.as_array(labels, "labels")
    if array.ndim != 1:
        raise ValueError(f"labels must be a 1D array, one label for each row of X; got shape {array.shape}.")
    if array.shape != (n_samples,):
        raise ValueError(
            f"Found input variables with inconsistent numbers of samples: {[n_samples, array.shape[0]]}: labels must "
            "have one label for each row of X."
        )
    if _has_missing(array):
        raise ValueError("labels holds values that are NaN or infinite; each row must have a label.")
    try:
        found, codes = np.unique(array, return_inverse=True)
    except TypeError as error:  # objects that cannot be compared: None among strings, for example
        raise ValueError(f"labels must be of one kind, none missing: {error}.") from None
    return codes.astype(np.int32), len(found)


def _has_missing(labels: NDArray[Any]) -> bool:
    if labels.dtype.kind == "O":  # NaN among objects does not equal itself
        return any(isinstance(label, float) and label != label for label in labels)
    return labels.dtype.kind in "fcmM" and not np.isfinite(labels).all()


def _check_count(codes: NDArray[np.int32], weight: NDArray[np.float64] | None) -> None:
    """Raise ValueError unless there are two clusters and one of them holds more than one row."""
    n_samples = len(codes) if weight is None else math.fsum(weight)
    n_labels = len(np.unique(codes if weight is None else codes[weight > 0]))
    if not 2 <= n_labels <= n_samples - 1:
        as_counts = "" if weight is None else ", the sum of sample_weight: weight w counts as w rows"
        raise ValueError(
            f"Number of labels is {n_labels}. Valid values are 2 to n_samples - 1 (inclusive): labels must name two "
            f"clusters or more, one of them with more than one row; n_samples is {n_samples:g} here{as_counts}."
        )
