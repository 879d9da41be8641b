"""Medians and modes, which the core keeps from one iteration to the next, over many iterations of many rows."""

import itertools

import numpy as np
import pytest
from helpers import assert_same_bits, check, fitted, some_weights

TYPES = [np.float32, np.float64, np.uint8]
N = 2400  # enough for values to be counted by code


def places(rng, n, levels):
    """Levels 0, 1, ... in three columns that go together, so that there are clusters."""
    own = rng.integers(0, 6, n)
    centers = rng.integers(0, levels, (6, 3))
    spread = rng.integers(-(levels // 5), levels // 5 + 1, (n, 3))
    return np.clip(centers[own] + spread, 0, levels - 1)


def whole(rng, n):
    return places(rng, n, 90)


def halves(rng, n):
    """Values of which some are whole, and as many as the numbers between the least and the largest."""
    return np.array([0.0, 0.25, 0.5, 1.25, 1.5, 5.0])[places(rng, n, 6)]


def three_values(rng, n):
    return np.array([0.0, 0.5, 2.0])[places(rng, n, 3)]


def gaps(rng, n):
    return np.array([-3e6, -2.0, -1.0, 0.0, 1.0, 100.0, 355.0, 1e4])[places(rng, n, 8)]


def large(rng, n):
    return 2.0**24 - places(rng, n, 200)


def many(rng, n):
    return np.sinh(places(rng, n, 12) - 6 + rng.standard_normal((n, 3)))


def many_and_a_few_often(rng, n):
    X = many(rng, n)
    often = rng.random((n, 3))
    X[often < 0.3] = 0.0
    X[often > 0.8] = -0.25
    X[(often > 0.15) & (often < 0.2)] = -0.0
    return X


def one_column_of_each(rng, n):
    return np.column_stack([whole(rng, n)[:, 0], many(rng, n)[:, 1], three_values(rng, n)[:, 2]])


def seldom(rng, n):
    """A few rows, or the last ones, have values that a sample of rows does not show; in all, 250 or 300."""
    X = places(rng, n, 200).astype(float)
    X[rng.integers(0, n, 40), 0] = -np.arange(40) - 0.5
    X[rng.integers(0, n, 100), 1] = np.arange(100) * 1e6
    X[-3:, 2] = [-7, 1e30, 0.125]
    return X


def sorted_rows(rng, n):
    return np.sort(many(rng, n), axis=0)


def tiny_and_huge(rng, n):
    return many(rng, n) * 10.0 ** rng.choice([-44, -30, 0, 30], (n, 1))


KINDS = [whole, halves, three_values, gaps, large, many, many_and_a_few_often]
KINDS += [one_column_of_each, seldom, sorted_rows, tiny_and_huge]


def weights(kind, rng, n):
    if kind == "none":
        return None
    if kind == "whole":
        return rng.integers(0, 5, n).astype(np.float64)
    if kind == "tenths":
        return np.full(n, 0.1)
    if kind == "some":
        return some_weights(n, seed=1)
    if kind == "96 bits":  # between the lowest and the highest
        return np.ldexp(1.0, rng.integers(-30, 66, n))
    if kind == "97 bits":
        return np.ldexp(1.0, rng.integers(-30, 67, n))
    return 10.0 ** rng.uniform(-300, 270, n)


WEIGHTS = ["none", "whole", "tenths", "some", "96 bits", "97 bits", "any"]


def of_both_types(kinds):
    """Each kind of values with each kind of weights, in float32 (one thread) and float64 (two) alternately."""
    ways = itertools.cycle([(np.float32, 1), (np.float64, 2)])  # WEIGHTS is of odd length: each kind gets both
    return [
        pytest.param(values, kind, *next(ways), id=f"{values.__name__}-{kind}") for values in kinds for kind in WEIGHTS
    ]


@pytest.mark.parametrize("values, kind, dtype, n_threads", of_both_types(KINDS))
def test_medians(values, kind, dtype, n_threads):
    rng = np.random.default_rng(n_threads)
    X = values(rng, N).astype(dtype)
    w = weights(kind, rng, N)
    rows = np.arange(N) if w is None else np.flatnonzero(w)
    for k, max_iter in ((1, 2), (9, 12), (60, 4)):
        check(X, X[rng.choice(rows, k, replace=False)], w, n_threads, tol=0, max_iter=max_iter, metric="manhattan")


@pytest.mark.parametrize("kind", WEIGHTS)
@pytest.mark.parametrize("levels", [2, 90, 255])
def test_medians_and_modes_of_bytes(levels, kind):
    rng = np.random.default_rng(levels)
    X = places(rng, N, levels).astype(np.uint8)
    w = weights(kind, rng, N)
    rows = np.arange(N) if w is None else np.flatnonzero(w)
    init = X[rng.choice(rows, 60, replace=False)]
    for k in (1, 9, 60):
        check(X, init[:k], w, tol=0, max_iter=6, metric="manhattan")
    check(X, init, w, tol=0, max_iter=6, metric="hamming")
    check(X, init[:9], w, tol=0, max_iter=6, metric="mixed", n_numeric=1, gamma=30.0)


@pytest.mark.parametrize("values, kind, dtype, n_threads", of_both_types([whole, gaps, large, seldom]))
def test_modes(values, kind, dtype, n_threads):
    rng = np.random.default_rng(n_threads)
    X = np.round(values(rng, N)).astype(dtype)
    X[: N // 2, 1] = rng.integers(0, 1000, N // 2)
    w = weights(kind, rng, N)
    rows = np.arange(N) if w is None else np.flatnonzero(w)
    init = X[rng.choice(rows, 60, replace=False)]
    check(X, init, w, n_threads, tol=0, max_iter=6, metric="hamming")
    check(X, init[:9], w, tol=0, max_iter=6, metric="mixed", n_numeric=1, gamma=30.0)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("d", [300, 1200])
def test_many_clusters_of_many_columns(d, dtype):
    # Counts of every category would take more room than they may: with weights of 300 columns, and all of 1200.
    X = np.random.default_rng(0).integers(0, 3, (1800, d)).astype(dtype)
    for metric in ("hamming", "manhattan"):
        one = fitted(X, X[:900], max_iter=2, tol=0, metric=metric)
        assert_same_bits(one, fitted(X, X[:900], np.ones(1800), max_iter=2, tol=0, metric=metric, n_threads=3))


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("metric", ["manhattan", "hamming", "mixed"])
def test_a_cluster_that_becomes_empty_and_comes_back(metric, dtype):
    # Starts on top of each other, again and again filled by rows from afar, while labels change for many iterations.
    rng = np.random.default_rng(0)
    X = places(rng, N, 40).astype(dtype)
    how = {"metric": metric} | ({"n_numeric": 2, "gamma": 9.0} if metric == "mixed" else {})
    w = some_weights(N, seed=0)
    for weights in (None, w):
        init = np.repeat(X[:4], 5, axis=0)
        assert check(X, init, weights, tol=0, **how).moved >= 16


@pytest.mark.parametrize("copies", [1, 1000])
@pytest.mark.parametrize("low, high", [(-20, 20), (-100, 100), (-1000, 900)])
def test_exactly_half_of_weights_that_lie_far_apart(low, high, copies):
    # The first two weigh as much as the last two, so the second is the median; a trifle more, and the third is.
    X = np.tile([[1.0], [2.0], [3.0], [4.0]], (copies, 1))
    w = np.tile(np.ldexp(1.0, [low, high, high, low]), copies)
    for dtype in TYPES:
        for weights, middle in ((w, 2), (w * np.tile([1, 1, 1, 2], copies), 3)):
            assert fitted(X.astype(dtype), [[2.0]], weights, metric="manhattan").cluster_centers_[0, 0] == middle
            check(X.astype(dtype), [[2.0]], weights, metric="manhattan")


@pytest.mark.parametrize("n", [10, 2500])
@pytest.mark.parametrize("metric", ["manhattan", "hamming", "mixed"])
def test_a_cluster_of_rows_without_weight_keeps_its_center(metric, n):
    # All rows of weight lie on the first center, so there is nothing that the second could take.
    how = {"metric": metric} | ({"n_numeric": 1, "gamma": 1.0} if metric == "mixed" else {})
    for dtype in TYPES:
        X = np.tile(np.array([[0, 0], [0, 0], [5, 7]], dtype=dtype), (n, 1))
        w = np.tile([1.0, 2.0, 0.0], n)
        model = fitted(X, [[0, 0], [6, 7]], w, **how)
        np.testing.assert_array_equal(model.cluster_centers_, [[0, 0], [6, 7]])
        check(X, [[0, 0], [6, 7]], w, **how)


@pytest.mark.parametrize("beyond", [5.0, 6.0, 7.0, 8.0, -1.0])
def test_a_whole_number_that_one_row_has(beyond):
    # Codes are chosen from some of the rows; a number just beyond those that they hold needs one of its own. Where it
    # has none, it counts elsewhere, as a zero of the next column, say, of which one more would move the median.
    for row in range(0, 4000, 333):
        X = np.random.default_rng(row).integers(0, 5, (4000, 2)).astype(np.float64)
        X[row, 0] = beyond
        X[:, 1] = np.arange(4000) >= 1999
        check(X, X[:1], metric="manhattan", max_iter=1)
