"""The programs in tests/programs, each in a Python of its own."""

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
