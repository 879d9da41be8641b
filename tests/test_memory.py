"""What a fit holds beside X, measured from outside the process."""

import os
import subprocess
import sys

import pytest

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
