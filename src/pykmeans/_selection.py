"""How many clusters: a fit for each k, criteria that compare them, and what they say."""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _errors
from ._clusterer import Clusterer
from ._criteria import Study, chosen
from ._k_selection import KSelection
from ._kmeans import KMeans
from ._progress import Progress
from ._solutions import Solution, solutions, with_parameters
from ._validate import parameters
from ._validate.arrays import weights
from ._validate.scales import said_once, warn_of_scales
from ._words import CriterionWord


def select_k(
    X: ArrayLike,
    k: Collection[int] = range(2, 11),
    *,
    criteria: Sequence[CriterionWord] = ("elbow", "silhouette"),
    estimator: Clusterer | None = None,
    sample_weight: ArrayLike | None = None,
    random_state: int | np.random.RandomState | None = None,
    n_references: int = 10,
    progress: bool | None = None,
    max_memory: int | str | None = None,
) -> KSelection:
    """Choose the number of clusters.

    ``X`` is clustered for each k, and each criterion says which k is the best.

    Parameters
    ----------
    X : array-like or data frame of shape (n_samples, n_features)
        The points, or whatever ``estimator`` takes.
    k : range or list of int, default=range(2, 11)
        The numbers of clusters to try, each from 1 to n_samples. Criteria that compare clusters have no value at 1.
    criteria : tuple or list of str, default=("elbow", "silhouette")
        What to choose by. Of values that depend on a distance, it is that of ``transform``.

        - "elbow": where the inertia stops falling steeply (Kneedle); every metric.
        - "silhouette": the largest mean silhouette; every metric. It takes time in proportion to n_samples squared: for
          more than some 50,000 rows, take the next one.
        - "simplified_silhouette": the same with distances to centers in place of rows; every metric. It takes no
          longer than an iteration.
        - "calinski_harabasz": the largest ratio of the variances between and within clusters; metric "euclidean".
        - "davies_bouldin": the least mean overlap of each cluster with its worst neighbor; metric "euclidean".
        - "gap": the least k whose gap statistic the next k does not exceed by its standard error; metric "euclidean".
          ``n_references`` more data sets are clustered for each k.
        - "bic": the lowest Bayesian information criterion of spherical Gaussians of one variance; metric "euclidean".
    estimator : KMeans or KPrototypes, default=None
        Gives metric, weights of categories, n_init and all other parameters but n_clusters; it is not fitted itself.
        Its ``init`` must be a word; its ``callback`` and ``max_time`` may end each fit, but not the choice. None for
        ``KMeans(n_init=3, refine="swaps")``.
    sample_weight : array-like of shape (n_samples,) or float, default=None
        Weight of each row, >= 0; None for ones. Weight w is the same as w copies of the row, but for the references of
        the gap statistic; so their sum is the number of rows, of which silhouettes, "calinski_harabasz" and "bic" need
        more than k.
    random_state : int, RandomState or None, default=None
        Source of the random numbers; None for the one of ``estimator``. An int makes the result reproducible.
    n_references : int, default=10
        Number of data sets without clusters that "gap" compares with.
    progress : bool or None, default=None
        Whether to show a progress bar, by tqdm. None: where stderr is a terminal, tqdm is installed and it takes longer
        than a second.
    max_memory : int, str or None, default=None
        What each fit may keep beside X and its attributes, as for :class:`KMeans`; None for that of ``estimator``.

    Returns
    -------
    selection : KSelection
        The best k, by each criterion and together, with the reasons; all values in a table; the fitted models.

    Raises
    ------
    ValueError, TypeError
        If an argument is not what is described here; the message names it, its value and the rule.
    ImportError
        If progress is True and tqdm is not installed.

    Warns
    -----
    ConvergenceWarning
        If X has fewer different rows than a k.
    ScaleWarning
        If one column has more than 95% of the variance of several columns of numbers, where the metric adds up
        differences: it decides nearly alone. It is said once, not for each fit.

    See Also
    --------
    pykmeans.elbow : The same by the elbow alone.

    Notes
    -----
    The inertia never rises with k, but for the rounding of centers: beside the runs of ``estimator``, one starts from
    the centers of the k before and the rows farthest from them, and is kept where it is better
    (``KSelection.warm_started``).

    References
    ----------
    Satopää, V., Albrecht, J., Irwin, D. and Raghavan, B. (2011). Finding a "kneedle" in a haystack: detecting knee
    points in system behavior. 31st international conference on distributed computing systems workshops, 166-171.

    Rousseeuw, P. J. (1987). Silhouettes: a graphical aid to the interpretation and validation of cluster analysis.
    Journal of Computational and Applied Mathematics 20, 53-65.

    Caliński, T. and Harabasz, J. (1974). A dendrite method for cluster analysis. Communications in Statistics 3(1),
    1-27.

    Davies, D. L. and Bouldin, D. W. (1979). A cluster separation measure. IEEE Transactions on Pattern Analysis and
    Machine Intelligence 1(2), 224-227.

    Tibshirani, R., Walther, G. and Hastie, T. (2001). Estimating the number of clusters in a data set via the gap
    statistic. Journal of the Royal Statistical Society, series B 63(2), 411-423.

    Pelleg, D. and Moore, A. W. (2000). X-means: extending k-means with efficient estimation of the number of clusters.
    17th international conference on machine learning, 727-734.

    Examples
    --------
    >>> from pykmeans import select_k
    >>> X = [[0, 0], [0, 1], [1, 0], [9, 0], [9, 1], [10, 0], [5, 8], [5, 9], [6, 8]]
    >>> selection = select_k(X, k=range(2, 7), random_state=0)
    >>> selection.best_k
    3
    >>> selection.best
    {'elbow': 3, 'silhouette': 3}
    >>> selection.reasons["silhouette"]
    'the mean silhouette is largest at k = 3: 0.8717'
    >>> selection.best_model.labels_
    array([2, 2, 2, 0, 0, 0, 1, 1, 1], dtype=int32)
    """
    return _selected(
        "select_k",
        X,
        k,
        criteria=criteria,
        estimator=estimator,
        sample_weight=sample_weight,
        random_state=random_state,
        n_references=n_references,
        progress=progress,
        max_memory=max_memory,
    )


