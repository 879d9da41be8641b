"""k-means++ by every metric picks the oracle's rows: where the filter's estimates are close, and where it has none."""

import numpy as np
import pytest
import reference
from helpers import as_points, far_apart, heavy_tailed, huge, offset, some_weights, tenths, tiny

from pykmeans import _core

TYPES = [np.float32, np.float64, np.uint8]


def assert_picks_are_the_oracles(X, k, trials=4, seed=0, weighted=(False, True), **how):
    uniforms = np.random.RandomState(seed).random_sample(1 + (k - 1) * trials)
    for weights in (some_weights(len(X), seed) if has else None for has in weighted):
        expected = reference.plus_plus(X, k, 0, weights, trials, uniforms, **how)
        for n_threads in (1, 3):
            picks = _core.plus_plus(as_points(X, weights, n_threads, **how), k, uniforms, trials)
            np.testing.assert_array_equal(picks, expected)


def gaussian(rng, n, d):
    return 30 + 5 * rng.standard_normal((n, d))


def grid(rng, n, d):
    return rng.integers(0, 3, (n, d))


def mirrored(rng, n, d):
    """Two rows that are each other's image gain the same, but for a little in the last bits of some."""
    half = rng.standard_normal((n - n // 2, d))
    image = -half * (1 + rng.integers(-1, 2, half.shape) * 2.0**-50)
    return np.vstack([half, image])[:n]


def twins(rng, n, d):
    """A few places, with many rows about each that float32 tells apart just so."""
    return rng.integers(0, 4, (n, 1)) + rng.integers(0, 9, (n, d)) * 2.0**-23


def small_twins(rng, n, d):
    """The same near the origin, beside one row that is far away."""
    X = rng.choice([0, 0, 0, 0, -3, -1, 1, 3], (n, 1)) * (1 + rng.integers(0, 9, (n, d)) * 2.0**-28) * 2.0**-14
    X[-1] = 1
    return X


KINDS = [gaussian, grid, tenths, offset, heavy_tailed, far_apart, tiny, huge, mirrored, twins, small_twins]


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_absolute_differences(kind, dtype):
    for n, d, k in ((300, 1, 9), (523, 5, 12), (130, 40, 30), (1100, 3, 5)):
        X = kind(np.random.default_rng(d), n, d)
        X = np.clip(X, 0, 255) if dtype == np.uint8 else X
        assert_picks_are_the_oracles(X.astype(dtype), k, seed=d, metric="manhattan")


@pytest.mark.parametrize(
    "dtype, gamma",
    [
        (np.float32, 0.0),
        (np.float64, 1e-30),
        (np.float32, 0.3),
        (np.float64, 0.3),
        (np.float64, 7.0),
        (np.float32, 1e9),
        (np.float64, 1e100),
    ],
)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_numbers_and_categories(kind, dtype, gamma):
    for n_numeric, (n, d, k) in ((0, (300, 4, 9)), (1, (200, 3, 12)), (17, (130, 40, 10))):
        rng = np.random.default_rng(d)
        X = kind(rng, n, d).astype(dtype)
        X[:, n_numeric:] = rng.integers(0, 4, (n, d - n_numeric)) + rng.choice([0, 300, 2**24 - 5], d - n_numeric)
        assert_picks_are_the_oracles(X, k, seed=d, metric="mixed", n_numeric=n_numeric, gamma=gamma)


@pytest.mark.parametrize("dtype", TYPES)
def test_categories(dtype):
    for n, d, k in ((300, 1, 3), (300, 3, 20), (523, 16, 12), (130, 67, 30)):
        rng = np.random.default_rng(d)
        X = rng.integers(0, 4, (n, d))
        for codes in (X, X * 80, 255 - X):
            assert_picks_are_the_oracles(codes.astype(dtype), k, seed=d, metric="hamming")


@pytest.mark.parametrize("limit", [2**24, 2**25, 2**53])
def test_categories_that_float32_does_not_hold(limit):
    rng = np.random.default_rng(0)
    X = (limit - rng.integers(0, 3, (300, 6))).astype(np.float64)
    assert_picks_are_the_oracles(X, 12, metric="hamming")
    X[:, :2] = rng.standard_normal((300, 2))
    assert_picks_are_the_oracles(X, 12, metric="mixed", n_numeric=2, gamma=0.5)


@pytest.mark.parametrize(
    "scale", [1e-300, 1e-200, 2e-162, 1e-160, 1e-130, 1e-115, 1e-40, 1e40, 1e120, 1e150, 1e200, 1e300]
)
def test_numbers_of_any_size(scale):
    rng = np.random.default_rng(1)
    X = rng.standard_normal((300, 6)) * scale
    assert_picks_are_the_oracles(X, 12, metric="manhattan")
    X[:, 3:] = rng.integers(0, 3, (300, 3))
    for gamma in (0.5, scale, scale * scale * 0.5):
        if gamma <= 1e200:
            assert_picks_are_the_oracles(X, 12, metric="mixed", n_numeric=3, gamma=gamma)


@pytest.mark.parametrize("metric", ["manhattan", "cosine", "hamming", "mixed"])
def test_candidates_that_gain_nearly_the_same(metric):
    """So few rows that a row and its image are often candidates of the same step."""
    how = {"metric": metric, **({"n_numeric": 3, "gamma": 0.5} if metric == "mixed" else {})}
    for seed in range(60):
        rng = np.random.default_rng(seed)
        X = mirrored(rng, 12, 5)
        if metric == "hamming":
            X = rng.integers(0, 2, (20, 5)).astype(np.float64)
        if metric == "mixed":
            X[:, 3:] = rng.integers(0, 2, (12, 2))
        for dtype in (np.float32, np.float64):
            assert_picks_are_the_oracles(X.astype(dtype), 6, seed=seed, **how)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("d", [1, 2, 3])
def test_absolute_differences_in_boxes(d, dtype):
    """With few columns and many steps rows are ordered, and most are passed over."""
    rng = np.random.default_rng(d)
    n, k = 600, 1000 // (d + 5) + 1
    centers = rng.integers(0, 200, (30, d))
    X = (centers[rng.integers(30, size=n)] + 20 * rng.random((n, d))).astype(dtype)
    assert_picks_are_the_oracles(X, k, metric="manhattan")
