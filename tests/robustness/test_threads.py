"""Many Python threads and processes at once, and how many threads of its own a fit takes."""

import json
import os
import platform
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from helpers import assert_same_bits, blobs

from pykmeans import KMeans, info, kmeans_plusplus, silhouette_samples

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts threads as Linux shows them")


def run(script, *arguments, **environment):
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# ---------------------------------------------------------------- several Python threads

PARAMETERS = {"n_clusters": 9, "random_state": 0, "max_iter": 12}


@pytest.mark.parametrize("n_threads", [1, 2, None])
def test_fits_of_the_same_data_at_once(n_threads):
    X = blobs(20_000, 3, 9, seed=0)
    expected = KMeans(**PARAMETERS, n_threads=1).fit(X)
    with ThreadPoolExecutor(6) as pool:
        fits = list(pool.map(lambda _: KMeans(**PARAMETERS, n_threads=n_threads).fit(X), range(12)))
    for found in fits:
        assert_same_bits(found, expected)


def test_fits_of_different_data_by_different_ways_at_once():
    problems = [
        (KMeans(12, random_state=i, max_iter=8, metric=metric, algorithm=algorithm, n_threads=1 + i % 3), X)
        for i, (metric, algorithm, X) in enumerate(
            [
                ("euclidean", "tiles", blobs(6000, 5, 9, seed=1, dtype=np.float32)),
                ("euclidean", "elkan", blobs(3000, 40, 9, seed=2)),
                ("euclidean", "boxes", blobs(9000, 2, 9, seed=3, dtype=np.uint8)),
                ("manhattan", "auto", blobs(4000, 4, 9, seed=4)),
                ("cosine", "auto", blobs(4000, 4, 9, seed=5)),
                ("hamming", "auto", np.random.default_rng(6).integers(0, 6, (4000, 5)).astype(np.float64)),
            ]
        )
    ]

    def everything(problem):
        model, X = problem
        model.fit(X)
        return [
            *(a.tobytes() for a in (model.labels_, model.cluster_centers_, model.predict(X), model.transform(X))),
            *(a.tobytes() for a in kmeans_plusplus(X, 5, random_state=0)),
            silhouette_samples(X[:500], np.arange(500) % 3, metric=model.metric).tobytes(),
            model.inertia_,
        ]

    expected = [everything(problem) for problem in problems]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(everything, problems * 3)) == expected * 3


def test_a_model_is_that_of_one_fit_whoever_looks():
    # All attributes change at once: a thread that predicts sees the centers of the one fit or of the other.
    tables = [blobs(3000, 2, 5, seed=s) for s in (0, 1)]
    model = KMeans(5, random_state=0, n_threads=1)
    whole = []
    for X in tables:
        model.fit(X)
        whole.append((model.cluster_centers_.tobytes(), model.labels_.tobytes(), model.inertia_))
    with ThreadPoolExecutor(1) as pool:
        fits = pool.submit(lambda: [model.fit(tables[i % 2]) and None for i in range(60)])
        while not fits.done():
            seen = vars(model)
            assert (seen["cluster_centers_"].tobytes(), seen["labels_"].tobytes(), seen["inertia_"]) in whole
        fits.result()


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_joblib(backend):
    joblib = pytest.importorskip("joblib")
    X = blobs(20_000, 3, 9, seed=0)
    expected = [KMeans(9, random_state=seed, max_iter=5).fit(X).inertia_ for seed in range(4)]
    jobs = (joblib.delayed(KMeans(9, random_state=seed, max_iter=5).fit)(X) for seed in range(4))
    fits = joblib.Parallel(2, backend=backend)(jobs)
    assert [found.inertia_ for found in fits] == expected


# ---------------------------------------------------------------- processes

PROCESSES = """
import multiprocessing, os, sys, threading
from concurrent.futures import ProcessPoolExecutor
import numpy as np
from pykmeans import KMeans

X = np.random.default_rng(0).random((20_000, 5))
def inertia(seed):
    return KMeans(9, random_state=seed, max_iter=5, n_threads=2).fit(X).inertia_

if __name__ == "__main__":
    kind, busy = sys.argv[1], sys.argv[2] == "busy"
    here = [inertia(seed) for seed in range(4)]
    stop = threading.Event()
    def go_on():
        while not stop.is_set():
            assert inertia(1) == here[1]
    others = [threading.Thread(target=go_on) for _ in range(2 if busy else 0)]
    for other in others:
        other.start()
    try:
        # Processes are made while other threads are in the middle of fits.
        with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(kind)) as pool:
            assert list(pool.map(inertia, range(4), timeout=120)) == here
        assert [inertia(seed) for seed in range(4)] == here
    finally:
        stop.set()
        for other in others:
            other.join()
    print("fine")
"""