def elbow(
    X: ArrayLike,
    k: Collection[int] = range(1, 11),
    *,
    estimator: Clusterer | None = None,
    sample_weight: ArrayLike | None = None,
    random_state: int | np.random.RandomState | None = None,
    progress: bool | None = None,
) -> KSelection:
    """Choose the number of clusters where the inertia stops falling steeply.

    It is :func:`select_k` with the criterion "elbow".

    Parameters
    ----------
    X : array-like or data frame of shape (n_samples, n_features)
        The points, or whatever ``estimator`` takes.
    k : range or list of int, default=range(1, 11)
        The numbers of clusters to try, each from 1 to n_samples.
    estimator : KMeans or KPrototypes, default=None
        Gives all parameters but n_clusters; None for ``KMeans(n_init=3, refine="swaps")``.
    sample_weight : array-like of shape (n_samples,) or float, default=None
        Weight of each row, >= 0; None for ones. Weight w is the same as w copies of the row.
    random_state : int, RandomState or None, default=None
        Source of the random numbers; None for the one of ``estimator``. An int makes the result reproducible.
    progress : bool or None, default=None
        Whether to show a progress bar, by tqdm. None: where stderr is a terminal, tqdm is installed and it takes longer
        than a second.

    Returns
    -------
    selection : KSelection
        Its ``best_k`` is the elbow, and raises AttributeError where the curve has none; ``plot()`` draws the curve.

    Raises
    ------
    ValueError, TypeError
        If an argument is not what is described here; the message names it, its value and the rule.
    ImportError
        If progress is True and tqdm is not installed.

    Warns
    -----
    ConvergenceWarning, ScaleWarning
        As :func:`select_k` does.

    References
    ----------
    Satopää, V., Albrecht, J., Irwin, D. and Raghavan, B. (2011). Finding a "kneedle" in a haystack: detecting knee
    points in system behavior. 31st international conference on distributed computing systems workshops, 166-171.

    Examples
    --------
    >>> from pykmeans import elbow
    >>> X = [[0, 0], [0, 1], [1, 0], [9, 0], [9, 1], [10, 0], [5, 8], [5, 9], [6, 8]]
    >>> selection = elbow(X, k=range(1, 7), random_state=0)
    >>> selection.best_k
    3
    >>> selection.table["inertia"].round(2)
    array([254.  , 124.  ,   4.  ,   3.17,   2.33,   1.5 ])
    """
    return _selected(
        "elbow",
        X,
        k,
        criteria=("elbow",),
        estimator=estimator,
        sample_weight=sample_weight,
        random_state=random_state,
        n_references=1,
        progress=progress,
    )


