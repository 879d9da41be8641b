"""KMeans, the estimator."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._clusterer import Clusterer
from ._validate.arrays import as_core_centers
from ._validate.data import Numbers, read
from ._validate.parameters import Metric, check
from ._validate.tables import is_table
from ._words import AlgorithmWord, AutoNumber, MetricWord, RefineWord, Start


class KMeans(Clusterer):
    """K-means clustering, exact and reproducible.

    Lloyd's algorithm, with the names and the meaning of scikit-learn's KMeans. The same values and the same seed give
    the same bits for every algorithm, number of threads and machine.

    Parameters
    ----------
    n_clusters : int, default=8
        Number of clusters, from 1 to n_samples.
    init : {"k-means++", "random"}, array-like of shape (n_clusters, n_features) or callable, default="k-means++"
        Where to start: rows picked by greedy k-means++, different rows at random, given centers, or what
        ``init(X, n_clusters, random_state=...)`` returns; X is then what the core reads, so uint8 stays uint8, and
        read-only.
    n_init : "auto" or int, default="auto"
        Number of runs from different starts; the one of least inertia is kept, the first at a tie. "auto" is 1 for
        "k-means++" and given centers, 10 for "random" and a callable.
    max_iter : int, default=300
        Largest number of iterations of a run.
    tol : float, default=1e-4
        Stop when the sum of the squared shifts of the centers is at most ``tol`` times the mean variance of the
        features.
    verbose : int or bool, default=0
        Whether to print the inertia of each iteration, and what ``refine`` did in each run.
    random_state : int, RandomState or None, default=None
        Source of the random numbers. An int makes the result reproducible; None takes NumPy's global generator.
    copy_x : bool, default=True
        Accepted for scikit-learn's sake: X is never changed.
    algorithm : {"auto", "lloyd", "elkan", "tiles", "boxes"}, default="auto"
        How to compute; the result is the same. "lloyd" compares every point with every center and needs the least
        memory; "elkan" keeps bounds on the distances from one iteration to the next, in at most half the memory of X;
        "tiles" compares whole numbers of 16 bits, in a copy of X of 2 bytes a value, and from 256 clusters on keeps
        bounds for every 32 rows, in 16 bytes a row and 4 for 32 rows and 8 clusters; "boxes" assigns whole regions at
        once, for up to three features, in the memory of X and 16 bytes a row; "auto" chooses. One that cannot work on X
        or this machine is replaced by "lloyd".
    n_threads : int or None, default=None
        Number of threads, at most 1024; None for what the machine grants: affinity mask, cgroup quota or
        OMP_NUM_THREADS, whichever is least. The result is the same.
    metric : {"euclidean", "manhattan", "cosine", "hamming"}, default="euclidean"
        The distance, and with it the center that makes the sum of distances least: squared Euclidean distance and the
        mean; the sum of absolute differences and the median of each feature; 1 - cos and the mean of the normalized
        rows, normalized; the number of features that differ and the most frequent value of each. "manhattan" and
        "hamming" work with algorithm "auto" and "lloyd".
    refine : {"moves", "splits", "swaps"} or None, default=None
        How to lower the inertia in each run after Lloyd's algorithm has stopped. "moves": single rows move to another
        cluster while that lowers it. "splits": some clusters are split and others dissolved while that lowers it, then
        moves; without random numbers. "swaps": centers move to rows drawn at random, and stay there if that lowers it,
        then moves; mostly the best. The inertia is never above that of None. "euclidean" works with all, "cosine" with
        "splits" and "swaps" (without moves), the other metrics with None alone. With "swaps", the random numbers for
        the starts of all runs are drawn first, then a seed for each run, so the starts are the same as with None.
    n_swaps : "auto" or int, default="auto"
        Number of trials of "swaps"; "auto" ends after ten in a row that found nothing. A larger number goes on from
        where a smaller one would have ended. Ignored with any other ``refine``.
    store_medoids : bool, default=False
        Whether to find the row nearest to each center, for ``medoid_indices_``.
    record_steps : bool, default=False
        Whether to keep the centers and the labels of each iteration of the best run, for ``steps_``. That takes 4 bytes
        for each row and iteration; the result is the same.
    max_memory : int, str or None, default=None
        What the fit may keep beside X and its attributes: bytes, or text such as "2 GB" (GiB are 1024^3 bytes). None
        for half of what the machine, or the container that it runs in, has free. "auto" and k-means++ choose among what
        fits, an ``algorithm`` that does not fit is replaced by "lloyd", and the result is the same. A limit below what
        "lloyd", k-means++ or ``refine`` (64 bytes a row) cannot do without is a ValueError that says how much that is.
        It is not about what NumPy takes for a moment where ``init`` is "random" or a callable, nor about 16 bytes a row
        while empty clusters are filled.
    callback : callable or None, default=None
        Called as ``callback(iteration, inertia, shift)`` after every iteration of every run, when its centers have
        moved: the iteration's number from 0, its entry in ``inertia_history_``, and the sum of the squared distances
        that the centers moved, which is what ``tol`` is about (normalized ones for "cosine", and 0 for "hamming").
        Steps of ``refine`` continue the numbers, with the inertia so far and a shift of 0.
        True ends the fit; False and None do not, and anything else is a TypeError. What it raises reaches the caller,
        and the estimator stays as it was.
    max_time : float or None, default=None
        Seconds from the call of ``fit`` on after which no further iteration, step of ``refine`` or run begins; None
        for no limit. One iteration is always made, and nothing is cut in the middle: a fit takes longer by the
        iteration or step that is under way then and a last assignment of the rows, or by reading X and choosing a
        start.

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (n_clusters, n_features)
        Float32 if X was float32 or float16, else float64; objects, the values of X, where X was a table of categories.
    labels_ : ndarray of shape (n_samples,), int32
        The nearest center of each row of X: what ``predict(X)`` returns.
    inertia_ : float
        Weighted sum of the distances of the rows to their centers (squared ones where the metric is "euclidean"),
        exactly summed and rounded once: what ``-score(X, sample_weight=sample_weight)`` returns.
    n_iter_ : int
        Number of iterations of the best run. What ``refine`` does is not counted, here and in
        ``inertia_history_``.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (``n_features_in_``,), object
        Names of the columns of X; only where X was a data frame whose names are all strings.
    inertia_history_ : ndarray of shape (``n_iter_``,), float64
        The inertia of each iteration's labels against the centers that they were found with.
    stop_reason_ : {"labels", "centers", "max_iter", "callback", "max_time"}
        Why the best run stopped: no label changed, the centers moved by no more than ``tol`` allows, or ``max_iter``
        was reached. "callback" or "max_time" where that ended the fit before: in the middle of a run, which is the last
        one then, or before a further run. Of the runs that were begun the best is kept all the same, and its labels
        belong to its centers.
    algorithm_ : str
        The algorithm that the last iteration of the best run used: what "auto" had settled on, or "lloyd" where the one
        that was asked for cannot work on X.
    converged_ : bool
        Whether it stopped for one of the first two reasons.
    cluster_sizes_ : ndarray of shape (n_clusters,), float64
        Sum of the weights of each cluster; without weights, its number of rows.
    cluster_inertia_ : ndarray of shape (n_clusters,), float64
        The part of each cluster in ``inertia_``.
    unrefined_inertia_ : float
        The inertia of the best run before ``refine``. Only with ``refine``, as the next four.
    refinement_history_ : ndarray of float64
        ``unrefined_inertia_``, then the inertia after Lloyd's algorithm has run on to its end, and after each step of
        ``refine``. Empty where there was nothing to refine.
    n_swaps_ : int
        Number of trials of "swaps".
    n_accepted_swaps_ : int
        Those of them that were kept.
    n_moves_ : int
        Number of single rows that moved to another cluster and stayed, added up over the rounds.
    medoid_indices_ : ndarray of shape (n_clusters,), int64
        The row of X in each cluster that is nearest to its center, the first at a tie, of rows with positive weight; -1
        for an empty cluster. Only with ``store_medoids=True``.
    steps_ : list of Step
        What each iteration of the best run found, and last the centers and the labels that are returned: there are
        ``n_iter_ + 1`` steps, the first of which has the centers to start from. Only with ``record_steps=True``.

    See Also
    --------
    pykmeans.KPrototypes : For tables that mix numbers and categories.
    pykmeans.k_means : The same fit as a function.
    pykmeans.assign : Labels and distances for given centers, without an estimator.

    Notes
    -----
    uint8, float32 and float64 arrays are read in place whatever their row stride, as long as they are aligned, in
    native byte order and have a unit column stride. Anything else is copied once: float16 to float32, other numbers to
    float64. Integers beyond 2^53 are refused, since float64 cannot hold them.

    With ``metric="hamming"``, arrays and data frames of numbers must hold whole ones. Where X has strings, objects,
    categoricals or dates, each of its columns is one of categories: the values are compared, and are what
    ``cluster_centers_`` holds; of equally frequent ones the least is the center's, or the first in the order that a
    categorical type gives to its categories. Missing values are refused: give them a name, and they are a category
    like others. A value that was not in the X of fit differs from every center; ``init`` must hold values of X, and is
    called with the X that fit was given.

    References
    ----------
    Lloyd, S. P. (1982). Least squares quantization in PCM. IEEE Transactions on Information Theory 28(2), 129-137.

    Arthur, D. and Vassilvitskii, S. (2007). k-means++: the advantages of careful seeding. Proceedings of the 18th
    annual ACM-SIAM symposium on discrete algorithms, 1027-1035.

    Examples
    --------
    >>> from pykmeans import KMeans
    >>> X = [[1, 2], [1, 4], [1, 0], [10, 2], [10, 4], [10, 0]]
    >>> kmeans = KMeans(n_clusters=2, random_state=0).fit(X)
    >>> kmeans.labels_
    array([1, 1, 1, 0, 0, 0], dtype=int32)
    >>> kmeans.cluster_centers_
    array([[10.,  2.],
           [ 1.,  2.]])
    >>> kmeans.inertia_
    16.0
    >>> kmeans.predict([[0, 0], [12, 3]])
    array([1, 0], dtype=int32)
    """

    # The name that a pickle stores, whatever the base classes were.
    __module__ = "pykmeans"

    _PARAMETERS = (
        "n_clusters",
        "init",
        "n_init",
        "max_iter",
        "tol",
        "verbose",
        "random_state",
        "copy_x",
        "algorithm",
        "n_threads",
        "metric",
        "refine",
        "n_swaps",
        "store_medoids",
        "record_steps",
        "max_memory",
        "callback",
        "max_time",
    )

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        init: Start = "k-means++",
        n_init: AutoNumber = "auto",
        max_iter: int = 300,
        tol: float = 1e-4,
        verbose: int | bool = 0,
        random_state: int | np.random.RandomState | None = None,
        copy_x: bool = True,
        algorithm: AlgorithmWord = "auto",
        n_threads: int | None = None,
        metric: MetricWord = "euclidean",
        refine: RefineWord | None = None,
        n_swaps: AutoNumber = "auto",
        store_medoids: bool = False,
        record_steps: bool = False,
        max_memory: int | str | None = None,
        callback: Callable[[int, float, float], bool | None] | None = None,
        max_time: float | None = None,
    ) -> None:
        self._notice_scikit_learn()
        self.n_clusters = n_clusters
        self.init = init
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.verbose = verbose
        self.random_state = random_state
        self.copy_x = copy_x
        self.algorithm = algorithm
        self.n_threads = n_threads
        self.metric = metric
        self.refine = refine
        self.n_swaps = n_swaps
        self.store_medoids = store_medoids
        self.record_steps = record_steps
        self.max_memory = max_memory
        self.callback = callback
        self.max_time = max_time

    @property
    def _metric_name(self) -> str:
        return self.metric

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn, where it is there, that X may hold strings and categories if they are compared."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string = tags.input_tags.categorical = self.metric == "hamming"
        return tags

    def _read(self, X: Any) -> Numbers:
        return read(X, Metric(self.metric))

    def _read_new(self, X: Any, fitted: dict[str, Any]) -> tuple[Numbers, NDArray[Any]]:
        check(type(self).__name__, metric=self.metric)
        centers = fitted["cluster_centers_"]
        is_coded = is_table(centers)
        data = read(X, Metric(self.metric), is_coded)
        self._check_width(data.X.shape, centers)
        return data, data.centers(centers, "cluster_centers_") if is_coded else as_core_centers(centers)
