"""KMeans as a scikit-learn estimator."""

import copy
import inspect
import re
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn
import sklearn.cluster
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import pykmeans
from pykmeans import KMeans, _core, k_means, kmeans_plusplus

THEIRS = sklearn.cluster.KMeans

X = np.random.RandomState(0).normal(size=(60, 3)) + np.repeat([[0.0], [5.0], [20.0]], 20, axis=0)
WEIGHTS = np.random.RandomState(1).uniform(0.5, 2, size=60)
# Parameters that scikit-learn has not.
OUR_OWN = {"n_threads", "metric", "refine", "n_swaps", "store_medoids", "record_steps", "max_memory", "callback"}
OUR_OWN |= {"max_time"}
FITTED = (
    "cluster_centers_",
    "labels_",
    "inertia_",
    "n_iter_",
    "n_features_in_",
    "inertia_history_",
    "stop_reason_",
    "converged_",
    "cluster_sizes_",
    "cluster_inertia_",
)


def same_fit(one: KMeans, other: KMeans) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in FITTED)


# ---------------------------------------------------------------------------------------------------------------------
# As scikit-learn's, beside what tests/test_scikit_learn_*.py say
# ---------------------------------------------------------------------------------------------------------------------


def test_the_signatures_are_scikit_learns() -> None:
    pairs = [
        (KMeans.__init__, THEIRS.__init__, {"algorithm"}),
        (k_means, sklearn.cluster.k_means, {"algorithm"}),
        (kmeans_plusplus, sklearn.cluster.kmeans_plusplus, set()),
        *((getattr(KMeans, name), getattr(THEIRS, name), set()) for name in ("fit", "fit_predict", "fit_transform")),
        *((getattr(KMeans, name), getattr(THEIRS, name), set()) for name in ("predict", "transform", "score")),
    ]
    for ours, theirs, other_default in pairs:
        ours, theirs = inspect.signature(ours).parameters, inspect.signature(theirs).parameters
        assert [name for name in ours if name not in OUR_OWN] == list(theirs)
        for name in theirs:
            assert ours[name].kind == theirs[name].kind
            if name not in other_default:
                assert ours[name].default == theirs[name].default


def test_parameters() -> None:
    model = KMeans(3, init="random", random_state=4, n_threads=2)
    assert model.get_params() == {
        **KMeans().get_params(),
        "n_clusters": 3,
        "init": "random",
        "random_state": 4,
        "n_threads": 2,
    }
    assert model.set_params(tol=0.5, n_init=2) is model
    assert (model.tol, model.n_init) == (0.5, 2)
    with pytest.raises(ValueError, match="Invalid parameter 'k' for estimator KMeans"):
        model.set_params(k=3)
    copied = clone(model.fit(X))
    assert copied.get_params() == model.get_params()
    assert not hasattr(copied, "labels_")


def test_representations() -> None:
    assert repr(KMeans(3, tol=0.5)) == "KMeans(n_clusters=3, tol=0.5)"


def test_pipeline_and_grid_search() -> None:
    pipeline = make_pipeline(StandardScaler(), KMeans(3, random_state=0))
    scaled = StandardScaler().fit_transform(X)
    expected = KMeans(3, random_state=0).fit(scaled)
    np.testing.assert_array_equal(pipeline.fit_predict(X), expected.labels_)
    np.testing.assert_array_equal(pipeline.transform(X), expected.transform(scaled))
    assert pipeline.score(X) == -expected.inertia_
    weighted = pipeline.fit(X, kmeans__sample_weight=WEIGHTS)
    assert weighted[-1].inertia_ == expected.fit(scaled, sample_weight=WEIGHTS).inertia_
    search = GridSearchCV(KMeans(random_state=0, n_init=3), {"n_clusters": [1, 2, 3]}, cv=2).fit(
        np.random.RandomState(0).permutation(X)
    )
    assert search.best_params_ == {"n_clusters": 3}
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


