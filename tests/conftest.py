"""Real data, once per session."""

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
