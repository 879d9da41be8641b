"""Every metric's filter gives the labels of its referee: the center of least distance, the first at a tie."""

import numpy as np
import pytest
from helpers import far_apart, heavy_tailed, huge, offset, tenths, tiny

from pykmeans import _core


def referee_labels(X, centers, **metric):
    """By the referee alone: all its distances, and the first least one of each row."""
    points = _core.Points(X.astype(np.float64), **metric)
    return _core.transform(points, centers).argmin(axis=1)


def assert_labels_are_the_referees(X, centers, **metric):
    centers = np.ascontiguousarray(centers, dtype=np.float32 if X.dtype == np.float32 else np.float64)
    expected = referee_labels(X, centers, **metric)
    for n_threads in (1, 3):
        labels = _core.nearest(_core.Points(X, n_threads=n_threads, **metric), centers)
        np.testing.assert_array_equal(labels, expected)


def gaussian(rng, n, d):
    return rng.standard_normal((n, d))


def grid(rng, n, d):
    return rng.integers(-3, 4, (n, d)).astype(float)


def halves(rng, n, d):
    return rng.integers(0, 11, (n, d)) / 2


def near_a_bisector(rng, n, d):
    """Pairs of values whose sums of differences are equal but for rounding."""
    return np.where(rng.random((n, d)) < 0.5, 1 / 3, 1 / 7) + rng.integers(-2, 3, (n, d)) * 2.0**-23


def outliers(rng, n, d):
    X = rng.standard_normal((n, d))
    X[rng.integers(n, size=n // 50), rng.integers(d, size=n // 50)] *= 1e14
    return X


KINDS = [gaussian, grid, halves, tenths, offset, near_a_bisector, heavy_tailed, outliers, tiny, huge, far_apart]
SHAPES = [(700, 1, 3), (1000, 3, 17), (523, 16, 100), (300, 67, 9), (200, 300, 33)]


def made(kind, shape, dtype, seed):
    """Rows, and centers among which are rows, copies, and places between rows."""
    n, d, k = shape
    rng = np.random.default_rng(seed)
    X = kind(rng, n, d).astype(dtype)
    rows = rng.integers(n, size=(2, k))
    centers = np.where(rng.random((k, 1)) < 0.6, X[rows[0]], X[rows[0]] / 2 + X[rows[1]] / 2).astype(dtype)
    centers[-1] = centers[0]
    return X, centers


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_absolute_differences(kind, dtype, shape):
    assert_labels_are_the_referees(*made(kind, shape, dtype, 1), metric="manhattan")


def sampled(n):
    """The rows that tell whether data may be whole."""
    return np.arange(15) * (n - 1) // 14


# Rows, and centers about as far from all of them: what some part of the bound must leave to the referee.


def whole_rows_only(rng):
    return grid(rng, 500, 16), grid(rng, 40, 16) + rng.integers(0, 7, (40, 16)) / 7


def whole_samples_only(rng):
    X = rng.integers(0, 30, (500, 16)) / 7
    X[sampled(500)] = np.round(X[sampled(500)])
    return X, rng.integers(0, 5, (40, 16))


def long_whole_rows(rng):
    X = rng.integers(-(2**21), 2**21, (500, 300))
    X[sampled(500)] = 1001
    return X, 1001 + rng.integers(0, 4, (40, 300))


def long_whole_centers(rng):
    return rng.integers(0, 4, (500, 16)), 2**30 + rng.integers(0, 4, (40, 16))


def equidistant(rng):
    centers = np.tile(rng.standard_normal(16), (40, 1)) * rng.choice([-1, 1], (40, 16))
    return 1e-6 * rng.standard_normal((500, 16)), rng.permuted(centers, axis=1)


def about_the_limit(rng):
    """Rows and centers as long as it takes for both to be treated as far away."""
    X = rng.standard_normal((500, 4))
    X[rng.random(500) < 0.2] *= 2.0**38
    centers = rng.standard_normal((40, 4))
    lengths = 2.0 ** rng.choice([42.5, 43, 43.5, 44]) * rng.uniform(0.98, 1.02, (40, 1))
    return X, centers * lengths / np.abs(centers).sum(axis=1, keepdims=True)


def beyond_float32(rng):
    return 1e-4 * rng.standard_normal((500, 4)), rng.standard_normal((40, 4)) * rng.choice([1e-4, 1e38], (40, 4))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "case",
    [
        whole_rows_only,
        whole_samples_only,
        long_whole_rows,
        long_whole_centers,
        equidistant,
        about_the_limit,
        beyond_float32,
    ],
    ids=lambda case: case.__name__,
)
def test_absolute_differences_that_are_hard_to_tell(case, dtype):
    for seed in range(10):
        X, centers = case(np.random.default_rng(seed))
        assert_labels_are_the_referees(X.astype(dtype), centers, metric="manhattan")


@pytest.mark.parametrize("shape", [*SHAPES, (300, 5000, 7)], ids=str)
def test_absolute_differences_of_bytes(shape):
    n, d, k = shape
    rng = np.random.default_rng(2)
    X = rng.integers(0, 256, (n, d), dtype=np.uint8)
    assert_labels_are_the_referees(X, X[rng.integers(n, size=k)], metric="manhattan")
    assert_labels_are_the_referees(X % 3, X[rng.integers(n, size=k)] % 3, metric="manhattan")
    assert_labels_are_the_referees(X, X[rng.integers(n, size=k)] + 0.25, metric="manhattan")


@pytest.mark.parametrize("limit", [2, 7, 2**24, 2**40])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_categories(shape, dtype, limit):
    n, d, k = shape
    rng = np.random.default_rng(3)
    low = 0 if dtype == np.uint8 else -limit
    X = rng.integers(low, min(limit, 255) if dtype == np.uint8 else limit, (n, d))
    X[:, d // 2 :] = limit - rng.integers(0, 2, (n, d - d // 2)) if dtype != np.uint8 else X[:, d // 2 :]
    X = X.astype(dtype)
    centers = X[rng.integers(n, size=k)].astype(np.float64)
    assert_labels_are_the_referees(X, centers, metric="hamming")
    for step in (0.25, 1e-9):  # no row has such values
        centers[rng.random(centers.shape) < 0.2] += step
        assert_labels_are_the_referees(X, centers, metric="hamming")


@pytest.mark.parametrize("gamma", [0.0, 1e-30, 0.3, 2.0, 1e6, 1e100])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_numbers_and_categories(kind, dtype, gamma):
    for n_numeric, shape in ((0, (200, 6, 5)), (1, (500, 3, 4)), (5, (600, 12, 40)), (12, (400, 12, 9))):
        X, centers = made(kind, shape, dtype, 4)
        rng = np.random.default_rng(5)
        X[:, n_numeric:] = rng.integers(0, 300, (1, shape[1] - n_numeric)) + rng.integers(
            0, 3, (shape[0], shape[1] - n_numeric)
        )
        centers[:, n_numeric:] = X[rng.integers(len(X), size=len(centers)), n_numeric:]
        assert_labels_are_the_referees(X, centers, metric="mixed", n_numeric=n_numeric, gamma=gamma)


@pytest.mark.parametrize("scale", [1e-150, 1e-160, 1e-162, 1e-200])
def test_numbers_whose_squares_vanish_beside_categories(scale):
    X, centers = made(gaussian, (500, 6, 20), np.float64, 6)
    X[:, 4:], centers[:, 4:] = np.round(X[:, 4:]), np.round(X[:20, 4:])
    X[:, :4] *= scale
    centers[:, :4] *= scale
    assert_labels_are_the_referees(X, centers, metric="mixed", n_numeric=4, gamma=0.0)
