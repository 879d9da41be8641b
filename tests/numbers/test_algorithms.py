"""Every way to assign gives the same bits as "lloyd", which test_semantics.py compares with the oracle."""

import numpy as np
import pytest
import reference
from helpers import assert_same_bits, blobs, check, fitted, some_weights
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
    lloyd = assert_algorithms_agree(X, init, tol=0, max_iter=8, record_steps=True)
    for step in lloyd.steps_:
        np.testing.assert_array_equal(step.labels, reference.nearest(X, step.centers)[0])


def test_tiles_with_centers_beyond_the_doubles():
    # In the frame of most rows the far center's square overflows, and yet it is the nearest of the far rows.
    rng = np.random.default_rng(0)
    n, d, far = 4096, 64, 2.0**477
    X = rng.uniform(-1, 1, (n, d)) * 2.0**-30
    sampled = [i * (n - 1) // 14 for i in range(15)]  # those that the frame comes from
    outside = [i for i in range(n) if i % 10 == 5 and i not in sampled]
    X[outside] = far * (1 + rng.uniform(-0.01, 0.01, (len(outside), 1)))
    init = np.vstack([np.full(d, -3.7 * far), np.full(d, 4.2 * far)])
    assert_algorithms_agree(X, init, tol=0, max_iter=1)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 80), st.integers(1, 6), st.integers(1, 40), st.integers(0, 2**31), st.sampled_from([1, 4, 1000]))
def test_bounds_are_the_oracles(n, d, k, seed, levels):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, levels + 1, (n, d)) / 4
    k = min(k, n)
    check(X, X[rng.choice(n, k, replace=False)], tol=0)


HAS_TILES = pykmeans.info()["instruction_set"] != "baseline"


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize(
    ("n", "d", "k"), [(4100, 4, 2), (5003, 8, 9), (4099, 16, 100), (6001, 5, 1000), (3001, 32, 33), (2050, 131, 20)]
)
def test_tiles_change_nothing(n, d, k, dtype):
    # Rows that do not fill the last tile, odd numbers of features, centers that do not fill the last panel.
    X = blobs(n, d, 8, seed=n + d, dtype=dtype, spread=3.0)
    init = X[np.random.default_rng(n).choice(n, k, replace=False)]
    lloyd = assert_algorithms_agree(X, init, tol=0, max_iter=12)
    assert lloyd.n_iter_ > 1
    assert_algorithms_agree(X, init, some_weights(n, seed=n), max_iter=3)
    assert (fitted(X, init, algorithm="tiles", max_iter=2).algorithm_ == "tiles") == HAS_TILES


def test_tiles_where_auto_chooses_them():
    X = blobs(5000, 8, 20, seed=2, dtype=np.float32)
    assert (fitted(X, X[:70], max_iter=3).algorithm_ == "tiles") == HAS_TILES
    assert fitted(X, X[:30], max_iter=3).algorithm_ != "tiles"
    assert fitted(X[:1000], X[:70], max_iter=3).algorithm_ != "tiles"


def on_a_lattice(X, rng):
    return np.round(2 * X) / 2


def far_from_zero(X, rng):
    return 1e-3 * X + 1e4


def a_few_far_out(X, rng):
    X[rng.integers(0, len(X), 20)] *= 1000
    return X


