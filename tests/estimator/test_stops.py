"""callback and max_time: what a fit that is ended by either of them leaves, and both as parameters."""

import inspect
import itertools
import json
import math
import time

import numpy as np
import pandas as pd
import pytest
import reference
from helpers import Heard, as_points, assert_same_bits, bits, some_weights, table

from pykmeans import KMeans, KPrototypes, _core, k_means, select_k

LINE = np.array([[0.0], [1.0], [2.0], [10.0], [11.0], [12.0]])


# ---------------------------------------------------------------- what is left of a fit that was ended


@pytest.mark.parametrize("metric", _core.METRICS)
@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64], ids=lambda dtype: dtype.__name__)
def test_an_ended_fit_is_a_shorter_fit(metric, dtype):
    """Whatever the algorithm and the threads: with the bits of max_iter."""
    X, how = table(metric, 4500, 3, 24, seed=3, dtype=dtype)
    start = np.concatenate([X[:20], X[:4]])  # copies get no row: clusters that are filled
    start = start.astype(reference.center_type(X))
    points = {threads: as_points(X, some_weights(4500, seed=1), threads, **how) for threads in (1, 2, 3)}
    for last in (0, 1):
        shorter = _core.fit(points[1], start, max_iter=last + 1, tol=0.0, algorithm="lloyd")
        assert shorter.stop_reason == "max_iter"
        for algorithm, threads in itertools.product(_core.METRICS[metric]["algorithms"], points):
            loop = {"max_iter": 300, "tol": 0.0, "algorithm": algorithm}
            ended = _core.fit(points[threads], start, on_update=Heard(last), **loop)
            assert ended.stop_reason == "callback"
            assert_same_run(ended, shorter)
            if last == 0:
                ended = _core.fit(points[threads], start, max_time=0.0, **loop)
                assert ended.stop_reason == "max_time"
                assert_same_run(ended, shorter)


def assert_same_run(a, b):
    for name in ("labels", "centers", "inertia", "cluster_inertia", "cluster_sizes", "inertia_history", "n_iter"):
        assert bits(getattr(a, name)) == bits(getattr(b, name)), name


def test_no_time_is_one_iteration_of_one_run():
    X, _ = table("euclidean", 300, 4, 6, seed=1)
    frame = pd.DataFrame({"colour": np.where(X[:, 0] > 0, "red", "blue"), "size": X[:, 1], "age": X[:, 2]})
    for cls, data, parameters in (
        (KMeans, X, {"init": "random"}),
        (KMeans, X, {"metric": "manhattan"}),
        (KPrototypes, frame, {}),
    ):
        one = cls(6, random_state=0, n_init=1, max_iter=1, **parameters).fit(data)
        for n_init in (1, 5):
            model = cls(6, random_state=0, n_init=n_init, max_time=0, **parameters).fit(data)
            assert (model.stop_reason_, model.converged_) == ("max_time", False)
            model.stop_reason_ = one.stop_reason_
            if cls is KMeans:
                assert_same_bits(model, one)
                assert bits(model.predict(data)) == bits(model.labels_)
            else:
                assert model.cluster_centers_.tolist() == one.cluster_centers_.tolist()
                assert model.inertia_ == one.inertia_ and bits(model.labels_) == bits(one.labels_)
    assert k_means(X, 6, random_state=0, max_time=0)[2] == KMeans(6, random_state=0, max_iter=1).fit(X).inertia_


@pytest.mark.parametrize("limit", [None, math.inf, 1000, np.float32(1e6)])
def test_time_that_is_not_used_up_changes_nothing(limit):
    X, _ = table("euclidean", 300, 4, 6, seed=1)
    free = KMeans(6, random_state=0, n_init=3).fit(X)
    heard = Heard()
    assert_same_bits(KMeans(6, random_state=0, n_init=3, max_time=limit, callback=heard).fit(X), free)
    assert heard.told


def test_the_time_begins_with_the_fit():
    """It is looked at after every iteration: here, when the callback takes it."""
    X, _ = table("euclidean", 300, 4, 6, seed=1)
    model = KMeans(6, random_state=0, tol=0, max_time=0.5, callback=lambda i, *_: time.sleep(0.6 * (i == 2))).fit(X)
    assert (model.n_iter_, model.stop_reason_) == (3, "max_time")

    def slow(X, k, random_state):
        time.sleep(0.6)
        return X[:k]

    model = KMeans(6, init=slow, n_init=2, tol=0, max_time=0.5).fit(X)
    assert (model.n_iter_, model.stop_reason_) == (1, "max_time")


