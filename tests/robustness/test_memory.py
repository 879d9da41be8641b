"""What a fit holds beside X, measured from outside the process."""

import os
import subprocess
import sys

import pytest
from native import failing_memory

# Both runs are the same but for the fit. X is written in place, so that its making leaves no higher peak behind.
SCRIPT = """
import sys
import numpy as np
from pykmeans import KMeans

n, d, k = 1_000_000, 16, 100
X = np.empty((n, d), dtype=np.{dtype})
rng = np.random.default_rng(0)
for start in range(0, n, 10_000):
    X[start : start + 10_000] = 64 * rng.random((10_000, d))
init = X[:k].copy()
model = KMeans(k, init=init, n_init=1, algorithm="lloyd", max_iter=3, tol=0, n_threads={threads}, metric="{metric}")
if sys.argv[1] == "fit":
    model.fit(X)
    assert model.labels_.shape == (n,)
elif sys.argv[1] == "seed":
    model.set_params(init="k-means++", random_state=0, n_clusters=8, max_iter=1).fit(X)
"""


def peak(script, what):
    """Peak resident memory of a Python that runs the script, in bytes."""
    process = subprocess.Popen([sys.executable, "-c", script, what], stderr=subprocess.PIPE, text=True)
    with process.stderr:
        errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, errors
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="needs wait4, which tells the peak of one child")
@pytest.mark.parametrize(("metric", "bytes_a_row"), [("euclidean", 0), ("cosine", 16)])
@pytest.mark.parametrize("dtype", ["float32", "uint8", "float64"])
def test_lloyd_holds_the_labels_and_less_than_20_mb(dtype, metric, bytes_a_row):
    script = SCRIPT.format(dtype=dtype, threads=2, metric=metric)
    labels = 4_000_000
    assert peak(script, "fit") - peak(script, "nothing") < labels + 20_000_000 + 1_000_000 * bytes_a_row


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="needs wait4, which tells the peak of one child")
def test_seeding_holds_a_few_numbers_per_row():
    # The distance to the nearest seed and, at most, that to each candidate of a step (2 + floor(ln 8) = 4).
    script = SCRIPT.format(dtype="float32", threads=2, metric="euclidean")
    assert peak(script, "seed") - peak(script, "nothing") < (1 + 4) * 8_000_000 + 24_000_000


IMAGE = """
import sys
import numpy as np
from pykmeans import segment_image

rng = np.random.default_rng(0)
image = np.empty((3000, 4000, 3), dtype=np.uint8)
for row in range(3000):  # a slope in each channel, with noise: some hundred thousand colors
    slopes = np.stack([np.full(4000, row / 15), np.arange(4000) / 20, 40 + 30 * np.sin(np.arange(4000) / 300)], axis=1)
    image[row] = slopes + rng.integers(0, 6, (4000, 3))
found = segment_image(image[:40], 4, space="rgb", random_state=0)
if sys.argv[1] == "segment":
    found = segment_image(image, 16, space="rgb", random_state=0)
    assert found.labels.dtype == np.uint8 and found.image.shape == image.shape
"""


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="needs wait4, which tells the peak of one child")
def test_an_image_takes_less_than_three_times_its_memory():
    assert peak(IMAGE, "segment") - peak(IMAGE, "nothing") < 3 * 36_000_000


# Fits of all kinds, as many as it takes, that go well, that fail at once, and that are stopped on the way. What the
# process holds, and the blocks that the core holds, are looked at when everything has been done some times.
MANY = """
import ctypes, gc, os, warnings
import numpy as np
import pykmeans
from pykmeans import KMeans, KPrototypes

warnings.simplefilter("ignore")
memory = ctypes.CDLL(None)
memory.blocks_alive.restype = ctypes.c_long
rng = np.random.default_rng(0)
X = rng.random((2500, 4))
few = X[:300]
table = np.hstack([few[:, :2].astype(object), np.array(["a", "b", "c"], dtype=object)[rng.integers(0, 3, (300, 1))]])
broken = X.copy()
broken[7, 1] = np.nan
image = rng.integers(0, 255, (20, 30, 3)).astype(np.uint8)

class Stop(Exception):
    pass

def stop(error):
    def callback(iteration, inertia, shift):
        if iteration == 1:
            raise error
    return callback

def good(i):
    how = {"random_state": i, "max_iter": 3, "n_threads": 1 + i % 2}
    metric = ["euclidean", "manhattan", "cosine", "hamming"][i % 4]
    data = [X, X.astype(np.float32), (X * 9).astype(np.uint8) + 1][i % 3]
    data = np.round(data * 3) if metric == "hamming" else data
    algorithm = ["auto", "lloyd", "elkan", "boxes", "tiles"][i % 5] if metric == "euclidean" else "auto"
    model = KMeans(8, metric=metric, algorithm=algorithm, record_steps=i % 7 == 0, **how)
    model.fit(data[:, :3] if i % 2 else data, sample_weight=rng.random(len(data)) if i % 3 == 0 else None)
    if i % 10 == 0:
        KPrototypes(3, **how).fit(table).predict(table)
        pykmeans.silhouette_samples(few, np.arange(300) % 3)
        pykmeans.segment_image(image, 3, random_state=i)

def bad(i):
    calls = [
        (ValueError, lambda: KMeans(3).fit(broken)),
        (ValueError, lambda: KMeans(3, init=X[:2]).fit(X)),
        (ValueError, lambda: KMeans(3).fit(X, sample_weight=np.zeros(len(X)))),
        (Stop, lambda: KMeans(9, random_state=0, tol=0, n_threads=2, callback=stop(Stop())).fit(X)),
        (KeyboardInterrupt, lambda: KMeans(9, random_state=0, tol=0, callback=stop(KeyboardInterrupt())).fit(X)),
    ]
    error, call = calls[i % len(calls)]
    try:
        call()
    except error:
        return
    raise AssertionError("it did not fail")

def held():
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE"), memory.blocks_alive()

for what in (good, bad):
    for i in range(210):
        what(i)
    bytes_before, blocks_before = held()
    for i in range(1000):
        what(i)
    bytes_after, blocks_after = held()
    print(what.__name__, bytes_before, bytes_after, blocks_before, blocks_after, flush=True)
    assert abs(blocks_after - blocks_before) <= 8, (what.__name__, blocks_before, blocks_after)
    assert bytes_after - bytes_before < 2_000_000, (what.__name__, bytes_before, bytes_after)
print("fine")
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="preloads a library, and reads /proc, as on Linux")
def test_memory_over_a_thousand_fits_is_flat():
    environment = {**os.environ, "LD_PRELOAD": str(failing_memory())}
    done = subprocess.run([sys.executable, "-c", MANY], env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("fine\n")
