"""What scikit-learn's check_estimator asks of every estimator: each of ours, with every metric."""

import numpy as np
import pytest
import sklearn
import sklearn.cluster
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, ClusterMixin, TransformerMixin
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

from pykmeans import KMeans, KPrototypes

RELEASE = tuple(int(part) for part in sklearn.__version__.split(".")[:2])

# As for scikit-learn's own KMeans: seeds pick rows by their place, and this check compares fits of shuffled rows.
# From a start that does not depend on the rows, weights are the same as copies and the check passes.
SEEDED = {"check_sample_weight_equivalence_on_dense_data": "seeds pick other rows in another order"}
# Release 1.6 rounds X to integers for estimators of categories, and then fails itself: X -= X.mean(), of integers.
BROKEN = {"check_positive_only_tag_during_fit": "subtracts a float from integers in place"} if RELEASE == (1, 6) else {}

# Its data are not what these metrics compare: rows of zeros have no direction, and categories are whole numbers.
FOREIGN = {
    "cosine": {"check_estimators_dtypes": "has a row of zeros"},
    "hamming": {"check_clustering": "has numbers that are not whole"},
}


class Diagonal:
    """Centers that depend on nothing but their number. A function's repr, and so the tests' names, would vary."""

    def __call__(self, data: np.ndarray, n_clusters: int, random_state: np.random.RandomState) -> np.ndarray:
        return np.linspace(1, 2, n_clusters)[:, np.newaxis] * np.ones(data.shape[1])

    def __repr__(self) -> str:
        return "diagonal"


diagonal = Diagonal()


def expected_failures(estimator: BaseEstimator) -> dict[str, str]:
    seeded = {} if callable(estimator.init) else SEEDED
    broken = BROKEN if get_tags(estimator).input_tags.categorical else {}
    return {**seeded, **broken, **FOREIGN.get(getattr(estimator, "metric", ""), {})}


@pytest.mark.filterwarnings("ignore:algorithm='elkan' doesn't make sense for a single cluster")
@parametrize_with_checks(
    [
        KMeans(n_clusters=2, n_init=2, max_iter=5, record_steps=True),
        KMeans(n_clusters=2, n_init=1, init=diagonal, algorithm="elkan", n_threads=2),
        KMeans(n_clusters=2, max_iter=5, metric="manhattan"),
        KMeans(n_clusters=2, n_init=1, init=diagonal, metric="manhattan"),
        KMeans(n_clusters=2, max_iter=5, metric="cosine"),
        KMeans(n_clusters=2, max_iter=5, metric="hamming"),
        KPrototypes(n_clusters=2, n_init=2, max_iter=5, record_steps=True),
        KPrototypes(n_clusters=2, n_init=1, init=diagonal),
    ],
    expected_failed_checks=expected_failures,
)
def test_scikit_learn_checks(estimator, check) -> None:
    check(estimator)


@parametrize_with_checks(
    [sklearn.cluster.KMeans(n_clusters=2, n_init=2, max_iter=5)], expected_failed_checks=lambda estimator: SEEDED
)
def test_what_we_fail_their_own_fails(estimator, check) -> None:
    if check.func.__name__ in SEEDED:  # xfail_strict: it must fail
        check(estimator)


@pytest.mark.parametrize("estimator", [KMeans(), KMeans(metric="hamming"), KPrototypes()], ids=repr)
def test_it_is_an_estimator_of_scikit_learn(estimator) -> None:
    for base in (ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, BaseEstimator):
        assert isinstance(estimator, base)
    tags = get_tags(estimator)
    assert tags.estimator_type == "clusterer"
    assert tags.transformer_tags is not None and tags.requires_fit
    assert not tags.input_tags.sparse and not tags.input_tags.allow_nan
    takes_text = not isinstance(estimator, KMeans) or estimator.metric == "hamming"
    assert tags.input_tags.string == tags.input_tags.categorical == takes_text