def _selected(
    caller: str,
    X: Any,
    k: Any,
    *,
    criteria: Any,
    estimator: Any,
    sample_weight: Any,
    random_state: Any,
    n_references: Any,
    progress: Any,
    max_memory: Any = None,
) -> KSelection:
    parameters.check(
        caller,
        k=k,
        criteria=criteria,
        random_state=random_state,
        n_references=n_references,
        progress=progress,
        max_memory=max_memory,
    )
    counts = sorted(map(int, k))
    given = {"random_state": random_state, "max_memory": max_memory}
    estimator = _checked(caller, estimator, {name: value for name, value in given.items() if value is not None})
    used = chosen(criteria, estimator._metric_name)
    data = estimator._read(X)
    n_samples = data.X.shape[0]
    parameters.check_cluster_count(counts[-1], n_samples)
    weight = weights(sample_weight, n_samples)
    warn_of_scales(data, weight)
    del data  # a table's is a copy

    n_steps = len(counts) * (1 + sum(criterion.n_steps(int(n_references)) for criterion in used.values()))
    with Progress(n_steps, progress, caller) as bar, said_once():
        found = solutions(X, counts, estimator, weight, bar)
        study = Study(X, weight, [solution.model for solution in found], int(n_references), bar)
        columns = {}
        for criterion in used.values():
            columns.update(criterion.measure(study))
    table = _table(counts, found, columns)
    choices = {name: criterion.choose(table) for name, criterion in used.items()}
    return KSelection(table, choices, found)


def _checked(caller: str, estimator: Any, changed: dict[str, Any]) -> Clusterer:
    """Return an estimator to make others of, whose parameters are what they must be."""
    if estimator is None:
        estimator = KMeans(n_init=3, refine="swaps")
    if not isinstance(estimator, Clusterer):
        raise _errors.InvalidParameterError(
            f"The 'estimator' parameter of {caller} must be a KMeans, a KPrototypes or None. Got {estimator!r} instead."
        )
    if not isinstance(estimator.init, str):
        raise ValueError(
            f"The init of the estimator must be 'k-means++' or 'random', since each k starts elsewhere; got "
            f"{estimator.init!r}."
        )
    copy = with_parameters(estimator, **changed)
    parameters.check(type(copy).__name__, **{name: getattr(copy, name) for name in copy._PARAMETERS})
    return copy


def _table(counts: list[int], found: list[Solution], columns: dict[str, NDArray[np.float64]]) -> NDArray[np.void]:
    models = [solution.model for solution in found]
    facts: dict[str, Any] = {
        "k": np.array(counts, dtype=np.int64),
        "inertia": np.array([model.inertia_ for model in models]),
        "n_iter": np.array([model.n_iter_ for model in models], dtype=np.int64),
        "converged": np.array([model.converged_ for model in models]),
        **columns,
    }
    table = np.empty(len(counts), dtype=[(name, column.dtype) for name, column in facts.items()])
    for name, column in facts.items():
        table[name] = column
    return table
