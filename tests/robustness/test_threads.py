"""Many Python threads and processes at once, and how many threads of its own a fit takes."""

import json
import os
import platform
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from helpers import assert_same_bits, blobs
from programs import output

from pykmeans import KMeans, info, kmeans_plusplus, silhouette_samples

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts threads as Linux shows them")


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


@pytest.mark.parametrize("while_fitting", ["idle", "busy"])
@pytest.mark.parametrize("kind", ["fork", "spawn", "forkserver"])
def test_pools_of_processes(kind, while_fitting):
    if kind != "spawn" and not hasattr(os, "fork"):
        pytest.skip("needs fork")
    assert output("pools", kind, while_fitting, timeout=300) == "fine\n"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_while_other_threads_fit():
    assert output("forks_while_fitting", timeout=300) == "fine\n"


# ---------------------------------------------------------------- how many threads


def count(n_threads=None, *limit, **environment):
    """Threads that worked, those that were granted, and the inertia."""
    limits = {name: "" for name in os.environ if name.startswith(("OMP_", "GOMP_"))}
    clean = {name: value for name, value in os.environ.items() if name not in limits}
    printed = output("count_threads", json.dumps(n_threads), *limit, env={**clean, **environment}, timeout=300)
    return json.loads(printed)


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
    assert count(None, "one_processor")[:2] == [1, 1]
    assert count(2, "one_processor")[:2] == [2, 1]


@linux
def test_openmp_variables_limit_the_threads():
    assert count(OMP_NUM_THREADS="1")[:2] == [1, 1]
    assert count(OMP_NUM_THREADS="64")[1] <= len(os.sched_getaffinity(0))


@linux
def test_threadpoolctl_limits_the_threads():
    pytest.importorskip("threadpoolctl")
    assert count(None, "one_openmp")[:2] == [1, 1]


@linux
def test_a_changed_affinity_mask_is_followed():
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(before)})
        assert info()["threads"] == 1
    finally:
        os.sched_setaffinity(0, before)


# ---------------------------------------------------------------- beside another library's OpenMP


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or platform.python_implementation() != "CPython", reason="calls GNU's OpenMP"
)
def test_fits_inside_a_parallel_region_of_somebody_else():
    assert output("nested_openmp", timeout=300) == "fine\n"