# ---------------------------------------------------------------------------------------------------------------------
# Feature names
# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame], ids=["pandas", "polars"])
def test_feature_names(frame: type) -> None:
    data = frame({"a": X[:, 0], "b": X[:, 1], "c": X[:, 2]})
    model = KMeans(2, random_state=0).fit(data)
    assert model.feature_names_in_.tolist() == ["a", "b", "c"]
    assert model.feature_names_in_.dtype == object
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(model.predict(data), model.labels_)
    for method in (model.predict, model.transform, model.score):
        with pytest.warns(UserWarning, match="X does not have valid feature names, but KMeans was fitted with"):
            method(X)
    with pytest.raises(
        ValueError, match="unseen at fit time:\n- d\nFeature names seen at fit time, yet now missing:\n- c\n"
    ):
        model.predict(frame({"a": X[:, 0], "b": X[:, 1], "d": X[:, 2]}))
    with pytest.raises(ValueError, match="must be in the same order as they were in fit"):
        model.predict(frame({"b": X[:, 1], "a": X[:, 0], "c": X[:, 2]}))
    assert model.get_feature_names_out(["a", "b", "c"]).tolist() == ["kmeans0", "kmeans1"]
    with pytest.raises(ValueError, match="input_features is not equal to feature_names_in_"):
        model.get_feature_names_out(["a", "b", "d"])
    model.fit(X)
    assert not hasattr(model, "feature_names_in_")
    with pytest.warns(UserWarning, match="X has feature names, but KMeans was fitted without feature names"):
        model.predict(data)


def test_names_that_are_not_strings_are_not_kept() -> None:
    assert not hasattr(KMeans(2).fit(pd.DataFrame(X)), "feature_names_in_")


# ---------------------------------------------------------------------------------------------------------------------
# What a fit leaves behind
# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["plain", "weighted"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("max_iter", [1, 300])
def test_attributes(dtype: type, weights: np.ndarray | None, max_iter: int) -> None:
    data = X.astype(dtype)
    model = KMeans(4, random_state=0, max_iter=max_iter).fit(data, sample_weight=weights)
    np.testing.assert_array_equal(model.labels_, model.predict(data))
    assert model.inertia_ == -model.score(data, sample_weight=weights)
    np.testing.assert_array_equal(model.transform(data).argmin(axis=1), model.labels_)
    np.testing.assert_array_equal(model.transform(data), clone(model).fit_transform(data, sample_weight=weights))
    np.testing.assert_array_equal(model.labels_, clone(model).fit_predict(data, sample_weight=weights))
    assert len(model.inertia_history_) == model.n_iter_ <= max_iter
    assert model.converged_ == (model.stop_reason_ in ("labels", "centers"))
    assert model.stop_reason_ != "max_iter" or model.n_iter_ == max_iter
    assert (model.stop_reason_ == "max_iter") == (max_iter == 1)
    w = np.ones(60) if weights is None else weights
    np.testing.assert_allclose(model.cluster_sizes_, np.bincount(model.labels_, weights=w), rtol=1e-15)
    assert model.cluster_inertia_.sum() == pytest.approx(model.inertia_)
    for name in ("inertia_", "n_iter_", "stop_reason_", "converged_", "n_features_in_"):
        assert type(getattr(model, name)) in (float, int, str, bool)


def test_predict_takes_either_float_width() -> None:
    narrow, wide = X.astype(np.float32), X.astype(np.float32).astype(np.float64)
    for fitted in (narrow, wide):
        model = KMeans(3, random_state=0).fit(fitted)
        np.testing.assert_array_equal(model.predict(narrow), model.predict(wide))
        assert model.score(narrow) == model.score(wide)
        assert model.transform(narrow).dtype == np.float32
        assert model.transform(wide).dtype == np.float64


def test_functions_and_estimator_agree() -> None:
    model = KMeans(3, random_state=7, n_init=2).fit(X, sample_weight=WEIGHTS)
    centers, labels, inertia, n_iter = k_means(
        X, 3, sample_weight=WEIGHTS, random_state=7, n_init=2, return_n_iter=True
    )
    np.testing.assert_array_equal(centers, model.cluster_centers_)
    np.testing.assert_array_equal(labels, model.labels_)
    assert (inertia, n_iter) == (model.inertia_, model.n_iter_)
    assert len(k_means(X, 3)) == 3
    seeds, rows = kmeans_plusplus(X, 3, sample_weight=WEIGHTS, random_state=7)
    np.testing.assert_array_equal(seeds, X[rows])
    assert rows.dtype == np.int64
    assert same_fit(
        KMeans(3, init=seeds).fit(X, sample_weight=WEIGHTS), KMeans(3, random_state=7).fit(X, sample_weight=WEIGHTS)
    )
    labels, distances = pykmeans.assign(X, model.cluster_centers_)
    np.testing.assert_array_equal(labels, model.labels_)
    assert (distances * WEIGHTS).sum() == pytest.approx(model.inertia_)


