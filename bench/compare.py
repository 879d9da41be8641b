"""Compare with scikit-learn: seconds and inertia, from the same start, as a Markdown table.

    python bench/compare.py                    all data, a few minutes
    python bench/compare.py --only iris china
    python bench/compare.py --repeats 10

Both run Lloyd's algorithm on the same data from the same centers with tol=0 and the same max_iter, on the same number
of threads; the least time of several runs counts. Both inertias are computed here, by one function, from the labels and
centers that each returned: a wrong answer shows. Seeding is greedy k-means++ with the same random_state.
"""

import argparse
import math
import os
import platform
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
import sklearn
from sklearn import cluster, datasets
from threadpoolctl import threadpool_limits

import pykmeans

SEED = 0


class Task(NamedTuple):
    """What both have to do."""

    X: np.ndarray  # for pykmeans
    k: int
    max_iter: int
    repeats: int  # short tasks need more of them to find the least time

    @property
    def X_for_scikit_learn(self) -> np.ndarray:
        """The same values in a type that scikit-learn computes in, so that it need not convert them."""
        return self.X.astype(np.float64) if self.X.dtype == np.uint8 else self.X


def iris() -> Task:
    return Task(datasets.load_iris().data, k=3, max_iter=300, repeats=100)


def digits() -> Task:
    return Task(datasets.load_digits().data, k=10, max_iter=300, repeats=30)


def china() -> Task:
    return Task(datasets.load_sample_image("china.jpg").reshape(-1, 3), k=16, max_iter=30, repeats=5)


def blobs() -> Task:
    """10^6 points in 16 dimensions around 100 places that are as far apart as the points scatter."""
    rng = np.random.default_rng(SEED)
    places = rng.standard_normal((100, 16), dtype=np.float32)
    X = places[rng.integers(0, 100, 1_000_000)] + rng.standard_normal((1_000_000, 16), dtype=np.float32)
    return Task(X, k=100, max_iter=20, repeats=3)


TASKS = {"iris": iris, "digits": digits, "china": china, "blobs": blobs}


def start(X: np.ndarray, k: int) -> np.ndarray:
    """Centers near rows that k-means++ picks, but not on them.

    Whole numbers, as the colors of a photograph, lie at exactly equal distances from some pairs of rows. pykmeans takes
    the center of the lower index then, and scikit-learn the one that its rounding favors: the fits would differ.
    """
    rows, _ = pykmeans.kmeans_plusplus(X, k, random_state=SEED)
    moved = np.random.default_rng(SEED).uniform(0.0, 1e-3 * X.std(dtype=np.float64), rows.shape)
    return (rows + moved).astype(rows.dtype)


def inertia(X: np.ndarray, labels: np.ndarray, centers: np.ndarray) -> float:
    """Sum of the squared distances of the rows to the centers of their labels, in float64."""
    blocks = (slice(i, i + 10_000) for i in range(0, len(X), 10_000))
    return math.fsum(np.square(X[b].astype(np.float64) - centers[labels[b]].astype(np.float64)).sum() for b in blocks)


def least_seconds(repeats: int, *calls: Callable[[], Any]) -> list[float]:
    """The least time of each call. They take turns, so that a busy moment of the machine meets all of them."""
    least = [math.inf] * len(calls)
    for _ in range(repeats):
        for i, call in enumerate(calls):
            begin = perf_counter()
            call()
            least[i] = min(least[i], perf_counter() - begin)
    return least


def row(name: str, task: Task, threads: int, repeats: int) -> list[str]:
    """Measure one line of the table."""
    X, theirs_X, k = task.X, task.X_for_scikit_learn, task.k
    same = {"init": start(X, k), "n_init": 1, "tol": 0.0, "max_iter": task.max_iter, "algorithm": "lloyd"}
    theirs = cluster.KMeans(k, **same)
    ours = pykmeans.KMeans(k, n_threads=threads, **same)
    with threadpool_limits(limits=threads):
        theirs_fit, ours_fit = least_seconds(repeats, lambda: theirs.fit(theirs_X), lambda: ours.fit(X))
        theirs_seeding, ours_seeding = least_seconds(
            max(1, repeats // 3),
            lambda: cluster.kmeans_plusplus(theirs_X, k, random_state=SEED),
            lambda: pykmeans.kmeans_plusplus(X, k, random_state=SEED, n_threads=threads),
        )
    return [
        f"{name}, {len(X):,} x {X.shape[1]} {X.dtype}, k={k}",
        f"{threads}",
        *(f"{seconds:.3g}" for seconds in (theirs_fit, ours_fit)),
        f"{theirs_fit / ours_fit:.1f}",
        f"{theirs.n_iter_} / {ours.n_iter_}",
        f"{inertia(theirs_X, theirs.labels_, theirs.cluster_centers_):.9g}",
        f"{inertia(X, ours.labels_, ours.cluster_centers_):.9g}",
        *(f"{seconds:.3g}" for seconds in (theirs_seeding, ours_seeding)),
        f"{theirs_seeding / ours_seeding:.1f}",
    ]


COLUMNS = [
    "data",
    "threads",
    "fit, scikit-learn (s)",
    "fit, pykmeans (s)",
    "ratio",
    "iterations",
    "inertia, scikit-learn",
    "inertia, pykmeans",
    "seeding, scikit-learn (s)",
    "seeding, pykmeans (s)",
    "ratio",
]


def print_row(cells: list[str]) -> None:
    print("| " + " | ".join(cells) + " |", flush=True)


def cpu_name() -> str:
    """Name of the CPU, as far as the system tells."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare pykmeans with scikit-learn.")
    parser.add_argument("--only", nargs="+", choices=TASKS, default=list(TASKS), help="data to run on (default: all)")
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2], help="numbers of threads (default: 1 2)")
    parser.add_argument("--repeats", type=int, help="runs of which the least time counts (default: as the data need)")
    arguments = parser.parse_args()

    facts = pykmeans.info()
    print(
        f"{cpu_name()}, {os.cpu_count()} processors; pykmeans {facts['version']} ({facts['instruction_set']}), "
        f"scikit-learn {sklearn.__version__}, NumPy {np.__version__}\n"
    )
    print_row(COLUMNS)
    print_row(["---"] + ["---:"] * (len(COLUMNS) - 1))
    for name in arguments.only:
        task = TASKS[name]()
        for threads in arguments.threads:
            print_row(row(name, task, threads, arguments.repeats or task.repeats))


if __name__ == "__main__":
    main()
