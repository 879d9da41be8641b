"""Python threads that share an estimator, and Pythons without a global lock (3.13t, 3.14t). Runs on all Pythons."""

import subprocess
import sys
import sysconfig
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from pykmeans import KMeans, KPrototypes, NotFittedError

N_THREADS = 8

free_threaded = pytest.mark.skipif(
    not sysconfig.get_config_var("Py_GIL_DISABLED"), reason="this Python has a global lock, and needs it"
)


def printed(code, *options):
    """What a Python of its own prints."""
    done = subprocess.run(
        [sys.executable, *options, "-c", code], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.fixture(autouse=True)
def hasty():
    """Threads take turns as often as possible, where they have to."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def at_once(*works):
    """Run functions, each in a thread of its own, beginning together; return what they return."""
    gate = threading.Barrier(len(works))

    def run(work):
        gate.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result() for future in [pool.submit(run, work) for work in works]]


def rows(seed, n_samples=400, n_features=3):
    return np.random.default_rng(seed).normal(size=(n_samples, n_features)) + 5.0 * (seed % 7)


@free_threaded
def test_importing_does_not_bring_the_lock_back():
    # An extension that does not say that it can do without brings it back, with a warning.
    code = "import sys, pykmeans._core; print(sys._is_gil_enabled())"
    assert printed(code, "-W", "error", "-X", "gil=0") == ["False"]
    assert printed(code, "-W", "error") == ["False"]


def test_many_threads_may_be_the_first_to_use_a_name():
    code = """
import threading, sys, pykmeans
sys.setswitchinterval(1e-5)
gate = threading.Barrier(8)
found = []
def use():
    gate.wait()
    found.append(pykmeans.KMeans(2, random_state=0).fit([[0.0], [1.0], [9.0]]).labels_.tolist())
threads = [threading.Thread(target=use) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(len(found), len(set(map(tuple, found))))
"""
    assert printed(code) == ["8", "1"]


def test_threads_share_a_fitted_estimator():
    kmeans = KMeans(5, random_state=0).fit(rows(0))
    Q = rows(1)
    expected = kmeans.predict(Q).tobytes(), kmeans.transform(Q).tobytes(), kmeans.score(Q)

    def use():
        return [(kmeans.predict(Q).tobytes(), kmeans.transform(Q).tobytes(), kmeans.score(Q)) for _ in range(20)]

    for found in at_once(*[use] * N_THREADS):
        assert set(found) == {expected}


def test_threads_share_data():
    X, weights = rows(0), np.random.default_rng(0).random(400)

    def fit(seed):
        kmeans = KMeans(6, random_state=seed, n_threads=2).fit(X, sample_weight=weights)
        return kmeans.labels_.tobytes(), kmeans.cluster_centers_.tobytes(), kmeans.inertia_

    expected = [fit(seed) for seed in range(N_THREADS)]
    for _ in range(5):
        assert at_once(*[lambda seed=seed: fit(seed) for seed in range(N_THREADS)]) == expected


def test_each_of_many_fits_of_one_estimator_returns_its_own_labels():
    data = [rows(seed, n_samples=100 + 50 * seed) for seed in range(N_THREADS)]
    kmeans = KMeans(4, random_state=0)
    expected = [KMeans(4, random_state=0).fit_predict(X).tobytes() for X in data]
    for _ in range(10):
        found = at_once(*[lambda X=X: kmeans.fit_predict(X).tobytes() for X in data])
        assert found == expected


def either(work, *, of, width):
    """Check that a model answers as one of those that it may be, or says what is wrong; return whether it answered."""
    try:
        found = work()
    except NotFittedError:
        return False
    except ValueError as error:
        assert "features" in str(error) and str(width) in str(error)
        return False
    assert found.tobytes() in of
    return True


def test_predict_while_another_thread_fits():
    """The centers that are used are those of one fit; columns are counted against these, whatever comes meanwhile."""
    narrow, wide = rows(0, n_features=2), rows(1, n_features=9)
    queries = {2: rows(2, n_features=2), 9: rows(3, n_features=9)}
    models = {X.shape[1]: KMeans(3, random_state=0).fit(X) for X in (narrow, wide)}
    right = {width: {models[width].predict(Q).tobytes()} for width, Q in queries.items()}
    shared = KMeans(3, random_state=0)
    done = threading.Event()

    def refit():
        for _ in range(150):
            shared.fit(narrow)
            shared.fit(wide)
        done.set()

    def ask(width):
        n_answers = 0
        while not done.is_set():
            n_answers += either(lambda: shared.predict(queries[width]), of=right[width], width=width)
        return n_answers

    _, *answers = at_once(refit, *[lambda width=width: ask(width) for width in (2, 9)])
    assert any(answers)


def test_gamma_is_that_of_the_centers_while_another_thread_fits(tmp_path):
    numbers = rows(0, n_samples=60)[:, :1]
    # Each has a gamma of its own.
    tables = [np.column_stack([numbers * scale, np.arange(60) % 3]) for scale in (1.0, 50.0)]
    shared = KPrototypes(2, categorical=[1], random_state=0)
    right = {KPrototypes(2, categorical=[1], random_state=0).fit(X).transform(tables[0]).tobytes() for X in tables}
    assert len(right) == 2
    done = threading.Event()

    def refit():
        for _ in range(100):
            for X in tables:
                shared.fit(X)
        done.set()

    def ask():
        n_answers = 0
        while not done.is_set():
            n_answers += either(lambda: shared.transform(tables[0]), of=right, width=2)
        return n_answers

    def keep():
        shared.save(tmp_path / "model.json")
        return KPrototypes.load(tmp_path / "model.json").transform(tables[0])

    def ask_files():
        n_answers = 0
        while not done.is_set():
            n_answers += either(keep, of=right, width=2)
        return n_answers

    _, *answers = at_once(refit, ask, ask_files)
    assert any(answers)