# ---------------------------------------------------------------- several runs

RECTANGLE = np.array([[0.0, 0], [0, 1], [4, 0], [4, 1]])
BAD, GOOD = [[2, -1], [2, 2]], [[-1, 0.5], [5, 0.5]]  # each stops for "labels" in its second iteration, with 16 and 1


def fit_rectangle(**parameters):
    starts = iter([BAD, GOOD, BAD])
    return KMeans(2, init=lambda X, k, random_state: next(starts), n_init=3, **parameters).fit(RECTANGLE)


@pytest.mark.parametrize(
    ("last", "inertia", "n_iter", "reason"),
    [
        (0, 16, 1, "callback"),
        (1, 16, 2, "callback"),  # the first run was over, but others would have come
        (2, 1, 1, "callback"),  # the second is better than the first at once
        (3, 1, 2, "callback"),
        (4, 1, 2, "callback"),  # the third is worse; what is kept had converged
        (5, 1, 2, "labels"),  # all was over: nothing was cut
        (None, 1, 2, "labels"),
    ],
)
def test_the_best_run_so_far_is_kept(last, inertia, n_iter, reason):
    heard = Heard(last)
    model = fit_rectangle(callback=heard)
    assert [told[0] for told in heard.told] == [0, 1, 0, 1, 0, 1][: None if last is None else last + 1]
    assert (model.inertia_, model.n_iter_, model.stop_reason_) == (inertia, n_iter, reason)
    assert model.converged_ == (reason == "labels")
    assert bits(model.predict(RECTANGLE)) == bits(model.labels_)


@pytest.mark.parametrize(
    ("slow", "inertia", "n_iter", "reason"),
    [(0, 16, 1, "max_time"), (1, 16, 2, "max_time"), (2, 1, 1, "max_time"), (4, 1, 2, "max_time"), (5, 1, 2, "labels")],
)
def test_time_is_that_of_all_runs(slow, inertia, n_iter, reason):
    calls = itertools.count()
    model = fit_rectangle(max_time=0.5, callback=lambda *_: time.sleep(0.6 * (next(calls) == slow)))
    assert next(calls) == slow + 1
    assert (model.inertia_, model.n_iter_, model.stop_reason_) == (inertia, n_iter, reason)


def test_as_many_runs_as_there_is_time_for():
    assert KMeans(2, init="random", n_init=10**15, max_time=0).fit(RECTANGLE).stop_reason_ == "max_time"


def test_what_comes_too_late_is_no_reason():
    """The callback is asked in the last iteration, too, and the time may be up then."""
    for parameters in ({"callback": lambda *_: True}, {"max_time": 0}):
        once = KMeans(2, init=BAD, max_iter=1, **parameters).fit(RECTANGLE)
        assert (once.stop_reason_, once.converged_) == ("max_iter", False)
        assert KMeans(2, init=[[0, 0.5], [4, 0.5]], **parameters).fit(RECTANGLE).stop_reason_ == "centers"


# ---------------------------------------------------------------- in a refinement


@pytest.mark.parametrize("refine", _core.REFINEMENTS)
def test_a_callback_ends_a_refinement(refine):
    """It is told of each step, with numbers that count on; what was found so far counts."""
    X, _ = table("euclidean", 400, 2, 12, seed=3)
    how = {"n_clusters": 12, "random_state": 0, "refine": refine}
    heard = Heard()
    whole = KMeans(**how, callback=heard).fit(X)
    assert_same_bits(whole, KMeans(**how).fit(X))
    assert [told[0] for told in heard.told] == list(range(len(heard.told)))
    n_steps = len(whole.refinement_history_) - 2  # behind those before them and after Lloyd to the end
    assert len(heard.told) >= whole.n_iter_ + n_steps > whole.n_iter_
    assert [told[1:] for told in heard.told[-n_steps:]] == [(step, 0.0) for step in whole.refinement_history_[2:]]

    several = Heard()
    KMeans(**how, n_init=3, callback=several).fit(X)
    first = several.told[: [told[0] for told in several.told].index(0, 1)]
    for last in range(whole.n_iter_ - 1, len(first)):  # it began as the single run did
        heard = Heard(last)
        model = KMeans(**how, n_init=3, callback=heard).fit(X)
        assert heard.told == first[: last + 1]  # and no other run began
        assert (model.stop_reason_, model.converged_) == ("callback", False)
        assert (model.n_iter_, model.unrefined_inertia_) == (whole.n_iter_, whole.unrefined_inertia_)
        assert model.inertia_ <= model.unrefined_inertia_
        assert bits(model.predict(X)) == bits(model.labels_) and -model.score(X) == model.inertia_


