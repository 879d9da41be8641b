"""The same call to scikit-learn's KMeans and to ours: the same clusters, warnings and exceptions."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import sklearn.cluster
from sklearn.base import clone, is_clusterer
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import cross_val_score
from sklearn.utils.validation import check_is_fitted

import pykmeans
from pykmeans import KMeans, KPrototypes, k_means, kmeans_plusplus

THEIRS = sklearn.cluster.KMeans
X = np.random.RandomState(0).normal(size=(60, 3)) + np.repeat([[0.0], [5.0], [20.0]], 20, axis=0)
WEIGHTS = np.random.RandomState(1).uniform(0.5, 2, size=60)
NOISE = np.random.RandomState(2).normal(size=(1000, 8))  # many iterations, and no ties that rounding would decide
FRAME = pd.DataFrame(X, columns=["a", "b", "c"])


# ---------------------------------------------------------------------------------------------------------------------
# The same clusters
# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["lloyd", "elkan"])
@pytest.mark.parametrize("init", ["k-means++", "random"])
@pytest.mark.parametrize(("name", "n_clusters"), [("noise", 20), ("wine", 3), ("breast_cancer", 5)])
def test_seeds_give_the_same_clusters(
    name: str, n_clusters: int, init: str, algorithm: str, request: pytest.FixtureRequest
) -> None:
    data = NOISE if name == "noise" else request.getfixturevalue(name)
    for seed in range(3):
        parameters = {"init": init, "n_init": 2, "random_state": seed, "algorithm": algorithm}
        ours, theirs = (estimator(n_clusters, **parameters).fit(data) for estimator in (KMeans, THEIRS))
        np.testing.assert_array_equal(ours.labels_, theirs.labels_)
        np.testing.assert_allclose(ours.cluster_centers_, theirs.cluster_centers_, rtol=1e-12, atol=1e-12)
        assert ours.inertia_ == pytest.approx(theirs.inertia_, rel=1e-12)
        assert ours.n_iter_ == theirs.n_iter_
        np.testing.assert_array_equal(ours.predict(data[::-1]), theirs.predict(data[::-1]))
        np.testing.assert_allclose(ours.transform(data), theirs.transform(data), rtol=1e-9, atol=1e-9)
        assert ours.score(data) == pytest.approx(theirs.score(data), rel=1e-12)


def test_the_attributes_have_the_same_types() -> None:
    for data in (X, X.astype(np.float32), FRAME):
        ours, theirs = KMeans(3, random_state=0).fit(data), THEIRS(3, random_state=0).fit(data)
        public = {name for name in vars(theirs) if name.endswith("_") and not name.startswith("_")}
        assert public <= set(vars(ours))
        for name in public:
            one, other = getattr(ours, name), getattr(theirs, name)
            if isinstance(other, np.ndarray):
                assert (one.shape, one.dtype) == (other.shape, other.dtype), name
            else:
                assert isinstance(one, float if isinstance(other, float) else type(other)), name
        assert ours.transform(data).dtype == theirs.transform(data).dtype
        assert ours.predict(data).dtype == theirs.predict(data).dtype


def test_the_functions_return_what_theirs_return() -> None:
    arguments = {"sample_weight": WEIGHTS, "random_state": 3}
    for one, other in [
        (kmeans_plusplus(X, 4, **arguments), sklearn.cluster.kmeans_plusplus(X, 4, **arguments)),
        (
            k_means(X, 4, return_n_iter=True, **arguments),
            sklearn.cluster.k_means(X, 4, return_n_iter=True, **arguments),
        ),
    ]:
        assert len(one) == len(other)
        for ours, theirs in zip(one, other, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


def test_cross_validation_finds_the_same_scores() -> None:
    data = np.random.RandomState(0).permutation(X)
    ours, theirs = (cross_val_score(estimator(3, random_state=0), data) for estimator in (KMeans, THEIRS))
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


# ---------------------------------------------------------------------------------------------------------------------
# The same exceptions
# ---------------------------------------------------------------------------------------------------------------------

NAN, INF = (np.where(np.arange(180).reshape(60, 3) == 7, value, X) for value in (np.nan, np.inf))
Estimator = Any  # the class, theirs or ours

REFUSED: dict[str, tuple[Callable[[Estimator], Any], str]] = {
    "NaN": (lambda E: E(2).fit(NAN), "Input X contains NaN"),
    "infinity": (lambda E: E(2).fit(INF), "Input X contains infinity or a value too large for dtype('float64')"),
    "NaN in predict": (lambda E: E(2).fit(X).predict(NAN), "Input X contains NaN"),
    "no rows": (
        lambda E: E(2).fit(X[:0]),
        "0 sample(s) (shape=(0, 3)) while a minimum of 1 is required",
    ),
    "no columns": (lambda E: E(2).fit(X[:, :0]), "0 feature(s) (shape=(60, 0)) while a minimum of 1 is required"),
    "one dimension": (lambda E: E(2).fit(X[0]), "Expected 2D array, got 1D array instead"),
    "a series": (lambda E: E(2).fit(FRAME["a"]), "Expected a 2-dimensional container but got"),
    "a number": (lambda E: E(2).fit(1.0), "Expected 2D array, got scalar array instead"),
    "three dimensions": (lambda E: E(2).fit(X[None]), "Found array with dim 3"),
    "complex": (lambda E: E(2).fit(X + 1j), "Complex data not supported"),
    "text": (lambda E: E(2).fit([["a"], ["b"]]), "could not convert string to float"),
    "features of predict": (
        lambda E: E(2).fit(X).predict(X[:, :2]),
        "X has 2 features, but KMeans is expecting 3",
    ),
    "features of transform": (lambda E: E(2).fit(X).transform(X[:, :2]), "X has 2 features, but KMeans is expecting 3"),
    "features of score": (lambda E: E(2).fit(X).score(X[:, :2]), "X has 2 features, but KMeans is expecting 3"),
    "few rows": (lambda E: E(3).fit(X[:2]), "n_samples=2 should be >= n_clusters=3"),
    "rows of init": (
        lambda E: E(3, init=X[:2]).fit(X),
        "The shape of the initial centers (2, 3) does not match the number of clusters 3",
    ),
    "columns of init": (
        lambda E: E(3, init=X[:3, :2]).fit(X),
        "The shape of the initial centers (3, 2) does not match the number of features of the data 3",
    ),
    "rows of what init returns": (
        lambda E: E(3, init=lambda data, k, random_state: data[: k + 1]).fit(X),
        "The shape of the initial centers (4, 3) does not match the number of clusters 3",
    ),
    "length of weights": (lambda E: E(2).fit(X, sample_weight=[1, 2]), "sample_weight.shape == (2,), expected (60,)"),
    "shape of weights": (lambda E: E(2).fit(X, sample_weight=X), "Sample weights must be 1D array or scalar"),
    "NaN in weights": (lambda E: E(2).fit(X, sample_weight=NAN[:, 1]), "Input sample_weight contains NaN"),
    "n_clusters": (
        lambda E: E(0).fit(X),
        "The 'n_clusters' parameter of KMeans must be an int in the range [1, inf). Got 0 instead.",
    ),
    "n_init": (lambda E: E(n_init=0).fit(X), "The 'n_init' parameter of KMeans must be a str among {'auto'} or an int"),
    "max_iter": (
        lambda E: E(max_iter=0).fit(X),
        "The 'max_iter' parameter of KMeans must be an int in the range",
    ),
    "tol": (lambda E: E(tol=-1.0).fit(X), "The 'tol' parameter of KMeans must be a float in the range [0.0, inf)"),
    "init": (lambda E: E(init="best").fit(X), "The 'init' parameter of KMeans must be a str among {"),
    "algorithm": (lambda E: E(algorithm="full").fit(X), "The 'algorithm' parameter of KMeans must be a str among {"),
    "random_state": (lambda E: E(random_state=-1).fit(X), "The 'random_state' parameter of KMeans must be"),
    "copy_x": (lambda E: E(copy_x="yes").fit(X), "The 'copy_x' parameter of KMeans must be"),
    "a name": (lambda E: E().set_params(k=3), "Invalid parameter 'k' for estimator KMeans()"),
    "not fitted": (lambda E: E().predict(X), "This KMeans instance is not fitted yet. Call 'fit' with appropriate"),
    "names": (
        lambda E: E(2).fit(FRAME).predict(FRAME.rename(columns={"a": "z"})),
        "The feature names should match those that were passed during fit.\nFeature names unseen at fit time:\n- z\n",
    ),
    "order of names": (
        lambda E: E(2).fit(FRAME).predict(FRAME[["c", "b", "a"]]),
        "Feature names must be in the same order as they were in fit.",
    ),
    "names of two types": (
        lambda E: E(2).fit(FRAME.rename(columns={"a": 0})),
        "Feature names are only supported if all input features have string names",
    ),
    "names out": (
        lambda E: E(2).fit(FRAME).get_feature_names_out(["a"]),
        "input_features is not equal to feature_names_in_",
    ),
    "number of names out": (
        lambda E: E(2).fit(X).get_feature_names_out(["a"]),
        "input_features should have length equal to number of features (3), got 1",
    ),
    "set_output": (lambda E: E(2).set_output(transform="arrow").fit_transform(X), "arrow"),
    "weights of predict": (lambda E: E(2).fit(X).predict(X, sample_weight=WEIGHTS), "sample_weight"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_scikit_learn_refuses_is_refused_alike(case: str) -> None:
    call, phrase = REFUSED[case]
    errors = []
    for estimator in (THEIRS, KMeans):
        with pytest.raises(Exception) as caught:
            call(estimator)
        assert phrase in str(caught.value)
        errors.append(type(caught.value))
    assert errors[0] is errors[1]


def test_sparse_data_is_refused_in_words() -> None:
    for sparse in (scipy.sparse.csr_matrix(X), scipy.sparse.csr_array(X)):
        for call in (KMeans(2).fit, KMeans(2).fit(X).predict, KPrototypes(2).fit):
            with pytest.raises(TypeError, match="Sparse data was passed for X, but dense data is required"):
                call(sparse)


# ---------------------------------------------------------------------------------------------------------------------
# The same warnings
# ---------------------------------------------------------------------------------------------------------------------

ALL_EQUAL = np.ones((5, 2))
WARNED: dict[str, tuple[Callable[[Estimator], Any], type[Warning], str]] = {
    "few different rows": (
        lambda E: E(3).fit(ALL_EQUAL),
        ConvergenceWarning,
        "Number of distinct clusters (1) found smaller than n_clusters (3). Possibly due to duplicate points in X.",
    ),
    "needless n_init": (
        lambda E: E(2, init=X[:2], n_init=5).fit(X),
        RuntimeWarning,
        "Explicit initial center position passed: performing only one init in KMeans instead of n_init=5.",
    ),
    "elkan with one cluster": (
        lambda E: E(1, algorithm="elkan").fit(X),
        RuntimeWarning,
        "algorithm='elkan' doesn't make sense for a single cluster. Using 'lloyd' instead.",
    ),
    "names that fit had": (
        lambda E: E(2).fit(FRAME).predict(X),
        UserWarning,
        "X does not have valid feature names, but KMeans was fitted with feature names",
    ),
    "names that fit had not": (
        lambda E: E(2).fit(X).transform(FRAME),
        UserWarning,
        "X has feature names, but KMeans was fitted without feature names",
    ),
}


@pytest.mark.parametrize("case", WARNED)
def test_what_scikit_learn_warns_of_is_warned_of_alike(case: str) -> None:
    call, category, phrase = WARNED[case]
    for estimator in (THEIRS, KMeans):
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            call(estimator)
        assert [warning.category for warning in found] == [category]
        assert phrase in str(found[0].message)
    assert found[0].filename == __file__  # at the line that called, which scikit-learn's own do not always name


def test_where_scikit_learn_is_silent_we_are() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for estimator in (THEIRS, KMeans):
            estimator(2, init=X[:2]).fit(X)
            estimator(3, max_iter=1).fit(X)  # not converged
            estimator(1).fit(ALL_EQUAL)
            estimator(2, n_init=3).fit(FRAME).predict(FRAME)


# ---------------------------------------------------------------------------------------------------------------------
# Parameters
# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "model",
    [
        KMeans(3, init=X[:3], n_init=1, tol=0, algorithm="elkan", n_threads=1, store_medoids=True),
        KMeans(2, init=lambda data, k, random_state: data[:k], random_state=np.random.RandomState(0), copy_x=False),
        KPrototypes(2, categorical=[1], gamma=0.5, random_state=1),
    ],
    ids=["given", "callable", "KPrototypes"],
)
def test_parameters_go_round(model: Any) -> None:
    before = model.get_params()
    again = type(model)(**before)
    copied = clone(model)
    assert model.set_params(**before) is model
    model.fit(X)
    for name, value in before.items():
        assert getattr(model, name) is value is getattr(again, name)  # kept as given, and never changed by a fit
        assert type(getattr(copied, name)) is type(value)
    assert copied.get_params().keys() == before.keys()


def test_helpers_of_scikit_learn_know_our_estimators() -> None:
    for model in (KMeans(2), KPrototypes(2)):
        assert is_clusterer(model)
        with pytest.raises(NotFittedError):
            check_is_fitted(model)
        check_is_fitted(model.fit(X))
    assert pykmeans.InvalidParameterError.__module__.startswith("sklearn.")
