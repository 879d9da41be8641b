"""What a fit holds beside X, measured from outside the process."""

import os
import subprocess
import sys
from functools import cache

import pytest
from native import failing_memory
from programs import command, output


@cache
def peak(*words):
    """Peak resident memory of a program, in bytes."""
    process = subprocess.Popen(command(*words), stderr=subprocess.PIPE, text=True)
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
    fit = peak("one_fit", "fit", dtype, metric) - peak("one_fit", "nothing", dtype, "euclidean")
    labels = 4_000_000
    assert fit < labels + 20_000_000 + 1_000_000 * bytes_a_row


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="needs wait4, which tells the peak of one child")
def test_seeding_holds_a_few_numbers_per_row():
    # The distance to the nearest seed and, at most, that to each candidate of a step (2 + floor(ln 8) = 4).
    seed = peak("one_fit", "seed", "float32", "euclidean") - peak("one_fit", "nothing", "float32", "euclidean")
    assert seed < (1 + 4) * 8_000_000 + 24_000_000


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="needs wait4, which tells the peak of one child")
def test_an_image_takes_less_than_three_times_its_memory():
    assert peak("one_image", "segment") - peak("one_image", "nothing") < 3 * 36_000_000


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="preloads a library, and reads /proc, as on Linux")
def test_memory_over_a_thousand_fits_is_flat():
    environment = {**os.environ, "LD_PRELOAD": str(failing_memory())}
    assert output("many_fits", env=environment, timeout=600).endswith("fine\n")