@pytest.mark.parametrize("algorithm", _core.ALGORITHMS)
@pytest.mark.parametrize("n_threads", [None, 1, 2, 3])
def test_every_algorithm_and_number_of_threads_is_the_same(algorithm: str, n_threads: int | None) -> None:
    assert same_fit(
        KMeans(3, random_state=0, algorithm=algorithm, n_threads=n_threads).fit(X), KMeans(3, random_state=0).fit(X)
    )


def test_a_failed_fit_leaves_the_estimator_as_it_was() -> None:
    model = KMeans(2, random_state=0).fit(pd.DataFrame(X, columns=["a", "b", "c"]))
    before = copy.deepcopy(vars(model))
    for bad in (X * np.nan, X[:1], X[:, :0], "text"):
        with pytest.raises(ValueError):
            model.fit(bad)

    def stop(data, n_clusters, random_state):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        model.set_params(init=stop).fit(X[:, :2])
    model.set_params(init="k-means++")
    after = vars(model)
    assert before.keys() == after.keys()
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_what_another_thread_sets_meanwhile_stays() -> None:
    class Hurried(KMeans):
        def __setattr__(self, name: str, value: object) -> None:
            if name == "__dict__":  # the last moment before a fit puts its attributes in place
                vars(self).update(meanwhile)
            super().__setattr__(name, value)

    meanwhile: dict[str, object] = {}
    model = Hurried(3, random_state=0, record_steps=True, store_medoids=True).fit(X)
    labels = model.labels_.tolist()
    assert len(model.steps_) == model.n_iter_ + 1
    meanwhile = {"tol": 0.5}
    model.set_params(record_steps=False).fit(X)
    assert model.tol == 0.5 and not hasattr(model, "steps_") and model.medoid_indices_.shape == (3,)
    meanwhile = {"note": "new"}
    assert model.fit(X).note == "new"
    meanwhile = {"labels_": None, "steps_": None}  # the attributes of the fit win
    assert model.fit(X).labels_.tolist() == labels and not hasattr(model, "steps_")


def test_a_subclass_may_have_parameters_of_its_own() -> None:
    class Named(KMeans):
        def __init__(self, n_clusters: int = 2, name: str = "") -> None:
            super().__init__(n_clusters, random_state=0)
            self.name = name

    model = Named(name="mine").fit(X)
    assert model.get_params() == {"n_clusters": 2, "name": "mine"}
    assert same_fit(model, KMeans(2, random_state=0).fit(X))
    assert model.get_feature_names_out().tolist() == ["named0", "named1"]
    with pytest.raises(ValueError, match="The 'n_clusters' parameter of Named must be"):
        Named(0).fit(X)


# ---------------------------------------------------------------------------------------------------------------------
# Runs, errors, warnings, and what is printed
# ---------------------------------------------------------------------------------------------------------------------


def count_runs(capsys: pytest.CaptureFixture, **parameters) -> int:
    capsys.readouterr()
    KMeans(2, verbose=1, random_state=0, **parameters).fit(X)
    return capsys.readouterr().out.count("Initialization complete")


def test_number_of_runs(capsys: pytest.CaptureFixture) -> None:
    def first_rows(data, n_clusters, random_state):
        return data[:n_clusters]

    assert count_runs(capsys) == 1
    assert count_runs(capsys, init="random") == 10
    assert count_runs(capsys, init=first_rows) == 10
    assert count_runs(capsys, init=X[:2]) == 1
    assert count_runs(capsys, n_init=3) == 3
    assert count_runs(capsys, init="random", n_init=2) == 2
    with pytest.warns(RuntimeWarning, match="performing only one init in KMeans instead of n_init=4"):
        assert count_runs(capsys, init=X[:2].tolist(), n_init=4) == 1


