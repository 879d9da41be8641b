"""A fit of a file that is larger than the memory the process may take: ``python -m bench.memory_mapped`` (Linux)."""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np

FEATURES, CLUSTERS, ITERATIONS, AT_ONCE = 16, 32, 5, 1_000_000


def write(path: Path, n_samples: int) -> None:
    """Write float32 rows in crowds about 40 places."""
    X = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(n_samples, FEATURES))
    places = np.random.default_rng(0).normal(size=(40, FEATURES)) * 4
    for first in range(0, n_samples, AT_ONCE):
        rng = np.random.default_rng(first)
        part = X[first : first + AT_ONCE]
        part[:] = places[rng.integers(0, 40, len(part))] + rng.standard_normal(part.shape, dtype=np.float32)


def fit(path: str, limit: int) -> None:
    """Fit the file, mapped, in a process whose own memory (what is not a file's) is limited; print what happened."""
    from pykmeans import KMeans

    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    X = np.load(path, mmap_mode="r")
    start = perf_counter()
    kmeans = KMeans(CLUSTERS, init=X[:CLUSTERS].copy(), max_iter=ITERATIONS, tol=0).fit(X)
    seconds = perf_counter() - start
    print(json.dumps({"seconds": seconds, "algorithm": kmeans.algorithm_, "inertia": kmeans.inertia_}))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.memory_mapped", description=__doc__)
    parser.add_argument("--samples", type=int, default=40_000_000, help=f"rows of {FEATURES} float32 values")
    parser.add_argument("--megabytes", type=int, default=700, help="what the process may take for itself")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "X.npy"
        write(path, asked.samples)
        code = f"from bench.memory_mapped import fit; fit({str(path)!r}, {asked.megabytes * 10**6})"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"The fit failed:\n{done.stderr}")
        found = json.loads(done.stdout)
        print(
            f"{path.stat().st_size / 1e9:.2f} GB in a file, a process of at most {asked.megabytes} MB: "
            f"k={CLUSTERS}, {ITERATIONS} iterations by {found['algorithm']!r} in {found['seconds']:.1f} s, "
            f"inertia {found['inertia']!r}"
        )


if __name__ == "__main__":
    main()
