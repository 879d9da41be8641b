"""Every metric where floats are at their worst: weights, categories, sizes, and labels that hang on the last bits."""

import math

import numpy as np
import pytest
import reference
from helpers import assert_assigned, assert_same_bits, bits, blobs, check, fitted, some_weights, table

import pykmeans
from pykmeans import _core, kmeans_plusplus

TYPES = [np.float32, np.float64, np.uint8]
ALL = ["manhattan", "cosine", "hamming", "mixed"]


# ---------------------------------------------------------------- medians and modes


@pytest.mark.parametrize("n", [2, 4, 6, 10, 60, 1000])
@pytest.mark.parametrize("weight", [None, 0.1, 1e-320, 1e300])
def test_a_median_at_exactly_half(n, weight):
    # Of 0.1 a running sum in float64 is above or below n / 2 of them, as it happens; exactly it is half.
    X = np.random.default_rng(n).permutation(np.arange(n, dtype=np.float64))[:, None] * 1e-4
    w = None if weight is None else np.full(n, weight)
    model = fitted(X, [[0.0]], w, metric="manhattan")
    np.testing.assert_array_equal(model.cluster_centers_, [np.sort(X, axis=0)[(n - 1) // 2]])
    check(X, [[0.0]], w, metric="manhattan")


@pytest.mark.parametrize("dtype", TYPES)
def test_weights_are_added_exactly(dtype):
    # Ten times 0.1 is a little more than 1, and 0.9999999999999999 where it is added in float64.
    w = np.array([1.0] + [0.1] * 10)
    assert np.add.accumulate(w[1:])[-1] < 1
    for one, other in ((0, 1), (1, 0)):
        X = np.array([[one]] + [[other]] * 10, dtype=dtype)
        for metric in ("manhattan", "hamming"):
            assert fitted(X, [[0.0]], w, metric=metric).cluster_centers_[0, 0] == other
            check(X, [[0.0]], w, metric=metric)
    # 0.1 + 0.2 is a little more than 0.3, and 0.5 + 0.25 is exactly 0.75: the least of equal ones.
    for w, values, expected in (
        ([0.3, 0.1, 0.2], [1, 2, 2], 2),
        ([0.75, 0.5, 0.25], [1, 2, 2], 1),
        ([0.75, 0.5, 0.25], [2, 1, 1], 1),
    ):
        X = np.array(values, dtype=dtype)[:, None]
        for metric in ("manhattan", "hamming"):
            assert fitted(X, [[0.0]], np.array(w), metric=metric).cluster_centers_[0, 0] == expected


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("metric", ALL)
def test_weights_of_any_size(metric, dtype):
    rng = np.random.default_rng(0)
    for seed in range(6):
        X, how = table(metric, 60, 3, 4, seed=seed, dtype=dtype)
        w = 10.0 ** rng.uniform(-300, 300, 60)
        w[rng.random(60) < 0.3] = [1e-300, 3e-320, 1e300, 0.0, 1.0, 2.0**-1074][seed]
        check(X, X[np.argsort(-w)[:5]], w, **how)
        # A power of two apart, so that sums are within an ulp of the smallest of each other.
        w = np.ldexp(1.0, rng.integers(-20, 3, 60) * 50)
        check(X, X[:5], w, **how)
        check(X, X[:5], np.full(60, 3e-320), **how)


@pytest.mark.parametrize("metric", ["manhattan", "hamming"])
def test_zeros_of_both_signs_are_one_value(metric):
    # The third zero makes zero the median and the mode; no sign is left of it.
    X = np.array([[-0.0, 1.0], [0.0, 1.0], [-0.0, -0.0], [3.0, 1.0], [3.0, -0.0], [-2.0, 3.0]])
    for dtype in (np.float32, np.float64):
        for order in (np.arange(6), np.arange(6)[::-1]):
            model = fitted(X[order].astype(dtype), [[-0.0, -0.0]], metric=metric)
            assert bits(model.cluster_centers_) == bits(np.array([[0.0, 1.0]], dtype=dtype))
            check(X[order].astype(dtype), [[-0.0, -0.0]], metric=metric)
    D = pykmeans.assign(X[:3], np.array([[0.0, 0.0]]), metric=metric)[1]
    np.testing.assert_array_equal(D, [1, 1, 0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_medians_of_values_an_ulp_apart(dtype):
    for size in (1.0, 1e-30, 1e30, 1e4):
        rng = np.random.default_rng(0)
        X = np.full((500, 2), size, dtype=dtype)
        X += np.spacing(X) * rng.integers(-40, 40, X.shape).astype(dtype)
        for w in (None, some_weights(500, seed=1)):
            check(X, X[:3], w, metric="manhattan")


# ---------------------------------------------------------------- categories


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("d", [1, 15, 16, 17, 63, 64, 65, 254, 255, 256, 257, 511, 600, 4100])
def test_many_columns_of_categories(d, dtype):
    rng = np.random.default_rng(d)
    X = rng.integers(0, 3, (60, d)).astype(dtype)
    X[1] = (X[0] + 1) % 3  # so that a row differs in all of its columns
    how = {"metric": "hamming"}
    assert_assigned(X, X[:7], **how)
    assert pykmeans.assign(X[:1], X[1:2].astype(reference.center_type(X)), metric="hamming")[1][0] == d
    check(X, X[:4], some_weights(60, seed=d), max_iter=4, **how)
    if d > 1:
        check(X, X[:4], max_iter=4, metric="mixed", n_numeric=1, gamma=0.1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_many_categories_in_a_column(dtype):
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.integers(0, m, 3000) for m in (256, 257, 400, 1500)]).astype(dtype)
    X[:2000, 0] = 256 + 7  # a byte would have it as 7
    X[2000:, 0] = 7
    check(X, X[[0, 1, 2500]], max_iter=5, metric="hamming")
    check(X, X[[0, 1, 2500]], some_weights(3000, seed=0), max_iter=5, metric="hamming")


@pytest.mark.parametrize("dtype, largest", [(np.float32, 2**24), (np.float64, 2**53), (np.float64, 2**33)])
def test_large_and_negative_codes(dtype, largest):
    rng = np.random.default_rng(0)
    X = (largest - rng.integers(0, 4, (300, 5))).astype(dtype)
    X[::2, ::2] *= -1
    check(X, X[:6], metric="hamming")
    check(X, X[:6], some_weights(300, seed=0), metric="hamming")


def test_every_byte_is_a_category():
    X = np.random.default_rng(0).integers(0, 256, (4000, 3)).astype(np.uint8)
    X[:, 2] = np.where(X[:, 2] < 128, 255, 0)
    check(X, X[:20], max_iter=4, metric="hamming")
    assert_assigned(X, np.array([[0.0, 255, 255], [255, 0, 0], [256, 511, -1], [300, 1, 0]]), metric="hamming")


# ---------------------------------------------------------------- sizes


@pytest.mark.parametrize("size", [5e-324, 1e-310, 1e-300, 1e-200, 1e-100, 1e100, 1e200, 1e300])
@pytest.mark.parametrize("metric", ["manhattan", "cosine"])
def test_data_of_any_size(metric, size):
    X = np.round(np.clip(blobs(300, 4, 5, seed=6) * 8, -90, 90)) * size
    X = X[X.any(axis=1)]
    for w in (None, some_weights(len(X), seed=0)):
        check(X, X[:5], w, metric=metric)
    assert_assigned(X, X[:9], metric=metric)
    for seed in range(3):
        rows = kmeans_plusplus(X, 7, random_state=seed, metric=metric)[1]
        np.testing.assert_array_equal(rows, reference.plus_plus(X, 7, seed, metric=metric))


@pytest.mark.parametrize("n, d, k", [(5000, 3, 20), (9000, 12, 90), (5000, 40, 450)])
def test_cosine_does_not_see_the_size_of_a_row(n, d, k):
    """Each row times a power of two of its own, in whatever order rows are looked at."""
    X = np.round(np.clip(blobs(n, d, 30, seed=d) * 8, -90, 90))
    X[~X.any(axis=1)] = 1
    rng = np.random.default_rng(d)
    how = {"metric": "cosine", "max_iter": 4, "tol": 0}
    expected = fitted(X, X[:k], **how)
    seeds = kmeans_plusplus(X, k, random_state=1, metric="cosine")[1]
    for type, exponents in ((np.float64, (-1070, 1010)), (np.float32, (-140, 120))):
        sized = np.ldexp(X, rng.integers(*exponents, n)[:, None]).astype(type)
        for algorithm in _core.METRICS["cosine"]["algorithms"]:
            model = fitted(sized.astype(np.float64), X[:k], n_threads=2, algorithm=algorithm, **how)
            assert_same_bits(model, expected)
        np.testing.assert_array_equal(kmeans_plusplus(sized, k, random_state=1, metric="cosine")[1], seeds)
        if type is np.float32:
            points = [_core.Points(x, metric="cosine") for x in (X.astype(type), sized)]
            centers = expected.cluster_centers_
            for take in (_core.nearest, _core.transform, lambda p, c: _core.medoids(p, c, expected.labels_)):
                assert bits(take(points[0], centers)) == bits(take(points[1], centers))


@pytest.mark.parametrize("exponent", [-1000, -300, 3, 800])
def test_data_times_a_power_of_two(exponent):
    X = blobs(400, 3, 5, seed=9)
    scaled = np.ldexp(X, exponent)
    for metric, power in (("manhattan", 1), ("cosine", 0)):
        one, other = (fitted(x, x[:5], metric=metric, tol=0) for x in (X, scaled))
        np.testing.assert_array_equal(one.labels_, other.labels_)
        assert other.inertia_ == math.ldexp(one.inertia_, power * exponent)
        if metric == "manhattan":
            np.testing.assert_array_equal(np.ldexp(one.cluster_centers_, exponent), other.cluster_centers_)
        else:
            assert_same_bits(one, other)


def test_lengths_of_rows_are_nothing_to_cosine():
    X = blobs(400, 5, 6, seed=2)
    stretched = np.ldexp(X, np.random.default_rng(0).integers(-1000, 1000, (400, 1)))
    assert_same_bits(fitted(X, X[:6], metric="cosine"), fitted(stretched, stretched[:6], metric="cosine"))
    check(stretched, stretched[:6], metric="cosine")


def test_directions_with_columns_of_any_size():
    # What is 1e-200 of the largest of a row still counts where nothing else differs.
    rng = np.random.default_rng(1)
    for exponents in ((0, -100), (0, -180), (0, -300), (300, -300), (0, -310, -323)):
        X = rng.integers(1, 4, (120, len(exponents))) * 10.0 ** np.array(exponents)
        X[:, 0] = 10.0 ** exponents[0]
        for w in (None, some_weights(120, seed=1)):
            check(X, X[:4], w, metric="cosine", tol=0)
        assert_assigned(X, X[:4], metric="cosine")


@pytest.mark.parametrize("apart", [1e-6, 1e-9, 1e-13, 1e-16])
def test_directions_closer_than_their_cosine_can_tell(apart):
    rng = np.random.default_rng(0)
    X = 0.7 + apart * rng.standard_normal((600, 5))
    X[::3] = -X[::3]
    check(X, X[:8], metric="cosine", tol=0, max_iter=6)
    check(X.astype(np.float32), X[:8], metric="cosine", tol=0, max_iter=6)


def test_directions_that_cancel():
    # The sum of a cluster is 0, or the rest of large sums that cancel.
    rng = np.random.default_rng(0)
    half = rng.integers(-3, 4, (40, 3)).astype(float)
    half[~half.any(axis=1)] = 1
    for X in (np.vstack([half, -half]), np.vstack([half, -half, [[1e-9, 1, 0]]])):
        for k in (1, 2):
            check(X, X[:k], metric="cosine", tol=0)
    w = np.array([0.1, 0.1, 1e-300])
    X = np.array([[3.0, 4.0], [-3.0, -4.0], [1.0, 0.0]])
    check(X, [[0.0, 1.0]], w, metric="cosine", tol=0)


@pytest.mark.parametrize("outlier", [1e30, -3e38, 1e160, 1.7e308])
@pytest.mark.parametrize("metric", ["manhattan", "cosine", "mixed"])
def test_one_outlier(metric, outlier):
    for dtype in (np.float32, np.float64):
        if abs(outlier) > float(np.finfo(dtype).max):
            continue
        X, how = table(metric, 200, 4, 3, seed=3, dtype=dtype)
        X[50, 1] = outlier
        check(X, X[[50, 0, 1]], **how)
        if abs(outlier) < 1e100 or metric != "mixed":
            check(X, X[[0, 1, 2, 50]], **how)


def test_manhattan_at_the_end_of_the_range():
    largest = np.finfo(np.float64).max
    X = np.array([[largest, -largest], [-largest, largest], [0.0, 0.0], [largest, -largest]])
    model = fitted(X, X[:3], metric="manhattan")
    np.testing.assert_array_equal(model.labels_, [0, 1, 2, 0])
    assert model.inertia_ == 0
    check(X, X[:3], metric="manhattan")
    with pytest.raises(ValueError, match="inertia"):
        fitted(X, X[:2], metric="manhattan")
    with pytest.raises(ValueError, match=r"beyond the largest|too large"):
        model.transform(X)
    check(X / 8, X[:2] / 8, metric="manhattan")


def test_scaling_of_mixed():
    # Squares of 1e148 leave float64: all is scaled, and what a category counts is scaled along. Nothing is scaled up:
    # squares of 1e-170 vanish, and a category is all that counts.
    X, how = table("mixed", 100, 6, 4, seed=1)
    X = np.round(X)
    for size, gamma in ((1e90, 1e181), (1e100, 1e200), (1e148, 1e200), (1e-140, 1e-280), (1e-170, 1.0), (1.0, 1e-320)):
        scaled = X * np.array([size] * 3 + [1] * 3)
        check(scaled, scaled[:5], **(how | {"gamma": gamma}))
        assert_assigned(scaled, scaled[:20], **(how | {"gamma": gamma}))


# ---------------------------------------------------------------- labels that hang on the last bits


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("d", [1, 2, 3, 4])
@pytest.mark.parametrize("metric", ALL)
def test_integer_grids_full_of_ties(metric, d, dtype):
    side = {1: 200, 2: 20, 3: 8, 4: 5}[d]
    X = np.stack(np.meshgrid(*[np.arange(1, side + 1)] * d), axis=-1).reshape(-1, d).astype(dtype)
    how = {"metric": metric} | ({"n_numeric": d // 2, "gamma": 1.0} if metric == "mixed" else {})
    rng = np.random.default_rng(d)
    for k in (2, 16, 33):
        centers = X[rng.integers(0, len(X), k)]
        assert_assigned(X, centers, **how)
        check(X, centers, tol=0, max_iter=5, **how)
    if metric != "hamming":
        assert_assigned(X, X[rng.integers(0, len(X), 16)] + 0.5, **how)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("offset", [0.0, 1e4, 1e7])
@pytest.mark.parametrize("metric", ["manhattan", "cosine", "mixed"])
def test_rows_within_rounding_of_a_tie(metric, offset, dtype):
    rng = np.random.default_rng(0)
    for d, k in ((1, 9), (2, 30), (3, 50), (16, 40), (40, 33)):
        X = (rng.integers(1, 5, (700, d)) + offset).astype(dtype)
        p = (d + 1) // 2 if metric == "mixed" else d
        X[::3, :p] += (np.spacing(X[::3, :p]) * rng.integers(-1, 2, X[::3, :p].shape)).astype(dtype)
        how = {"metric": metric} | ({"n_numeric": p, "gamma": 1.0} if metric == "mixed" else {})
        centers = X[rng.choice(700, k, replace=False)]
        assert_assigned(X, centers, **how)
        halfway = centers.copy()
        halfway[:, :p] = (centers[:, :p].astype(np.float64) + X[:k, :p]) / 2
        assert_assigned(X, halfway, **how)
        check(X, centers, tol=0, max_iter=4, **how)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("beside", [1e-20, 1e-310, 2.0**-40])
def test_centers_beside_a_grid(beside, dtype):
    # In the frame of the filter, whose origin is one of the rows, the first center rounds to the second.
    rng = np.random.default_rng(0)
    for step in (1, 2) if dtype == np.uint8 else (1, 2, 0.5, 2.0**-30, 2.0**40):
        X = (rng.integers(3, 9, (500, 2)) * step).astype(dtype)
        X[::5] = 0
        labels = assert_assigned(
            X, np.array([[beside, 0], [0, 0], [5 * step, beside]]) * max(step, 1), metric="manhattan"
        )
        assert np.all(labels[::5] == (0 if beside == 1e-310 and dtype == np.float32 else 1))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("d", [1, 2, 5, 16, 70])
def test_rows_half_way_between_two_centers(d, dtype):
    # Anywhere in the box between two centers of equal sums, L1 distances tie but for rounding.
    rng = np.random.default_rng(d)
    for offset in (0.0, 3.0, 1000.0):
        ends = offset + rng.uniform(-1, 1, (2, d))
        middle = ends.mean(axis=0) + rng.uniform(-1e-9, 1e-9, (400, d))
        for steps in (0, 1, 1000):
            X = middle.astype(dtype)
            X += (np.spacing(X) * rng.integers(-steps, steps + 1, X.shape)).astype(dtype)
            assert_assigned(X, np.vstack([ends, ends + 5]), metric="manhattan")
            assert_assigned(X, np.vstack([ends, ends + 5]), metric="cosine")
            assert_assigned(X, np.vstack([ends, ends + 5]), metric="mixed", n_numeric=d, gamma=1.0)


@pytest.mark.parametrize("spread", [1e-6, 1e-9, 1e-13])
@pytest.mark.parametrize("metric", ["manhattan", "mixed"])
def test_centers_closer_than_float32_can_tell(metric, spread):
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (1000, 5))
    X[::2] = 0.7 + spread * rng.standard_normal((500, 5))
    how = {"metric": metric}
    if metric == "mixed":
        X[:, 3:] = np.round(X[:, 3:])
        how |= {"n_numeric": 3, "gamma": spread}
    init = np.vstack([X[:80:2], X[1:8:2]])
    check(X, init, max_iter=4, tol=0, **how)
    check(X, init, some_weights(1000, seed=0), max_iter=4, tol=0, **how)


@pytest.mark.parametrize("offset", [1e3, 1e5, 1e7])
@pytest.mark.parametrize("metric", ["manhattan", "cosine", "mixed"])
def test_float32_far_from_the_origin(metric, offset):
    X, how = table(metric, 1500, 6, 8, seed=4)
    X[:, :3] += offset
    X = X.astype(np.float32)
    check(X, X[:8], tol=0, max_iter=8, **how)
    if metric != "mixed":
        rows = kmeans_plusplus(X, 9, random_state=0, metric=metric)[1]
        np.testing.assert_array_equal(rows, kmeans_plusplus(X.astype(np.float64), 9, random_state=0, metric=metric)[1])


@pytest.mark.parametrize("gamma", [0.0, 1e-300, 1e-16, 1e-8, 1.0, 1e8, 1e16, 1e200])
def test_gamma_of_any_size(gamma):
    for dtype in TYPES:
        X, how = table("mixed", 300, 5, 6, seed=2, dtype=dtype)
        how["gamma"] = gamma
        check(X, X[:7], some_weights(300, seed=2) / 300, tol=0, max_iter=8, **how)
        assert_assigned(X, X[:30], **how)