def test_the_least_inertia_wins_and_draws_are_in_sequence() -> None:
    generator = np.random.RandomState(3)
    runs = [KMeans(5, init="random", n_init=1, random_state=generator).fit(X) for _ in range(6)]
    inertias = [run.inertia_ for run in runs]
    assert len(set(inertias)) > 1
    best = runs[int(np.argmin(inertias))]
    assert same_fit(KMeans(5, init="random", n_init=6, random_state=3).fit(X), best)


def test_the_first_of_equal_runs_wins() -> None:
    square = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    starts = iter([[[0, 0.5], [1, 0.5]], [[0.5, 0], [0.5, 1]]])
    model = KMeans(2, init=lambda data, k, random_state: next(starts), n_init=2).fit(square)
    np.testing.assert_array_equal(model.cluster_centers_, [[0, 0.5], [1, 0.5]])


@pytest.mark.parametrize("init", ["k-means++", "random"])
@pytest.mark.parametrize("seed", range(5))
def test_seeds_pick_the_rows_that_scikit_learn_picks(init: str, seed: int) -> None:
    parameters = {"n_clusters": 4, "init": init, "n_init": 2, "random_state": seed, "tol": 0}
    ours, theirs = (
        KMeans(**parameters).fit(X, sample_weight=WEIGHTS),
        THEIRS(**parameters).fit(X, sample_weight=WEIGHTS),
    )
    np.testing.assert_array_equal(ours.labels_, theirs.labels_)
    np.testing.assert_allclose(ours.cluster_centers_, theirs.cluster_centers_)
    for trials in (None, 1, 3):
        np.testing.assert_array_equal(
            kmeans_plusplus(X, 6, random_state=seed, n_local_trials=trials)[1],
            sklearn.cluster.kmeans_plusplus(X, 6, random_state=seed, n_local_trials=trials)[1],
        )


def test_the_generator_is_left_where_scikit_learn_leaves_it() -> None:
    for init in ("k-means++", "random"):
        ours, theirs = np.random.RandomState(5), np.random.RandomState(5)
        KMeans(4, init=init, n_init=3, random_state=ours).fit(X)
        THEIRS(4, init=init, n_init=3, random_state=theirs).fit(X)
        assert ours.random_sample() == theirs.random_sample()


def test_not_fitted() -> None:
    for call in (KMeans().predict, KMeans().transform, KMeans().score):
        with pytest.raises(NotFittedError, match="This KMeans instance is not fitted yet"):
            call(X)
    with pytest.raises(NotFittedError, match="This KMeans instance is not fitted yet"):
        KMeans().get_feature_names_out()
    assert pykmeans.NotFittedError is NotFittedError
    assert pykmeans.ConvergenceWarning is ConvergenceWarning


@pytest.mark.parametrize(
    "call", [lambda data: KMeans(4).fit(data), lambda data: k_means(data, 4)], ids=["KMeans", "k_means"]
)
def test_fewer_distinct_rows_than_clusters(call) -> None:
    message = (
        "Number of distinct clusters (3) found smaller than n_clusters (4). Possibly due to duplicate points in X."
    )
    with pytest.warns(ConvergenceWarning, match=re.escape(message)) as found:
        call(np.repeat(X[[0, 20, 40]], 2, axis=0))
    assert [warning.filename for warning in found] == [__file__]


def test_verbose_prints_scikit_learns_lines(capsys: pytest.CaptureFixture) -> None:
    def lines(estimator) -> list[str]:
        capsys.readouterr()
        estimator.fit(X)
        return capsys.readouterr().out.splitlines()

    def without_numbers(text: list[str]) -> list[str]:
        return [re.sub(r"(inertia |shift |tolerance )[\d.e+-]+", r"\1#", line) for line in text]

    for tol in (0, 1e-2):
        parameters = {"n_clusters": 4, "init": X[:4], "tol": tol, "verbose": 1}
        ours, theirs = lines(KMeans(**parameters)), lines(THEIRS(**parameters))
        assert without_numbers(ours) == without_numbers(theirs)
        number = r"inertia ([\d.e+-]+)\.$"
        np.testing.assert_allclose(
            [float(found[1]) for line in ours if (found := re.search(number, line))],
            [float(found[1]) for line in theirs if (found := re.search(number, line))],
        )
    assert lines(KMeans(4, random_state=0)) == []
    k_means(X, 2, verbose=True, random_state=0)
    assert "Initialization complete\nIteration 0, inertia " in capsys.readouterr().out


