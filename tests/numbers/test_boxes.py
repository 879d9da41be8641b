"""Boxes give the same bits as "lloyd", where many points make a tree of several levels."""

import numpy as np
import pytest
from helpers import assert_same_bits, blobs, check, fitted, some_weights
from hypothesis import given, settings
from hypothesis import strategies as st

from pykmeans import KMeans, _core

TYPES = [np.float32, np.float64, np.uint8]
FEATURES = [1, 2, 3]


def assert_boxes_agree(X, init, sample_weight=None, **parameters):
    parameters = {"tol": 0, "max_iter": 12, **parameters}
    lloyd = fitted(X, init, sample_weight, algorithm="lloyd", n_threads=1, **parameters)
    for n_threads in (1, 3):
        boxes = fitted(X, init, sample_weight, algorithm="boxes", n_threads=n_threads, **parameters)
        assert boxes.algorithm_ == "boxes"
        assert_same_bits(boxes, lloyd)
    return lloyd


def some_rows(X, k, seed=0):
    return X[np.random.default_rng(seed).choice(len(X), k, replace=False)]


@pytest.mark.parametrize("d", FEATURES)
@pytest.mark.parametrize("dtype", TYPES)
def test_a_tree_of_several_levels(d, dtype):
    X = blobs(70_000, d, 12, seed=d, dtype=dtype)  # enough for colours to be counted in three features
    for k in (1, 7, 90):
        lloyd = assert_boxes_agree(X, some_rows(X, k))
    assert lloyd.n_iter_ > 3
    assert_boxes_agree(X, some_rows(X, 20), some_weights(len(X), seed=d), max_iter=6)


@pytest.mark.parametrize("d", FEATURES)
@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("n", [1, 2, 17, 127, 128, 129, 1000])
def test_few_points(n, d, dtype):
    X = blobs(n, d, 3, seed=n, dtype=dtype)
    for k in {1, min(n, 5), n if n <= 129 else 40}:
        assert_boxes_agree(X, some_rows(X, k))
        assert_boxes_agree(X, some_rows(X, k), some_weights(n, seed=k))


@pytest.mark.parametrize("d", FEATURES)
@pytest.mark.parametrize("dtype", TYPES)
def test_a_grid_full_of_ties_and_copies(d, dtype):
    X = np.random.default_rng(d).integers(0, 5, (30_000, d)).astype(dtype)
    centers = np.unique(X, axis=0)[:60]
    assert_boxes_agree(X, centers)
    assert_boxes_agree(X, np.vstack([centers, centers]))  # those of the higher index stay empty or are filled
    # Centers half a step off: whole rows of the grid lie on bisectors.
    if dtype != np.uint8:
        assert_boxes_agree(X, centers + dtype(0.5), some_weights(len(X), seed=1), max_iter=4)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_whole_boxes_on_a_bisector(dtype):
    # All points of a line have the same distance to two centers: the lower index must win, wherever it is listed.
    X = np.zeros((40_000, 2), dtype=dtype)
    X[:, 1] = np.random.default_rng(0).uniform(-1, 1, len(X))
    for init in ([[3, 0], [-3, 0]], [[-3, 0], [3, 0]], [[9, 0], [3, 0], [-3, 0], [3, 0]]):
        model = fitted(X, np.array(init, dtype=dtype), algorithm="boxes", max_iter=1, tol=0)
        assert_same_bits(model, fitted(X, np.array(init, dtype=dtype), algorithm="lloyd", max_iter=1, tol=0))
    assert_boxes_agree(X, np.array([[3, 0.5], [-3, 0.5], [3, -0.5], [-3, -0.5]], dtype=dtype))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_centers_that_nearly_coincide(dtype):
    # A comparison of boxes without its margin, or in the wrong place, would choose between them at will.
    X = blobs(50_000, 2, 5, seed=8, dtype=dtype) + dtype(1e4)
    one = X[0]
    step = np.spacing(one)
    init = np.array([one, one + step, one - step, one + step * [1, 0], one + step * [0, 1]], dtype=dtype)
    assert_boxes_agree(X, init, max_iter=3)
    assert_boxes_agree(X, init[::-1].copy(), max_iter=3)