@pytest.mark.parametrize("while_fitting", ["idle", "busy"])
@pytest.mark.parametrize("kind", ["fork", "spawn", "forkserver"])
def test_pools_of_processes(kind, while_fitting, tmp_path):
    if kind != "spawn" and not hasattr(os, "fork"):
        pytest.skip("needs fork")
    path = tmp_path / "pools.py"  # spawned processes import it
    path.write_text(PROCESSES)
    done = subprocess.run([sys.executable, str(path), kind, while_fitting], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "fine\n"


FORK_WHILE_FITTING = """
import os, threading
import numpy as np
from pykmeans import KMeans

X = np.random.default_rng(0).random((60_000, 8))
def fit(threads):
    model = KMeans(9, random_state=0, n_threads=threads, max_iter=6).fit(X)
    return model.inertia_, model.labels_.tobytes()
expected = fit(2)
stop = threading.Event()
wrong = []
def go_on():
    while not stop.is_set():
        if fit(2) != expected:
            wrong.append("a fit beside the fork")
others = [threading.Thread(target=go_on) for _ in range(2)]
for other in others:
    other.start()
def child():
    pid = os.fork()
    if pid == 0:
        ok = False
        try:
            ok = fit(2) == expected == fit(None)
            if ok:  # and a child of the child
                pid = os.fork()
                if pid == 0:
                    os._exit(0 if fit(2) == expected else 1)
                ok = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        finally:
            os._exit(0 if ok else 1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
for _ in range(4):
    assert child() == 0
stop.set()
for other in others:
    other.join()
assert not wrong and fit(2) == expected
print("fine")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_while_other_threads_fit():
    assert run(FORK_WHILE_FITTING) == "fine\n"


# ---------------------------------------------------------------- how many threads

# Threads of the process during fits, beyond those that were there: its own and one that counts.
COUNT = """
import json, os, sys, threading, time
import numpy as np
import pykmeans
from pykmeans import KMeans

asked = json.loads(sys.argv[1])
X = np.random.default_rng(0).random((30_000, 8))
most, done = [0], threading.Event()
before = len(os.listdir("/proc/self/task"))
def fit():
    return KMeans(16, random_state=0, max_iter=20, tol=0, n_threads=asked).fit(X)
fit()  # makes the team, which stays, and before it threads that only try whether there is room
time.sleep(0.2)  # until the system has forgotten those
def watch():
    while not done.wait(0.005):
        most[0] = max(most[0], len(os.listdir("/proc/self/task")) - before - 1)
watcher = threading.Thread(target=watch)
watcher.start()
model = fit()
model.predict(X)
most[0] = max(most[0], len(os.listdir("/proc/self/task")) - before - 1)
done.set()
watcher.join()
print(json.dumps([most[0] + 1, pykmeans.info()["threads"], model.inertia_]))
"""


def count(n_threads=None, prefix="", **environment):
    """Threads that worked, those that were granted, and the inertia."""
    limits = {name: "" for name in os.environ if name.startswith(("OMP_", "GOMP_"))}
    clean = {name: value for name, value in os.environ.items() if name not in limits}
    done = subprocess.run(
        [sys.executable, "-c", prefix + COUNT, json.dumps(n_threads)],
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


ONE_PROCESSOR = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
LIMITED = "import threadpoolctl, pykmeans._core; limits = threadpoolctl.threadpool_limits(1, user_api='openmp')\n"


@linux
def test_never_more_threads_than_granted():
    worked, granted, inertia = count()
    assert 1 <= worked <= granted <= len(os.sched_getaffinity(0))
    assert count(1)[0] == 1
    three = count(3)  # a number that is given is what it is
    assert three[0] == 3
    assert inertia == three[2]


@linux
def test_the_affinity_mask_limits_the_threads():
    assert count(prefix=ONE_PROCESSOR)[:2] == [1, 1]
    assert count(2, prefix=ONE_PROCESSOR)[:2] == [2, 1]


@linux
def test_openmp_variables_limit_the_threads():
    assert count(OMP_NUM_THREADS="1")[:2] == [1, 1]
    assert count(OMP_NUM_THREADS="64")[1] <= len(os.sched_getaffinity(0))


@linux
def test_threadpoolctl_limits_the_threads():
    pytest.importorskip("threadpoolctl")
    assert count(prefix=LIMITED)[:2] == [1, 1]


@linux
def test_a_changed_affinity_mask_is_followed():
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(before)})
        assert info()["threads"] == 1
    finally:
        os.sched_setaffinity(0, before)


# ---------------------------------------------------------------- beside another library's OpenMP

NESTED = """
import ctypes, sys
import numpy as np
from pykmeans import KMeans

X = np.random.default_rng(0).random((60_000, 8))
def fit():
    model = KMeans(9, random_state=0, n_threads=2, max_iter=4).fit(X)
    return model.inertia_, model.labels_.tobytes()
expected = fit()
paths = sorted({word for word in open("/proc/self/maps").read().split() if "libgomp" in word})
assert paths, "no OpenMP of GNU is loaded"
found = []
body = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(lambda _: found.append(fit()))
for path in paths:  # each thread of a parallel region of somebody else fits
    ctypes.CDLL(path).GOMP_parallel(body, None, 3, 0)
assert found == [expected] * 3 * len(paths)
assert fit() == expected
print("fine")
"""


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or platform.python_implementation() != "CPython", reason="calls GNU's OpenMP"
)
def test_fits_inside_a_parallel_region_of_somebody_else():
    assert run(NESTED) == "fine\n"
