"""In a subinterpreter, where NumPy does not work either, pykmeans is an ImportError and nothing worse."""

import subprocess
import sys

import pytest

CREATE = """
import sys
sys.modules["sklearn"] = None  # its import takes two seconds
if sys.version_info >= (3, 13):
    import _interpreters as interpreters
    interpreter = interpreters.create({kind!r})
else:
    import _xxsubinterpreters as interpreters
    interpreter = interpreters.create(isolated={kind!r} == "isolated")
"""

ATTEMPT = """
try:
    import pykmeans
    pykmeans.{name}
except ImportError as error:
    print("refused:", *str(error).split(), flush=True)
"""

WORKS = "import pykmeans; print(pykmeans.KMeans(2, random_state=0).fit([[0.0], [1.0], [9.0]]).inertia_)"


@pytest.mark.parametrize("kind", ["isolated", "legacy"])
@pytest.mark.parametrize("name, comes_first", [("__version__", False), ("__version__", True), ("KMeans", True)])
def test_a_subinterpreter_is_refused(kind, name, comes_first):
    """The main interpreter may come first, and works afterwards. (Where it does not, NumPy must not either.)"""
    code = f"""{CREATE.format(kind=kind)}
{WORKS if comes_first else ""}
interpreters.run_string(interpreter, {ATTEMPT.format(name=name)!r})
interpreters.destroy(interpreter)
{WORKS}
"""
    # Bounded: an extension of pybind11 would wait here for ever under some Pythons.
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    *_, refusal, last = done.stdout.splitlines()
    assert last == "0.5", done.stdout + done.stderr
    # In Python's words (from 3.12 on) or in ours; for KMeans NumPy is asked first.
    assert refusal.startswith("refused: ")
    assert name == "KMeans" or refusal.endswith("pykmeans._core does not support loading in subinterpreters")