# ---------------------------------------------------------------------------------------------------------------------
# What refine leaves
# ---------------------------------------------------------------------------------------------------------------------

OF_REFINEMENT = ("unrefined_inertia_", "refinement_history_", "n_swaps_", "n_accepted_swaps_", "n_moves_")
NOISE = np.random.RandomState(2).normal(size=(300, 2))


@pytest.mark.parametrize("refine", _core.REFINEMENTS)
def test_what_a_refinement_leaves(refine: str) -> None:
    for seed in range(3):
        plain = KMeans(12, random_state=seed, record_steps=True).fit(NOISE)
        model = KMeans(12, random_state=seed, record_steps=True, refine=refine).fit(NOISE)
        assert model.unrefined_inertia_ == model.refinement_history_[0] == plain.inertia_ > model.inertia_
        assert model.refinement_history_.dtype == np.float64
        for name in ("n_iter_", "stop_reason_", "converged_", "inertia_history_", "n_features_in_"):
            np.testing.assert_array_equal(getattr(model, name), getattr(plain, name))
        for step, expected in zip(model.steps_[:-1], plain.steps_[:-1], strict=True):
            np.testing.assert_array_equal(step.centers, expected.centers)
            np.testing.assert_array_equal(step.labels, expected.labels)
        assert model.steps_[-1].inertia == model.inertia_ == -model.score(NOISE)
        assert model.cluster_inertia_.sum() == pytest.approx(model.inertia_, rel=1e-12)
        np.testing.assert_array_equal(model.steps_[-1].labels, model.predict(NOISE))
        np.testing.assert_array_equal(model.labels_, model.predict(NOISE))
        counts = (model.n_swaps_, model.n_accepted_swaps_, model.n_moves_)
        assert {type(count) for count in counts} == {int} and model.n_moves_ > 0
        assert (model.n_swaps_ >= 10 + model.n_accepted_swaps_) == (refine == "swaps")
        assert k_means(NOISE, 12, random_state=seed, refine=refine)[2] == model.inertia_
    assert not any(hasattr(model.set_params(refine=None).fit(NOISE), name) for name in OF_REFINEMENT)
    assert same_fit(model, plain)


def test_n_swaps() -> None:
    """So many trials, of which the first are those of fewer; another refinement has no use for it."""
    models = [KMeans(12, random_state=0, refine="swaps", n_swaps=n).fit(NOISE) for n in range(1, 8)]
    longest = models[-1].refinement_history_[:9]
    for n, model in enumerate(models, 1):
        assert model.n_swaps_ == n
        np.testing.assert_array_equal(model.refinement_history_[: n + 2], longest[: n + 2])
    assert models[-1].n_accepted_swaps_ == np.count_nonzero(np.diff(longest[1:]) < 0) > 0
    for refine in ("moves", "splits", None):
        few, many = (KMeans(12, random_state=0, refine=refine, n_swaps=n).fit(NOISE) for n in (1, 100))
        assert same_fit(few, many)
        assert (refine is None) == (not hasattr(few, "n_swaps_"))


def test_nothing_to_refine() -> None:
    for k, data in ((1, NOISE), (3, np.repeat(np.eye(3), 5, axis=0))):
        model, plain = (KMeans(k, random_state=0, refine=refine).fit(data) for refine in ("swaps", None))
        assert same_fit(model, plain)
        assert (model.unrefined_inertia_, model.n_swaps_, model.n_moves_) == (model.inertia_, 0, 0)


def test_verbose_says_what_the_refinement_of_each_run_did(capsys: pytest.CaptureFixture) -> None:
    for refine in _core.REFINEMENTS:
        model = KMeans(12, random_state=0, n_init=2, refine=refine, verbose=1).fit(NOISE)
        lines = capsys.readouterr().out.splitlines()
        found = [line for line in lines if line.startswith("Refined")]
        swaps = f"{model.n_accepted_swaps_} of {model.n_swaps_} swaps kept, " if refine == "swaps" else ""
        line = (
            f"Refined from inertia {model.unrefined_inertia_} to {model.inertia_}: {swaps}{model.n_moves_} rows moved."
        )
        assert len(found) == 2 and line in found and lines[-1] == found[-1]