@pytest.mark.parametrize("seed", range(20))
def test_a_box_leaves_to_the_referee_what_rounding_could_turn(seed):
    # Two centers at the same distance but for the order in which squares are added, which is the referee's to choose.
    a, b, c = np.random.default_rng(seed).uniform(1, 2, 3)
    X = np.zeros((300, 3))
    for init in ([[a, b, c], [a, c, b]], [[a, c, b], [a, b, c]], [[b, a, c], [c, a, b], [a, b, c], [a, c, b]]):
        assert_boxes_agree(X, np.array(init), max_iter=1)


@pytest.mark.parametrize("d", FEATURES)
def test_heavy_tails(d):
    rng = np.random.default_rng(d)
    X = rng.standard_cauchy((50_000, d))
    X[17] = 1e6
    assert_boxes_agree(X, some_rows(X, 30))
    assert_boxes_agree(X.astype(np.float32), some_rows(X, 30))
    X = 10.0 ** rng.uniform(-12, 12, (50_000, d)) * rng.choice([-1, 1], (50_000, d))  # crowds within crowds
    assert_boxes_agree(X, some_rows(X, 30))


@pytest.mark.parametrize("d", FEATURES)
def test_all_points_equal_but_one(d):
    X = np.full((40_000, d), 0.1)
    X[39_000] = 5.0
    assert_boxes_agree(X, np.vstack([X[0], X[39_000], np.full(d, 2.0)]))


@pytest.mark.parametrize("dtype", TYPES)
def test_empty_clusters_are_filled_behind_its_back(dtype):
    X = blobs(30_000, 2, 5, seed=3, dtype=dtype)
    init = np.vstack([X[:4], np.full((9, 2), 250, dtype=dtype)])
    assert_boxes_agree(X, init)
    assert_boxes_agree(X, init, some_weights(len(X), seed=2))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_common_offset_and_strides(dtype):
    X = blobs(40_000, 3, 6, seed=6, dtype=dtype) + dtype(1e4)
    assert_boxes_agree(X, X[:25])
    wide = np.zeros((40_000, 5), dtype=dtype)
    wide[:, 1:4] = X
    assert_boxes_agree(wide[::-1, 1:4], X[:25])


@pytest.mark.parametrize("scale", [1e-200, 1e-120, 1e-30, 1e30, 1e145, 1e150])
def test_values_of_every_size(scale):
    X = blobs(3000, 2, 6, seed=5) * scale
    X[7] *= 1e4
    lloyd = fitted(X, X[:24], algorithm="lloyd", tol=0)
    assert_same_bits(fitted(X, X[:24], algorithm="boxes", tol=0), lloyd)


def test_sums_of_several_limbs():
    X = blobs(30_000, 2, 6, seed=9)
    X *= np.where(np.random.default_rng(0).random(X.shape) < 0.3, 2.0**-70, 1.0)
    assert_boxes_agree(X, some_rows(X, 20))
    X *= np.where(np.random.default_rng(1).random(X.shape) < 0.3, 2.0**-300, 1.0)
    assert_boxes_agree(X, some_rows(X, 20))


def test_runs_share_one_tree():
    X = blobs(40_000, 2, 8, seed=11, dtype=np.float32)
    fits = [
        KMeans(9, n_init=4, random_state=0, algorithm=algorithm, init="random").fit(X)
        for algorithm in ("lloyd", "boxes")
    ]
    assert_same_bits(*fits)


def test_more_features_fall_back_to_lloyd():
    X = blobs(3000, 4, 5, seed=0)
    assert fitted(X, X[:5], algorithm="boxes").algorithm_ == "lloyd"


@pytest.mark.parametrize("dtype", TYPES)
def test_auto_chooses_boxes_for_many_points(dtype):
    X = blobs(300_000, 2, 8, seed=0, dtype=dtype)
    init = some_rows(X, 16)
    auto = fitted(X, init, max_iter=20)
    assert auto.algorithm_ == "boxes"
    assert_same_bits(auto, fitted(X, init, max_iter=20, algorithm="lloyd"))
    assert fitted(X[:300], init[:3]).algorithm_ == "lloyd"


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 400), st.integers(1, 3), st.integers(1, 30), st.integers(0, 2**31), st.sampled_from([1, 4, 1000]))
def test_boxes_are_the_oracles(n, d, k, seed, levels):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, levels + 1, (n, d)) / 4
    k = min(k, n)
    assert "boxes" in _core.ALGORITHMS  # which check() walks
    check(X, X[rng.choice(n, k, replace=False)], tol=0)
