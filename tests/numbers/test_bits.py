"""The bits of every public function are those that tests/bits/table.json was written with."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("part", ["0/10", pytest.param("0/1", marks=pytest.mark.slow)])
def test_the_bits_are_those_of_the_table(part):
    command = [sys.executable, Path(__file__).parents[1] / "bits" / "bits.py", "check", "--part", part]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr
