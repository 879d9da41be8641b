"""A process that may have no more threads or memory: the same result, or a MemoryError, and no end without a word.

GNU's OpenMP ends the process where it cannot make a thread.
"""

import subprocess
import sys

import pytest

SCARCE = """
import resource, sys
import numpy as np
from pykmeans import KMeans

megabytes, threads, earlier = int(sys.argv[1]), int(sys.argv[2]), map(int, sys.argv[3:])
X = np.random.default_rng(0).random((500_000, 4), dtype=np.float32)
def fit(n_threads):
    return KMeans(20, random_state=0, n_threads=n_threads, max_iter=5).fit(X)

alone = fit(1)
for n_threads in earlier:
    fit(n_threads)
now = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (now + megabytes * 2**20, resource.RLIM_INFINITY))
try:
    model = fit(threads)
    print("fitted", model.inertia_ == alone.inertia_ and np.array_equal(model.labels_, alone.labels_))
except MemoryError:
    print("MemoryError")
resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
again = fit(threads)
print(again.inertia_ == alone.inertia_ and np.array_equal(again.labels_, alone.labels_))
"""


def outcome(megabytes: int, threads: int, *earlier: int) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", SCARCE, *map(str, (megabytes, threads, *earlier))],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
def test_threads_that_cannot_be_made() -> None:
    # Room for a fit, and not for the stacks of 255 threads: the calling thread works alone.
    assert outcome(200, 256) == ["fitted True", "True"]


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
def test_threads_that_were_there_before() -> None:
    # A smaller team is the end of the others' threads.
    assert outcome(200, 256, 256, 2) == ["fitted True", "True"]


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
@pytest.mark.parametrize("megabytes", [1, 5, 20])
def test_memory_for_neither_threads_nor_a_fit(megabytes: int) -> None:
    first, second = outcome(megabytes, 8)
    assert first in ("fitted True", "MemoryError")
    assert second == "True"
