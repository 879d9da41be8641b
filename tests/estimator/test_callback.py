"""callback: what it is told, what it may answer and do, and that nothing is left of it."""

import ctypes
import ctypes.util
import gc
import itertools
import math
import platform
import signal
import sys
import threading
import weakref

import numpy as np
import pytest
from helpers import Heard, as_points, assert_same_bits, table
from reference_metrics import as_metric, distances

from pykmeans import KMeans, _core, k_means

LINE = np.array([[0.0], [1.0], [2.0], [10.0], [11.0], [12.0]])


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
    measure = as_metric(**how)
    centers = [*(step[0] for step in run.steps), run.centers]
    centers = [measure.seen(each)[:, : measure.numeric(4)] for each in centers]
    for shift, (before, after) in zip(shifts, itertools.pairwise(centers), strict=True):
        *_, total = itertools.accumulate(np.diag(distances(before, after)).tolist())  # sum() of Python 3.12 rounds less
        assert shift == total
    assert shifts[-1] == run.shift and (metric == "hamming" or shifts[0] > 0)


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


# ---------------------------------------------------------------- what a callback may do


@pytest.mark.parametrize("error", [KeyError, KeyboardInterrupt, StopIteration, SystemExit])
def test_what_it_raises_reaches_the_caller(error):
    class Own(error):
        pass

    def raising(iteration, inertia, shift):
        if iteration == 1:
            raise Own("mine")

    model = KMeans(2, init=[[0], [2]]).fit(LINE)
    before = dict(vars(model))
    with pytest.raises(Own, match="mine"):
        model.set_params(callback=raising, n_clusters=3, init=LINE[:3]).fit(LINE[::-1].copy())
    after = vars(model)
    assert {name for name in before if after[name] is not before[name]} == {"callback", "n_clusters", "init"}
    with pytest.raises(Own, match="mine"):
        k_means(LINE, 2, init=[[0], [2]], callback=raising)
    assert model.set_params(callback=None, n_clusters=2, init=[[0], [2]]).fit(LINE).inertia_ == 4


def test_ctrl_c_while_it_runs():
    def interrupted(*_):
        signal.raise_signal(signal.SIGINT)

    model = KMeans(2, init=[[0], [2]], callback=interrupted)
    with pytest.raises(KeyboardInterrupt):
        model.fit(LINE)
    assert not hasattr(model, "labels_")


@pytest.mark.parametrize("answer", [0, 1, 1.0, "stop", np.array([True]), NotImplemented])
def test_answers_that_are_none(answer):
    rule = f"must return True, False or None. Got {answer!r} instead."
    for name, call in (("KMeans", KMeans(2, callback=lambda *_: answer).fit), ("k_means", partial_k_means(answer))):
        with pytest.raises(TypeError) as caught:
            call(LINE)
        assert str(caught.value) == f"The 'callback' parameter of {name} {rule}"


def partial_k_means(answer):
    return lambda X: k_means(X, 2, callback=lambda *_: answer)


@pytest.mark.parametrize(("answer", "n_iter"), [(None, 3), (False, 3), (np.False_, 3), (True, 1), (np.True_, 1)])
def test_answers(answer, n_iter):
    assert KMeans(2, init=[[0], [2]], callback=lambda *_: answer).fit(LINE).n_iter_ == n_iter
    assert k_means(LINE, 2, init=[[0], [2]], callback=lambda *_: answer, return_n_iter=True)[3] == n_iter


def test_a_fit_within():
    X, _ = table("euclidean", 5000, 3, 8, seed=1)
    inner = []
    free = KMeans(8, random_state=0).fit(X)
    model = KMeans(8, random_state=0, callback=lambda *_: inner.append(KMeans(8, random_state=0).fit(X)) or None)
    assert_same_bits(model.fit(X), free)
    assert len(inner) == free.n_iter_
    for each in inner:
        assert_same_bits(each, free)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="names a rounding mode as glibc does")
@pytest.mark.skipif(platform.machine() != "x86_64", reason="the number of the rounding mode is x86's")
def test_a_rounding_mode_that_it_leaves_behind():
    X, _ = table("euclidean", 500, 3, 8, seed=1)
    libm = ctypes.CDLL(ctypes.util.find_library("m"))
    nearest, upward = 0, 0x800
    free = KMeans(8, init=X[:8], n_threads=1).fit(X)
    found = []
    model = KMeans(8, init=X[:8], n_threads=1, callback=lambda *_: found.append(libm.fesetround(upward)))
    try:
        model.fit(X)
        assert math.ldexp(1.0, 0) + math.ldexp(1.0, -60) == 1.0  # as before the fit
    finally:
        libm.fesetround(nearest)  # of the x87 unit, too
    assert set(found) == {0}
    assert_same_bits(model, free)


def test_nothing_is_kept_of_it():
    def leaves_nothing(last, error=None):
        heard = Heard(last)
        gone = weakref.ref(heard)
        model = KMeans(2, init=[[0], [2]], callback=heard).fit(LINE)
        k_means(LINE, 2, init=[[0], [2]], callback=heard)
        model.callback = None
        del heard
        gc.collect()
        assert gone() is None and model.n_iter_

    for last in (None, 0):
        leaves_nothing(last)

    def raising(*_):
        raise KeyError

    gone = weakref.ref(raising)
    with pytest.raises(KeyError) as caught:
        k_means(LINE, 2, callback=raising)
    del raising, caught
    gc.collect()
    assert gone() is None
