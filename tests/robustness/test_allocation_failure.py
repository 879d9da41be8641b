"""Memory that runs out at any point: MemoryError, nothing is lost, and the next call is right.

failing_memory.cpp is preloaded. Each call is made again and again, and the first, second, ... request for memory fails,
until there is none that could: once that one alone, once that and all that follow.
"""

import os
import sys

import pytest
from budget import times
from native import failing_memory
from programs import output

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="preloads a library as Linux does")


@pytest.mark.parametrize(("what", "most"), [("core", 8), ("python", 60), ("numpy", 60)])
def test_memory_runs_out(what, most):
    environment = {**os.environ, "LD_PRELOAD": str(failing_memory())}
    printed = output("failing_memory", what, times(most), env=environment, timeout=times(900))
    assert printed.splitlines()[-1].startswith("fine"), printed
