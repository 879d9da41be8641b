"""Programs, each in a Python of its own: those in tests/programs, and short ones that tests write."""

import subprocess
import sys

from native import ROOT


def command(name, *arguments):
    return [sys.executable, str(ROOT / "tests" / "programs" / f"{name}.py"), *map(str, arguments)]


def output(name, *arguments, timeout=120, **options):
    """What a program prints. A hang, an error and a crash are failures."""
    done = subprocess.run(
        command(name, *arguments), capture_output=True, text=True, timeout=timeout, check=False, **options
    )
    assert done.returncode == 0, f"{name}: status {done.returncode}\n{done.stdout[-500:]}\n{done.stderr[-3000:]}"
    return done.stdout


# How a short program may begin.
HIDE = "import sys; sys.modules['sklearn'] = None\n"
DATA = "import numpy as np; X = np.array([[1., 2], [1, 4], [1, 0], [10, 2], [10, 4], [10, 0]])\n"


def python(code, *arguments):
    """What a short program prints, but for white space around it."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
