"""Every way to assign gives the same bits as "lloyd", which test_semantics.py compares with the oracle."""

import numpy as np
import pytest
import reference
from helpers import assert_fit_is, assert_same_bits, blobs, check, fitted, some_weights
from hypothesis import given, settings
from hypothesis import strategies as st

import pykmeans
from pykmeans import _core

TYPES = [np.float32, np.float64, np.uint8]


def assert_algorithms_agree(X, init, sample_weight=None, **parameters):
    lloyd = fitted(X, init, sample_weight, algorithm="lloyd", n_threads=1, **parameters)
    for algorithm in _core.ALGORITHMS:
        for n_threads in (1, 3):
            assert_same_bits(
                fitted(X, init, sample_weight, algorithm=algorithm, n_threads=n_threads, **parameters), lloyd
            )
    return lloyd


@pytest.mark.parametrize("k", range(1, 20))
def test_panels_of_every_width(k):
    for n in (31, 32, 33, 100):
        X = blobs(n, 5, 4, k)
        check(X, X[:k], max_iter=4)


@pytest.mark.parametrize("dtype", TYPES)
def test_packed_rows_kept_or_not(dtype):
    # Below and above what a fit keeps of the packed rows, 2^20 values.
    for n in (30_000, 36_000):
        X = blobs(n, 32, 7, 3, dtype)
        start = X[:7].astype(np.float64)
        expected = fitted(X, start, max_iter=4, tol=0, algorithm="elkan")
        for threads in (1, 2, 3):
            model = fitted(X, start, max_iter=4, tol=0, algorithm="lloyd", n_threads=threads)
            assert_same_bits(model, expected)
        np.testing.assert_array_equal(expected.labels_, pykmeans.assign(X, expected.cluster_centers_)[0])


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize(
    ("n", "d", "k"),
    [(1, 1, 1), (20, 3, 20), (300, 2, 5), (700, 7, 16), (513, 16, 17), (1500, 33, 70), (2000, 5, 300), (511, 130, 40)],
)
def test_bounds_change_nothing(n, d, k, dtype):
    # Bounds of several panels of centers a group (k much larger than d), of one group, and of many.
    X = blobs(n, d, 8, seed=n + d, dtype=dtype, spread=2.0)
    init = X[np.random.default_rng(n).choice(n, k, replace=False)]
    assert_algorithms_agree(X, init, tol=0)
    assert_algorithms_agree(X, init, some_weights(n, seed=n), max_iter=4)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_bounds_where_auto_chooses_them(dtype):
    X = blobs(9000, 64, 90, seed=1, dtype=dtype, spread=0.5)
    init = X[np.random.default_rng(0).choice(9000, 300, replace=False)]
    lloyd = assert_algorithms_agree(X, init, tol=0, max_iter=25)
    assert lloyd.n_iter_ > 8


@pytest.mark.parametrize("dtype", TYPES)
def test_bounds_with_empty_clusters(dtype):
    # Centers far out have no points: rows move into them behind the back of the bounds.
    X = blobs(900, 6, 5, seed=3, dtype=dtype)
    init = np.vstack([X[:20], np.full((12, 6), 250, dtype=dtype)])
    assert_algorithms_agree(X, init, tol=0)


@pytest.mark.parametrize("dtype", TYPES)
def test_bounds_on_a_grid_full_of_ties(dtype):
    X = np.random.default_rng(0).integers(0, 3, (1200, 5)).astype(dtype)
    init = np.unique(X, axis=0)[:40]
    assert_algorithms_agree(X, init, tol=0)
    assert_algorithms_agree(X, np.vstack([init, init]), tol=0)


@pytest.mark.parametrize("scale", [1e-200, 1e-30, 1e30, 1e145])
def test_bounds_on_values_of_every_size(scale):
    X = blobs(400, 4, 6, seed=5, dtype=np.float64) * scale
    X[7] *= 1e5
    assert_algorithms_agree(X, X[:24], tol=0)


def test_bounds_with_a_common_offset():
    X = blobs(800, 8, 6, seed=6, dtype=np.float32) + np.float32(1e4)
    assert_algorithms_agree(X, X[:40], tol=0)


def eight_bit_cases():
    """Rows that 8-bit integers describe badly, in one way or another, at d >= 24, where those are used."""
    rng = np.random.default_rng(11)
    X = blobs(1200, 40, 60, seed=8, dtype=np.float64, spread=0.7)
    yield "blobs", X
    spiky = X.copy()
    spiky[np.arange(1200), rng.integers(0, 40, 1200)] *= 1000  # one value takes all the range
    yield "a spike in each row", spiky
    tails = X * np.exp(3 * rng.standard_normal((1200, 1)))
    yield "rows of every length", tails
    far = X.copy()
    far[5] *= 1e15  # beyond 2^80 in the filter's frame
    far[6] *= 1e9
    yield "far rows", far
    flat = X.copy()
    flat[:, 3:] = 7
    yield "nearly all columns constant", flat
    few = np.repeat(X[:100], 12, axis=0)
    yield "many copies", few
    yield "zeros", np.where(rng.random(X.shape) < 0.9, 0, X)
    yield "small integers", rng.integers(0, 3, X.shape).astype(float)
    yield "an offset", X + 1e5
    yield "tiny", X * 1e-30


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("what", "X"), [pytest.param(*case, id=case[0]) for case in eight_bit_cases()])
def test_eight_bits_change_nothing(what, X, dtype):
    X = X.astype(dtype)
    init = X[np.random.default_rng(0).choice(len(X), 70, replace=False)]
    lloyd = assert_algorithms_agree(X, init, tol=0, max_iter=8)
    assert_fit_is(lloyd, reference.fit(X, init, max_iter=8, tol=0), X)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 80), st.integers(1, 6), st.integers(1, 40), st.integers(0, 2**31), st.sampled_from([1, 4, 1000]))
def test_bounds_are_the_oracles(n, d, k, seed, levels):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, levels + 1, (n, d)) / 4
    k = min(k, n)
    check(X, X[rng.choice(n, k, replace=False)], tol=0)
