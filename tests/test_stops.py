"""callback and max_time: what the callback is told, and what a fit that is ended by either of them leaves."""

import ctypes
import ctypes.util
import gc
import itertools
import math
import signal
import sys
import threading
import time
import weakref

import numpy as np
import pandas as pd
import pytest
import reference
from helpers import as_points, assert_same_bits, bits, some_weights, table

import pykmeans
from pykmeans import KMeans, KPrototypes, _core, k_means, select_k

LINE = np.array([[0.0], [1.0], [2.0], [10.0], [11.0], [12.0]])


class Heard:
    """A callback that keeps what it is told, and says True in an iteration with this number."""

    def __init__(self, last=None):
        self.last = last
        self.told = []

    def __call__(self, *told):
        self.told.append(told)
        return len(self.told) - 1 == self.last


# ---------------------------------------------------------------- what it is told


def test_worked_by_hand():
    heard = Heard()
    model = KMeans(2, init=[[0], [2]], callback=heard).fit(LINE)
    # The means are 0.5 and 8.75, then 1 and 11, and stay there: (0.5 - 0)**2 + (8.75 - 2)**2 = 45.8125, and so on.
    assert heard.told == [(0, 246.0, 45.8125), (1, 19.9375, 5.3125), (2, 4.0, 0.0)]
    assert {tuple(map(type, told)) for told in heard.told} == {(int, float, float)}
    assert (model.stop_reason_, model.converged_, model.n_iter_) == ("labels", True, 3)

    heard = Heard(last=0)
    model = KMeans(2, init=[[0], [2]], callback=heard).fit(LINE)
    assert heard.told == [(0, 246.0, 45.8125)]
    assert (model.stop_reason_, model.converged_, model.n_iter_) == ("callback", False, 1)
    # The labels are those of the returned centers, not those that the centers were made of.
    assert model.cluster_centers_.tolist() == [[0.5], [8.75]] and model.labels_.tolist() == [0, 0, 0, 1, 1, 1]
    assert model.inertia_ == 19.9375


@pytest.mark.parametrize("metric", _core.METRICS)
def test_the_inertia_is_that_of_the_history_and_the_shift_that_of_the_centers(metric):
    X, how = table(metric, 300, 4, 6, seed=0)
    heard = Heard()
    run = _core.fit(as_points(X, **how), X[:6], max_iter=300, tol=0.0, on_update=heard, record_steps=True)
    numbers, inertias, shifts = zip(*heard.told, strict=True)
    assert numbers == tuple(range(run.n_iter)) and run.n_iter > 3
    assert list(inertias) == run.inertia_history.tolist()
    centers = [step[0] for step in run.steps] + [run.centers]
    numeric = {"hamming": 0, "mixed": 2}.get(metric, 4)
    if metric == "cosine":
        centers = [np.array([reference.normalised(center) for center in each]) for each in centers]
    for shift, (before, after) in zip(shifts, itertools.pairwise(centers), strict=True):
        expected = sum(reference.squared_distance(a, b) for a, b in zip(before[:, :numeric], after[:, :numeric]))
        assert shift == expected
    assert shifts[-1] == run.shift


def test_every_run_begins_at_0():
    X, _ = table("euclidean", 300, 4, 6, seed=1)
    heard = Heard()
    model = KMeans(6, init="random", n_init=4, random_state=0, callback=heard).fit(X)
    runs = np.split(np.array(heard.told), [i for i, told in enumerate(heard.told) if told[0] == 0][1:])
    assert len(runs) == 4
    assert all(run[:, 0].tolist() == list(range(len(run))) for run in runs)
    assert model.inertia_history_.tolist() in [run[:, 1].tolist() for run in runs]


def test_it_is_called_in_the_fitting_thread_without_keeping_others_waiting():
    threads = []
    X, _ = table("euclidean", 20_000, 8, 10, seed=1)
    KMeans(10, random_state=0, n_threads=2, callback=lambda *_: threads.append(threading.current_thread())).fit(X)
    assert set(threads) == {threading.current_thread()}


# ---------------------------------------------------------------- what is left of a fit that was ended


@pytest.mark.parametrize("metric", _core.METRICS)
@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64], ids=lambda dtype: dtype.__name__)
def test_an_ended_fit_is_a_shorter_fit(metric, dtype):
    """Whatever the algorithm and the threads: with the bits of max_iter."""
    X, how = table(metric, 4500, 3, 24, seed=3, dtype=dtype)
    start = np.concatenate([X[:20], X[:4]])  # copies get no row: clusters that are filled
    points = {threads: as_points(X, some_weights(4500, seed=1), threads, **how) for threads in (1, 2, 3)}
    for last in (0, 2):
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


def test_the_time_begins_with_the_fit(monkeypatch):
    """And is looked at after every iteration: here, when the callback takes it."""
    X, _ = table("euclidean", 300, 4, 6, seed=1)
    model = KMeans(6, random_state=0, tol=0, max_time=0.2, callback=lambda i, *_: time.sleep(0.3 * (i == 2))).fit(X)
    assert (model.n_iter_, model.stop_reason_) == (3, "max_time")

    def slow(X, k, random_state):
        time.sleep(0.3)
        return X[:k]

    model = KMeans(6, init=slow, n_init=2, tol=0, max_time=0.2).fit(X)
    assert (model.n_iter_, model.stop_reason_) == (1, "max_time")


# ---------------------------------------------------------------- several runs

STARTS = [[[0.0], [1.0]], [[0.0], [12.0]], [[11.0], [12.0]]]  # in 4, 2 and 4 iterations; all find the same clusters


def fit_line(callback=None, **parameters):
    starts = iter(STARTS)
    return KMeans(2, init=lambda *_, random_state: next(starts), n_init=3, callback=callback, **parameters).fit(LINE)


def test_runs_of_the_line():
    heard = Heard()
    fit_line(heard)
    assert [told[0] for told in heard.told] == [0, 1, 2, 3, 0, 1, 0, 1, 2, 3]


@pytest.mark.parametrize(
    ("last", "n_iter", "reason"),
    [
        (0, 1, "callback"),  # in the first iteration of all
        (3, 4, "callback"),  # when the first run ends anyhow: there would have been others
        (4, 1, "callback"),  # in the first iteration of the second run, which beats the first one
        (5, 4, "callback"),  # when the second run ends; the first was as good
        (6, 4, "callback"),  # in the third, which is worse so far
        (9, 4, "labels"),  # when all is over: nothing was cut
        (None, 4, "labels"),
    ],
)
def test_the_best_run_so_far_is_kept(last, n_iter, reason):
    heard = Heard(last)
    model = fit_line(heard)
    assert len(heard.told) == (10 if last is None else last + 1)
    assert (model.n_iter_, model.stop_reason_) == (n_iter, reason)
    assert model.converged_ == (reason == "labels")
    assert bits(model.predict(LINE)) == bits(model.labels_)