def repeated(X, rng):
    return np.repeat(X[: len(X) // 7 + 1], 7, axis=0)[: len(X)]


def tight_and_wide(X, rng):
    return X * np.where(np.arange(len(X)) % 2, 0.01, 10.0)[:, None]


def correlated(X, rng):
    return X @ rng.standard_normal((X.shape[1], X.shape[1]))


SHAPES_OF_CLOUDS = [on_a_lattice, far_from_zero, a_few_far_out, repeated, tight_and_wide, correlated]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", SHAPES_OF_CLOUDS)
@pytest.mark.parametrize("start", ["rows", "equal and far"])
def test_what_tiles_remember_changes_nothing(shape, start, dtype):
    # As many rows and centers as it takes: k >= 256 and 64 rows for each. The last tile and some panels are not full.
    rng = np.random.default_rng(len(shape.__name__))
    k, d = 259, 3 + SHAPES_OF_CLOUDS.index(shape)
    X = shape(rng.standard_normal((64 * k + 13, d)), rng).astype(dtype)
    init = X[rng.choice(len(X), k, replace=False)]
    if start != "rows":  # empty clusters, which are filled; a far center, which is in no panel
        init[:20] = init[20]
        init[30] *= 100
    weight = some_weights(len(X), seed=1) if start == "rows" else None
    parameters = {"tol": 0, "max_iter": 6, "metric": "cosine" if shape is correlated else "euclidean"}
    lloyd = fitted(X, init, weight, algorithm="lloyd", **parameters)
    for n_threads in (1, 3):
        model = fitted(X, init, weight, algorithm="tiles", n_threads=n_threads, **parameters)
        assert_same_bits(model, lloyd)
        assert (model.algorithm_ == "tiles") == HAS_TILES


def test_tiles_that_wait_until_few_rows_change():
    # With more than ten features bounds wait: here for seven passes, until fewer than n / 32 rows change their label.
    rng = np.random.default_rng(3)
    X = rng.standard_normal((64 * 256, 11)).astype(np.float32)
    lloyd, tiles = (fitted(X, X[:256], algorithm=name, max_iter=40, tol=0) for name in ("lloyd", "tiles"))
    assert_same_bits(tiles, lloyd)


def test_labels_of_sorted_tiles_in_each_iteration():
    # The rows are sorted after the first pass; recorded steps have labels in the order of X.
    rng = np.random.default_rng(0)
    X = rng.standard_normal((64 * 256, 5)).astype(np.float32)
    lloyd, tiles = (
        fitted(X, X[:256], algorithm=name, max_iter=6, tol=0, record_steps=True) for name in ("lloyd", "tiles")
    )
    assert len(tiles.steps_) == 7
    for step, expected in zip(tiles.steps_, lloyd.steps_, strict=True):
        np.testing.assert_array_equal(step.labels, expected.labels)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("gap", [1e-7, 1e-5, 1e-3])
def test_tiles_between_centers_that_nearly_agree(gap, dtype):
    # 16 bits cannot tell such centers apart; many rows lie nearly on the plane between two of them.
    rng = np.random.default_rng(0)
    X = rng.standard_normal((3000, 6))
    places = rng.standard_normal((12, 6))
    init = np.vstack([places, places + gap * rng.standard_normal((12, 6))])
    X[:1500] = (init[rng.integers(0, 24, 1500)] + init[rng.integers(0, 24, 1500)]) / 2
    X[:1500] += gap * rng.standard_normal((1500, 6))
    assert_algorithms_agree(X.astype(dtype), init.astype(dtype), tol=0, max_iter=5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("distance", [30.0, 1e3, 1e9])
def test_tiles_with_centers_far_from_all_rows(distance, dtype):
    # Centers farther out than whole numbers reach: none is nearest, some are, all are.
    X = blobs(3000, 7, 5, seed=4, dtype=dtype)
    far = (distance * np.eye(7)).astype(dtype)
    assert_algorithms_agree(X, np.vstack([X[:9], far]), tol=0, max_iter=4)
    assert_algorithms_agree(X, far, tol=0, max_iter=4)
    X[::100] += distance
    assert_algorithms_agree(X, np.vstack([X[:9], far]), tol=0, max_iter=4)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("outliers", [1, 10, 60, 700])
@pytest.mark.parametrize("size", [50.0, 1e4, 1e18])
def test_tiles_with_rows_beyond_16_bits(size, outliers, dtype):
    X = blobs(4000, 5, 5, seed=8, dtype=dtype)
    rows = np.random.default_rng(outliers).choice(4000, outliers, replace=False)
    X[rows] *= dtype(size)
    assert_algorithms_agree(X, np.vstack([X[:20], X[rows[:1]]]), tol=0, max_iter=6)


@pytest.mark.parametrize("dtype", TYPES)
def test_tiles_on_rows_halfway_between_centers(dtype):
    # Exact ties: the lower index wins.
    X = np.random.default_rng(0).integers(0, 5, (4000, 4)).astype(dtype)
    init = 2 * np.unique(np.random.default_rng(1).integers(0, 3, (60, 4)), axis=0).astype(dtype)
    for order in (init, init[::-1].copy(), np.vstack([init, init[:7]])):
        assert_algorithms_agree(X, order, tol=0, max_iter=5)


def test_tiles_with_constant_values():
    X = np.zeros((500, 4))
    assert_algorithms_agree(X, X[:3], tol=0)
    X[:, 0] = 7.0
    X[3:9] = 8.0
    assert_algorithms_agree(X, X[:5], tol=0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_tiles_where_a_far_center_is_the_nearest(dtype):
    # More than four times as far out as any row, but the other one is farther from some rows, on the other side.
    rng = np.random.default_rng(0)
    X = 0.01 * rng.standard_normal((3000, 4))
    X[::10, 0] = rng.uniform(-1, 1, 300)
    init = np.zeros((2, 4))
    init[:, 0] = -3.4, 4.6
    assert_algorithms_agree(X.astype(dtype), init.astype(dtype), tol=0, max_iter=3)
