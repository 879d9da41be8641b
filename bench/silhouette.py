"""Silhouettes beside scikit-learn's: ``python -m bench.silhouette``.

Both are measured in this process, one after the other, on the same data and labels; the least of several runs counts.
"""

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.metrics import silhouette_samples as by_scikit_learn
from threadpoolctl import threadpool_limits

from pykmeans import silhouette_samples

# name: rows, columns, clusters, how far apart their centers are in standard deviations of a column (0: one cloud, cut)
CASES = {
    "apart": (20_000, 16, 10, 3.0),
    "overlapping": (20_000, 16, 10, 1.0),
    "one cloud": (20_000, 16, 10, 0.0),
    "many clusters": (20_000, 16, 100, 1.0),
    "plane": (20_000, 2, 5, 3.0),
    "wide": (5_000, 300, 10, 1.0),
}


def problem(n: int, d: int, k: int, apart: float) -> tuple[np.ndarray, np.ndarray]:
    """The rows and their labels: the crowd, or of one cloud the nearest of k rows."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, k, n)
    X = (apart * rng.standard_normal((k, d)))[labels] + rng.standard_normal((n, d))
    if apart == 0.0:
        labels = ((X[:, None] - X[:k]) ** 2).sum(axis=2).argmin(axis=1)
    return X, labels


def least_seconds(run: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    """The least time of a run, and what it returned."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        result = run()
        times.append(time.perf_counter() - start)
    return min(times), result


def compared(X: np.ndarray, labels: np.ndarray, threads: int, repeats: int) -> tuple[float, float, float]:
    """Seconds of pykmeans and of scikit-learn, and the largest difference of what they return."""
    ours, found = least_seconds(lambda: silhouette_samples(X, labels, n_threads=threads), repeats)
    with threadpool_limits(threads):
        theirs, expected = least_seconds(lambda: by_scikit_learn(X, labels), repeats)
    return ours, theirs, float(np.abs(found - expected).max())


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.silhouette", description=__doc__.splitlines()[0])
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2], help="numbers of threads (default: 1 2)")
    parser.add_argument("--repeats", type=int, default=3, help="runs of which the least time counts (default: 3)")
    parser.add_argument("--only", nargs="+", choices=CASES, default=list(CASES), help="only these cases")
    chosen = parser.parse_args()
    print("Seconds; float64, euclidean.\n")
    print("| data | n x d, k | threads | pykmeans | scikit-learn | ratio | largest difference |")
    print("|---|---|---|---|---|---|---|")
    for name in chosen.only:
        n, d, k, apart = CASES[name]
        X, labels = problem(n, d, k, apart)
        for threads in chosen.threads:
            ours, theirs, difference = compared(X, labels, threads, chosen.repeats)
            ratio, shape = theirs / ours, f"{n:,} x {d}, {k}"
            print(
                f"| {name} | {shape} | {threads} | {ours:.3f} | {theirs:.3f} | {ratio:.1f} | {difference:.1e} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
