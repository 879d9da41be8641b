"""Different rows with their counts, in the core: which there are, and that a fit of them is that of all the rows."""

import numpy as np
import pytest
from helpers import blobs

from pykmeans import _core

SHAPES = [(5000, 1), (3000, 2), (20_000, 3)]


def counted(X, n_threads=0, features=None):
    """The different rows of X (or what is computed of them) in the hands of the core."""
    distinct = _core.DistinctRows(X, n_threads)
    values = distinct.values if features is None else features(distinct.values)
    return distinct, _core.Points(values, distinct.counts, n_threads, occurrences=distinct)


@pytest.mark.parametrize("n_threads", [1, 2, 7])
@pytest.mark.parametrize("shape", SHAPES)
def test_each_row_once_with_its_count(shape, n_threads):
    X = blobs(*shape, 5, seed=0, dtype=np.uint8)
    distinct = _core.DistinctRows(X, n_threads)
    values, inverse, counts = np.unique(X, axis=0, return_inverse=True, return_counts=True)
    order = np.lexsort(distinct.values.T[::-1])
    assert (distinct.values[order] == values).all()
    assert (distinct.counts[order] == counts).all()
    for dtype in (np.uint8, np.uint16, np.int32):
        each = np.random.default_rng(0).integers(0, 200, len(values)).astype(dtype)
        found = distinct.spread(each)
        assert found.dtype == dtype and (found == each[order][inverse.ravel()]).all()


def test_rows_may_lie_anywhere():
    X = blobs(6000, 4, 5, seed=1, dtype=np.uint8)
    for view in (X[::-2, :3], X[:, 1:3], X[:1].repeat(10, axis=0)[:, :1]):
        distinct = _core.DistinctRows(view)
        assert (distinct.values == _core.DistinctRows(view.copy()).values).all()
        assert distinct.counts.sum() == len(view)


def test_what_is_returned_outlives_what_it_is_of_and_cannot_be_changed():
    distinct = _core.DistinctRows(blobs(6000, 3, 5, seed=1, dtype=np.uint8))
    values, counts = distinct.values, distinct.counts
    del distinct
    assert counts.sum() == 6000 and len(values) == len(counts)
    with pytest.raises(ValueError, match="read-only"):
        counts[0] = 1


@pytest.mark.parametrize("n_threads", [1, 2])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_fit_is_that_of_all_rows(shape, n_threads):
    X = blobs(*shape, 5, seed=2, dtype=np.uint8)
    distinct, points = counted(X, n_threads)
    plain = _core.Points(X, None, n_threads)
    for k, algorithm in ((2, "auto"), (17, "auto"), (17, "lloyd"), (40, "boxes")):
        init = np.unique(X, axis=0)[:k].astype(float)
        found, wanted = (_core.fit(p, init, max_iter=30, tol=1e-4, algorithm=algorithm) for p in (points, plain))
        assert (distinct.spread(found.labels) == wanted.labels).all()
        for name in ("centers", "inertia", "cluster_inertia", "cluster_sizes", "n_iter", "stop_reason"):
            assert np.array_equal(getattr(found, name), getattr(wanted, name)), name
        assert (found.tolerance, found.shift) == (wanted.tolerance, wanted.shift)


@pytest.mark.parametrize("n_threads", [1, 2])
@pytest.mark.parametrize("shape", SHAPES)
def test_seeds_are_drawn_from_all_rows_in_their_order(shape, n_threads):
    rng = np.random.default_rng(3)
    X = blobs(*shape, 5, seed=3, dtype=np.uint8)
    distinct, points = counted(X, n_threads)
    plain = _core.Points(X, None, n_threads)
    for k, trials in ((2, 1), (12, 3), (60, 6)):
        for _ in range(5):
            uniforms = rng.random(1 + (k - 1) * trials)
            found = distinct.values[_core.plus_plus(points, k, uniforms, trials)]
            assert (found == X[_core.plus_plus(plain, k, uniforms, trials)]).all()


def test_seeds_where_prefix_sums_are_what_is_drawn():
    """Sums of whole numbers and thresholds that equal them: what the margins leave open is added up exactly."""
    for seed in range(60):
        rng = np.random.default_rng(seed)
        X = rng.choice([0, 1, 2, 4], (64, 1 + seed % 3), p=[0.4, 0.3, 0.2, 0.1]).astype(np.uint8)
        distinct, points = counted(X)
        k = min(4, len(distinct.counts))
        uniforms = rng.integers(0, 64, 1 + (k - 1) * 3) / 64
        found = distinct.values[_core.plus_plus(points, k, uniforms, 3)]
        assert (found == X[_core.plus_plus(_core.Points(X), k, uniforms, 3)]).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_is_computed_of_the_rows_may_stand_for_them(dtype):
    X = blobs(20_000, 3, 5, seed=4, dtype=np.uint8)

    def features(rows):
        return np.sqrt(rows.astype(dtype)) - dtype(0.3) * rows[:, [1, 2, 0]]

    distinct, points = counted(X, features=features)
    plain = _core.Points(features(X))
    uniforms = np.random.default_rng(0).random(1 + 14 * 4)
    rows, wanted = (_core.plus_plus(p, 15, uniforms, 4) for p in (points, plain))
    assert (distinct.values[rows] == X[wanted]).all()
    found, wanted = (_core.fit(p, features(X[wanted]), max_iter=50, tol=1e-4) for p in (points, plain))
    assert (distinct.spread(found.labels) == wanted.labels).all()
    assert (found.centers == wanted.centers).all() and found.inertia == wanted.inertia
    assert (found.n_iter, found.tolerance) == (wanted.n_iter, wanted.tolerance)


def test_refusals():
    with pytest.raises(ValueError, match="1 to 3 columns, not 4"):
        _core.DistinctRows(np.zeros((5, 4), np.uint8))
    with pytest.raises(TypeError, match="uint8"):
        _core.DistinctRows(np.zeros((5, 3)))
    distinct = _core.DistinctRows(np.arange(6, dtype=np.uint8).reshape(2, 3))
    with pytest.raises(TypeError, match=r"shape \(2,\)"):
        distinct.spread(np.zeros(3, np.uint8))
    for X, weights, metric in (
        (distinct.values[:1], distinct.counts[:1], "euclidean"),
        (distinct.values, None, "euclidean"),
        (distinct.values, distinct.counts, "manhattan"),
    ):
        with pytest.raises(ValueError, match="occurrences must come with"):
            _core.Points(X, weights, 0, metric, occurrences=distinct)
