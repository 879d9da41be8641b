"""Turns for tests that measure time, and real data, once per session."""

import csv
import gzip
import os
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

try:
    import fcntl
except ImportError:  # no POSIX, where nothing measures time
    fcntl = None

HERE = Path(__file__)

# Several workers and their children share the processors: a waiting thread must not keep one busy. An OpenMP runtime
# reads this when it is loaded, here and in children.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")


@contextmanager
def turn(alone):
    """Wait until a test may run: one that is to be alone, when no other worker of pytest-xdist runs one.

    Whoever waits holds the door, so that those who came later wait behind.
    """
    with open(HERE) as room, open(HERE.with_name("oldest.txt")) as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(door, fcntl.LOCK_UN)
        try:
            yield
        finally:
            fcntl.flock(room, fcntl.LOCK_UN)  # closing leaves it to a forked child


# One worker of pytest-xdist has these: they share what native.install() builds.
BUILDING = ("test_allocations.py", "test_core_units.py", "test_embed.py", "test_house.py", "test_readme.py")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return "building" if nodeid.split("::")[0].endswith(BUILDING) else nodeid

    return Scheduling(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    if fcntl is None:
        return (yield)
    with turn(alone=item.get_closest_marker("alone") is not None):
        return (yield)


def load(name):
    from sklearn import datasets

    if name == "china":
        return datasets.load_sample_image("china.jpg").reshape(-1, 3)
    return getattr(datasets, f"load_{name}")().data


@pytest.fixture(scope="session")
def iris():
    """(150, 4) float64: tenths, so that exact ties happen."""
    return load("iris")


@pytest.fixture(scope="session")
def digits():
    """(1797, 64) float64 of whole numbers 0 to 16; some columns are all zero."""
    return load("digits")


@pytest.fixture(scope="session")
def wine():
    """(178, 13) float64, features of very different size."""
    return load("wine")


@pytest.fixture(scope="session")
def breast_cancer():
    """(569, 30) float64, features of very different size."""
    return load("breast_cancer")


@pytest.fixture(scope="session")
def china():
    """(273280, 3) uint8: the pixels of a photograph."""
    return load("china")


@pytest.fixture(scope="session")
def china_sample(china):
    """(2733, 3) uint8: every hundredth pixel, duplicates among them."""
    return np.ascontiguousarray(china[::100])


def openml(number, name):
    """Fields of a table that scikit-learn's own tests are shipped with."""
    import sklearn

    path = Path(sklearn.__file__).parent / f"datasets/tests/data/openml/id_{number}/{name}.arff.gz"
    if not path.exists():
        pytest.skip("this scikit-learn comes without the data of its tests")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        lines = [line for line in file if line.strip() and not line.startswith("%")]
    start = next(i for i, line in enumerate(lines) if line.strip().lower() == "@data")
    return np.array(list(csv.reader(lines[start + 1 :])))


def codes(fields):
    """Each column's values as 0, 1, ... in sorted order."""
    return np.column_stack([np.unique(column, return_inverse=True)[1] for column in fields.T]).astype(np.uint8)


@pytest.fixture(scope="session")
def chess():
    """(3196, 37) uint8 codes of two or three categories: king and rook against king and pawn (UCI kr-vs-kp)."""
    return codes(openml(3, "data-v1-dl-3"))


@pytest.fixture(scope="session")
def titanic():
    """(1043, 8) float64: age, siblings, parents, fare; then codes of class, survived, sex and port."""
    fields = openml(40945, "data-v1-dl-16826755")
    fields = fields[(fields[:, [4, 8, 10]] != "?").all(axis=1)]
    return np.hstack([fields[:, [4, 5, 6, 8]].astype(np.float64), codes(fields[:, [0, 1, 3, 10]])])
