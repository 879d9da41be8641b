"""Real data, once per session."""

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest


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