def test_time_ends_a_refinement():
    X, _ = table("euclidean", 400, 2, 12, seed=3)
    whole = KMeans(12, random_state=0, refine="swaps").fit(X)
    last = whole.n_iter_ + 4
    slow = lambda i, *_: time.sleep(0.6 * (i == last))  # noqa: E731
    model = KMeans(12, random_state=0, refine="swaps", n_swaps=10**6, max_time=0.5, callback=slow).fit(X)
    assert model.stop_reason_ == "max_time" and 0 < model.n_swaps_ <= 5
    np.testing.assert_array_equal(model.refinement_history_, whole.refinement_history_[: model.n_swaps_ + 2])
    at_once = KMeans(12, random_state=0, n_init=5, refine="swaps", max_time=0).fit(X)
    assert (at_once.stop_reason_, at_once.n_iter_, at_once.n_swaps_) == ("max_time", 1, 0)
    assert at_once.inertia_ == at_once.unrefined_inertia_


# ---------------------------------------------------------------- as parameters


def test_the_core_checks_the_time():
    for bad in (-1.0, math.nan):
        with pytest.raises(ValueError, match=r"max_time=.* must be >= 0"):
            _core.fit(as_points(LINE), LINE[:2], max_iter=1, tol=0.0, max_time=bad)


def test_they_are_the_last_parameters():
    for callable_ in (KMeans, KPrototypes, k_means):
        parameters = inspect.signature(callable_).parameters
        assert list(parameters)[-2:] == ["callback", "max_time"]
        assert {parameters[name].default for name in ("callback", "max_time")} == {None}


def test_model_files(tmp_path):
    for cls in (KMeans, KPrototypes):
        model = cls(2, random_state=0, max_time=math.inf, callback=lambda *_: True, max_iter=9).fit(LINE)
        with pytest.raises(TypeError, match=r"^callback is <function .* Call set_params\(callback=None\) before"):
            model.save(tmp_path / "m")
        assert list(tmp_path.iterdir()) == []
        for limit in (math.inf, 2, 0.5, None):
            model.set_params(callback=None, max_time=limit).save(tmp_path / "m")
            loaded = cls.load(tmp_path / "m")
            assert loaded.get_params() == model.get_params()
            assert (loaded.stop_reason_, loaded.converged_) == ("callback", False)
        content = json.loads((tmp_path / "m").read_text())
        del content["parameters"]["callback"], content["parameters"]["max_time"]  # as it was written before them
        (tmp_path / "m").write_text(json.dumps(content))
        assert cls.load(tmp_path / "m").get_params() == model.get_params()
        (tmp_path / "m").unlink()


def test_select_k_takes_them_for_each_fit():
    """For those of the references, too, so that like is compared with like."""
    X, _ = table("euclidean", 200, 2, 4, seed=1)
    heard = Heard()
    found = select_k(X, [2, 3, 4], criteria=["gap"], estimator=KMeans(callback=heard), n_references=2, random_state=0)
    # A fit for each k and, but for the first k, one from the centers of the k before; of X and of each reference.
    assert [told[0] for told in heard.told].count(0) == (3 + 2) * 3
    free = select_k(X, [2, 3, 4], criteria=["gap"], estimator=KMeans(), n_references=2, random_state=0)
    assert found.table.tobytes() == free.table.tobytes()
    assert all(model.callback is heard for model in found.models.values())

    for limits in ({"max_time": 0}, {"callback": lambda *_: True}):
        cut = select_k(X, [2, 3, 4], estimator=KMeans(tol=0, **limits), random_state=0)
        assert {model.n_iter_ for model in cut.models.values()} == {1}
        assert (np.diff(cut.table["inertia"]) <= 0).all()
