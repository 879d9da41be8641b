"""KPrototypes, the estimator for tables of numbers and categories."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _core, _errors
from ._clusterer import Clusterer
from ._fit import BestFit
from ._optional import optional
from ._validate import parameters
from ._validate.arrays import weights
from ._validate.data import Encoded, Numbers
from ._validate.frames import checked_feature_names
from ._validate.tables import categorical_positions, opened, table
from ._words import AutoNumber, Start

if TYPE_CHECKING:
    import pandas


class KPrototypes(Clusterer):
    """K-prototypes clustering of tables that mix numbers and categories, exact and reproducible.

    The distance of a row and a center is the squared Euclidean distance of their numbers, plus ``gamma`` for each
    category that differs. A center has the mean of each column of numbers and the most frequent value of each column of
    categories. Missing values are refused: give them a name, and they are a category like others.

    Parameters
    ----------
    n_clusters : int, default=8
        Number of clusters, from 1 to n_samples.
    categorical : list of str or int, mask of bool, or None, default=None
        The columns of categories, by name or by position from 0. Columns of numbers that are listed are categories too.
        None for all columns that do not hold numbers: strings, categoricals, objects and booleans.
    gamma : "auto" or float, default="auto"
        What a category that differs adds to the distance, from 0 to 1e200. "auto" is half the mean of the standard
        deviations of the columns of numbers, as Huang suggests; 1 where that is 0 or there are none. It does not follow
        the scales of single columns: where these differ, scale the numbers beforehand, to one standard deviation for
        example.
    init : {"k-means++", "random"}, table of n_clusters rows or callable, default="k-means++"
        Where to start: rows picked by greedy k-means++ with this distance, different rows at random, given centers with
        the columns of X, or what ``init(X, n_clusters, random_state=...)`` returns; X is then what fit was given.
    n_init : "auto" or int, default="auto"
        Number of runs from different starts; the one of least inertia is kept, the first at a tie. "auto" is 1 for
        "k-means++" and given centers, 10 for "random" and a callable.
    max_iter : int, default=300
        Largest number of iterations of a run.
    tol : float, default=1e-4
        Stop when no category of a center changed and the sum of the squared shifts of the centers' numbers is at most
        ``tol`` times the mean variance of the columns of numbers.
    verbose : int or bool, default=0
        Whether to print the inertia of each iteration.
    random_state : int, RandomState or None, default=None
        Source of the random numbers. An int makes the result reproducible; None takes NumPy's global generator.
    n_threads : int or None, default=None
        Number of threads, at most 1024; None for what the machine grants: affinity mask, cgroup quota or
        OMP_NUM_THREADS, whichever is least. The result is the same.
    store_medoids : bool, default=False
        Whether to find the row nearest to each center, for ``medoid_indices_``.
    record_steps : bool, default=False
        Whether to keep the centers and the labels of each iteration of the best run, for ``steps_``. That takes 4 bytes
        for each row and iteration; the result is the same.
    max_memory : int, str or None, default=None
        What the fit may keep beside X and its attributes: bytes, or text such as "2 GB"; None for half of what is free.
        k-means++ chooses among what fits; the result is the same. As for :class:`KMeans`.
    callback : callable or None, default=None
        Called as ``callback(iteration, inertia, shift)`` after every iteration of every run, when its centers have
        moved: the iteration's number from 0, its entry in ``inertia_history_``, and the sum of the squared distances
        that the centers moved, which is what ``tol`` is about (of their numbers).
        True ends the fit; False and None do not, and anything else is a TypeError. What it raises reaches the caller,
        and the estimator stays as it was.
    max_time : float or None, default=None
        Seconds from the call of ``fit`` on after which no further iteration and no further run begins; None for no
        limit. One iteration is always made, and nothing is cut in the middle: a fit takes longer by the iteration that
        is under way then and a last assignment of the rows, or by reading X and choosing a start.

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (n_clusters, n_features), object
        The centers, in the order of the columns of X: floats for numbers, the values of X for categories; of equally
        frequent values, the least, or the first in the order that a categorical type gives to its categories.
    labels_ : ndarray of shape (n_samples,), int32
        The nearest center of each row of X: what ``predict(X)`` returns.
    inertia_ : float
        Weighted sum of the distances of the rows to their centers, exactly summed and rounded once: what
        ``-score(X, sample_weight=sample_weight)`` returns.
    n_iter_ : int
        Number of iterations of the best run.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (``n_features_in_``,), object
        Names of the columns of X; only where X was a data frame whose names are all strings.
    gamma_ : float
        The gamma that was used.
    categorical_features_ : ndarray of int64
        Positions of the columns of categories.
    inertia_history_ : ndarray of shape (``n_iter_``,), float64
        The inertia of each iteration's labels against the centers that they were found with.
    stop_reason_ : {"labels", "centers", "max_iter", "callback", "max_time"}
        Why the best run stopped: no label changed, the centers moved by no more than ``tol`` allows, or ``max_iter``
        was reached. "callback" or "max_time" where that ended the fit before: in the middle of a run, which is the last
        one then, or before a further run. Of the runs that were begun the best is kept all the same, and its labels
        belong to its centers.
    algorithm_ : str
        The algorithm that was used.
    converged_ : bool
        Whether it stopped for one of the first two reasons.
    cluster_sizes_ : ndarray of shape (n_clusters,), float64
        Sum of the weights of each cluster; without weights, its number of rows.
    cluster_inertia_ : ndarray of shape (n_clusters,), float64
        The part of each cluster in ``inertia_``.
    medoid_indices_ : ndarray of shape (n_clusters,), int64
        The row of X in each cluster that is nearest to its center, the first at a tie, of rows with positive weight; -1
        for an empty cluster. Only with ``store_medoids=True``.
    steps_ : list of Step
        What each iteration of the best run found, and last the centers and the labels that are returned: there are
        ``n_iter_ + 1`` steps, the first of which has the centers to start from. Only with ``record_steps=True``.

    See Also
    --------
    pykmeans.KMeans : For numbers alone, or, with ``metric="hamming"``, for categories alone.

    Notes
    -----
    X is a pandas or polars data frame, or an array of objects or numbers, and is copied once: as float32 where all of
    its numbers are float32 or float16, else as float64. ``transform`` returns the distances described above, in
    that type. A category that was not in the X of fit differs from every center.

    References
    ----------
    Huang, Z. (1998). Extensions to the k-means algorithm for clustering large data sets with categorical values. Data
    Mining and Knowledge Discovery 2(3), 283-304.

    Examples
    --------
    >>> from pykmeans import KPrototypes
    >>> X = [[20, "red"], [22, "red"], [24, "blue"], [60, "blue"], [62, "blue"], [64, "green"]]
    >>> kprototypes = KPrototypes(n_clusters=2, random_state=0).fit(X)
    >>> kprototypes.labels_
    array([1, 1, 1, 0, 0, 0], dtype=int32)
    >>> kprototypes.cluster_centers_
    array([[62.0, 'blue'],
           [22.0, 'red']], dtype=object)
    >>> kprototypes.predict([[30, "green"]])
    array([1], dtype=int32)
    """

    # The name that a pickle stores, whatever the base classes were.
    __module__ = "pykmeans"

    _PARAMETERS = (
        "n_clusters",
        "categorical",
        "gamma",
        "init",
        "n_init",
        "max_iter",
        "tol",
        "verbose",
        "random_state",
        "n_threads",
        "store_medoids",
        "record_steps",
        "max_memory",
        "callback",
        "max_time",
    )

    _FITTED = (*Clusterer._FITTED, "gamma_", "categorical_features_")

    _WARNS_OF_SCALES = True

    _metric_name = "mixed"

    gamma_: float
    categorical_features_: NDArray[np.int64]

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        categorical: Any = None,
        gamma: Literal["auto"] | float = "auto",
        init: Start = "k-means++",
        n_init: AutoNumber = "auto",
        max_iter: int = 300,
        tol: float = 1e-4,
        verbose: int | bool = 0,
        random_state: int | np.random.RandomState | None = None,
        n_threads: int | None = None,
        store_medoids: bool = False,
        record_steps: bool = False,
        max_memory: int | str | None = None,
        callback: Callable[[int, float, float], bool | None] | None = None,
        max_time: float | None = None,
    ) -> None:
        self._notice_scikit_learn()
        self.n_clusters = n_clusters
        self.categorical = categorical
        self.gamma = gamma
        self.init = init
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.verbose = verbose
        self.random_state = random_state
        self.n_threads = n_threads
        self.store_medoids = store_medoids
        self.record_steps = record_steps
        self.max_memory = max_memory
        self.callback = callback
        self.max_time = max_time

    def summary(self, X: ArrayLike | None = None, sample_weight: ArrayLike | None = None) -> "pandas.DataFrame":
        """Describe the clusters in a table, one row each.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features), default=None
            The rows of fit as they were before their numbers were scaled: then the means are those of these numbers,
            in your units. None for the centers.
        sample_weight : array-like of shape (n_samples,) or float, default=None
            With X, the weights of fit, if there were any.

        Returns
        -------
        summary : pandas.DataFrame
            Indexed by the cluster's number. "size" is its number of rows, or its sum of weights, and "share" its part
            in that of all clusters, "inertia" its sum of distances; "medoid" is the row nearest to its center, where
            ``store_medoids`` is set. Then come the columns of X in their own names (x0, x1, ... where they have none):
            means of numbers and most frequent categories. Where X has a column with one of the first names, the
            name here gets a trailing underscore.

        Raises
        ------
        NotFittedError
            Before fit.
        ValueError, TypeError
            If X and sample_weight do not have the rows of fit, or if X is given and the model was loaded.
        ImportError
            If pandas is not installed.

        Examples
        --------
        >>> import pandas as pd
        >>> from pykmeans import KPrototypes
        >>> people = pd.DataFrame({"age": [20, 22, 24, 60, 62, 64], "color": ["red"] * 3 + ["blue"] * 2 + ["green"]})
        >>> scaled = people.assign(age=(people["age"] - people["age"].mean()) / people["age"].std())
        >>> kprototypes = KPrototypes(n_clusters=2, random_state=0).fit(scaled)
        >>> kprototypes.summary(people).round(2)  # doctest: +NORMALIZE_WHITESPACE
                 size  share  inertia   age color
        cluster
        0           3    0.5     0.47  62.0  blue
        1           3    0.5     0.02  22.0   red
        """
        fitted = self.__dict__  # of one fit: another thread's puts a new one in its place
        if "cluster_centers_" not in fitted:
            raise _errors.not_fitted(self)
        pandas = optional("pandas", "pandas", "summary()")
        centers, sizes = fitted["cluster_centers_"], fitted["cluster_sizes_"]
        if X is not None:
            centers = self._in_units_of(X, sample_weight, fitted)
        names = list(fitted.get("feature_names_in_", [f"x{j}" for j in range(centers.shape[1])]))
        is_whole = (sizes == np.floor(sizes)).all() and sizes.max() < 2**53
        facts: dict[str, Any] = {
            "size": sizes.astype(np.int64) if is_whole else sizes,
            "share": sizes / sizes.sum(),
            "inertia": fitted["cluster_inertia_"],
        }
        if "medoid_indices_" in fitted:
            facts["medoid"] = fitted["medoid_indices_"]
        titles = [_unused(title, names) for title in facts] + names
        columns = dict(enumerate([*facts.values(), *centers.T]))
        frame = pandas.DataFrame(columns, index=pandas.RangeIndex(len(centers), name="cluster"))
        return frame.infer_objects().set_axis(titles, axis=1)

    def _in_units_of(self, X: Any, sample_weight: Any, fitted: dict[str, Any]) -> NDArray[np.object_]:
        """Return the centers, with the means of the numbers of ``X`` in place of their own."""
        labels: NDArray[np.int32] | None = fitted.get("labels_")
        if labels is None:
            raise ValueError("summary(X) needs the labels of fit, which a file does not keep: call it without X.")
        checked_feature_names(X, fitted.get("feature_names_in_"), type(self).__name__)
        data, _ = self._read_new(X, fitted)
        if len(data.X) != len(labels):
            raise ValueError(f"X of summary must have the {len(labels)} rows of fit, got {len(data.X)}.")
        weight = weights(sample_weight, len(labels))
        sizes = np.bincount(labels, weight, len(fitted["cluster_sizes_"]))
        if not np.allclose(sizes, fitted["cluster_sizes_"]):
            raise ValueError("sample_weight of summary must be that of fit: the clusters have other sizes with it.")
        centers: NDArray[np.object_] = fitted["cluster_centers_"].copy()
        centers[:, list(data.numeric)] = np.nan  # of an empty cluster nothing is known
        for cluster in np.flatnonzero(sizes):
            rows = labels == cluster
            points = _core.Points(data.X[rows], None if weight is None else weight[rows])
            centers[cluster, list(data.numeric)] = _core.moments(points)[0][: len(data.numeric)]
        return centers

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn, where it is there, that X may hold strings and categories."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string = tags.input_tags.categorical = True
        return tags

    def _read(self, X: Any) -> Numbers:
        X = opened(X)
        categorical = categorical_positions(table(X), self.categorical)
        numeric = [j for j in range(X.shape[1]) if j not in set(categorical)]
        data = Encoded(X, parameters.Metric("mixed"), numeric)
        gamma = _auto_gamma(data.X[:, : len(numeric)]) if self.gamma == "auto" else float(self.gamma)
        data.metric = parameters.Metric("mixed", len(numeric), gamma)
        return data

    def _read_new(self, X: Any, fitted: dict[str, Any]) -> tuple[Numbers, NDArray[Any]]:
        X, centers = opened(X), fitted["cluster_centers_"]
        self._check_width(X.shape, centers)
        numeric = [j for j in range(X.shape[1]) if j not in set(fitted["categorical_features_"])]
        metric = parameters.Metric("mixed", len(numeric), fitted["gamma_"])
        data = Encoded(X, metric, numeric)
        return data, data.centers(centers, "cluster_centers_")

    def _kept(self, best: BestFit, data: Numbers) -> dict[str, Any]:
        return {
            **super()._kept(best, data),
            "gamma_": data.metric.gamma,
            "categorical_features_": np.array(data.categorical, dtype=np.int64),
        }


def _unused(title: str, names: list[str]) -> str:
    while title in names:
        title += "_"
    return title


def _auto_gamma(numbers: NDArray[Any]) -> float:
    """Half the mean of the standard deviations, or 1 where that is 0 or there are no numbers."""
    deviations = []
    for column in numbers.T:
        _, variance = _core.moments(_core.Points(np.array(column, dtype=np.float64)[:, np.newaxis]))
        deviations.append(math.sqrt(variance))
    return (0.5 * math.fsum(deviations) / len(deviations) if deviations else 0.0) or 1.0
