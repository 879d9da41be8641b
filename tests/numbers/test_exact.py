"""Exact sums and the referee's labels, where floats are at their worst."""

import math
from fractions import Fraction

import numpy as np
import pytest
import reference
from helpers import assert_same_bits, bits, blobs, check, fitted, some_weights
from hypothesis import given, settings
from hypothesis import strategies as st

import pykmeans
from pykmeans import KMeans

# ---------------------------------------------------------------- centers

# An inertia beyond the largest double is an error, so values of one cluster may differ by 1e150 at most.
COLUMNS = {
    "cancellation": [1e16, 1.0, -1e16, 1.0, 1.0, -3.0, 1e16, -1e16],
    "cancellation to nothing": [1e100, 1.0, -1e100, 1e-30, -1.0, -1e-30],
    "cancellation to a rest": [1e150, 3.0, -1e150, 1e-5, 1e60, -1e60, 7e-12],
    "mixed signs": [0.1, -0.2, 0.3, -0.4, 0.5, -0.6, 1e-17, 0.7],
    "half way, decided far below": [1.0, 2.0**-53, 2.0**-300, 0.0],
    "half way, to even": [1.0, 2.0**-53, 0.0, 0.0],
    "many magnitudes": [10.0**e * (-1) ** e for e in range(-150, 150, 7)],
    "subnormal": [5e-324, 1e-323, -5e-324, 4e-320, 2.5e-310],
    # The mean is odd + 1/3 units: rounded to 53 bits first it would be odd + 1/2, and then even.
    "subnormal, to be rounded once": [(2**51 + 1) * 5e-324, (2**51 + 1) * 5e-324, (2**51 + 2) * 5e-324],
    "smallest twice": [5e-324, 5e-324],
    "smallest and nothing": [5e-324, 0.0],
    "least normal": [2.2250738585072014e-308, -2.2250738585072009e-308, 1e-320],
    "zeros of both signs": [0.0, -0.0, -0.0],
    "1e-300 beside 1e150": [1e-300, 1e150, 1e-300, -1e150],
}


@pytest.mark.parametrize("name", COLUMNS)
def test_center_is_fsum_of_the_members(name):
    column = np.array(COLUMNS[name])
    expected = math.fsum(column) / len(column)
    for seed in range(6):
        values = np.random.default_rng(seed).permutation(column)
        model = fitted(values[:, None], [[values[0]]])
        assert bits(model.cluster_centers_) == bits(np.array([[expected]]))
    check(column[:, None], [[column[0]]])


@pytest.mark.parametrize("repeats", [1, 300, 5000])
def test_centers_are_fsum_in_any_order_and_in_any_blocks(repeats):
    # All columns at once, so that each feature needs a unit of its own; many rows, so that several blocks are merged.
    rng = np.random.default_rng(repeats)
    n = 47
    X = np.column_stack([np.resize(c, n) for c in COLUMNS.values() if max(map(abs, c)) < 1e149])
    X = np.repeat(X, repeats, axis=0)
    expected = np.array([[math.fsum(c) / len(c) for c in X.T]])
    for threads in (1, 2, 3):
        for _ in range(2):
            rows = rng.permutation(X)
            model = fitted(rows, rows[:1], n_threads=threads, max_iter=2)
            assert bits(model.cluster_centers_) == bits(expected)


@pytest.mark.parametrize("below", [-(2.0**-100), 0.0, 2.0**-100])
@pytest.mark.parametrize("half", [0.5, 1.5, -0.5])
@pytest.mark.parametrize("copies", [2, 8, 16, 32, 64, 128])
def test_sums_half_way_between_doubles(copies, half, below):
    # Two limbs, of which the lower one decides: its unit is 2^-100, that of the upper one 2^-49.
    half *= np.spacing(float(copies))
    parts = [1.0] * copies + [0.25 + half, -0.25, below + 2.0**-48, -(2.0**-48)]
    column = np.array(parts + [0.0] * (512 - len(parts)))  # a power of two of them: the division rounds nothing
    for sign in (1.0, -1.0):
        model = fitted(sign * column[:, None], [[0.0]])
        assert bits(model.cluster_centers_) == bits(np.array([[sign * math.fsum(column) / len(column)]]))


def test_tiny_and_huge_clusters_beside_each_other():
    # 1e-300 beside 1e300 in one column: no fixed point of a few words holds both, and one is nothing next to the other.
    X = np.array([[1e300], [3e-300], [1e300], [1e-300], [1e300], [1e-300]])
    model = fitted(X, [[1e300], [0.0]])
    np.testing.assert_array_equal(model.labels_, [0, 1, 0, 1, 0, 1])
    np.testing.assert_array_equal(model.cluster_centers_, [[1e300], [math.fsum([3e-300, 1e-300, 1e-300]) / 3]])
    assert model.inertia_ == 0
    check(X, [[1e300], [0.0]])


@pytest.mark.parametrize("value", [1e308, 1.7976931348623157e308])
def test_sums_beyond_the_largest_double(value):
    X = np.repeat([[value, -value], [-value, 1.0]], [4, 8], axis=0)  # powers of two: the means are the values
    model = fitted(X, X[[0, -1]])
    np.testing.assert_array_equal(model.cluster_centers_, X[[0, -1]])
    assert model.inertia_ == 0
    check(X, X[[0, -1]])
    check(X, X[[0, -1]], np.full(12, 2.0**900))


def test_inertia_beyond_the_largest_double_is_an_error():
    X = np.array([[1e200], [-1e200], [0.0]])
    with pytest.raises(ValueError, match="inertia"):
        KMeans(1).fit(X)
    with pytest.raises(ValueError, match="inertia"):
        fitted(X, X[:2])
    assert KMeans(3, random_state=0).fit(X).inertia_ == 0


def test_weights_enter_exactly():
    # 0.1 * 3 is not 0.3 in float64: a product rounded before it is added shows in the last bit.
    rng = np.random.default_rng(0)
    differ = 0
    for n in (3, 10, 101):
        for _ in range(20):
            X, w = rng.uniform(-1, 1, (n, 1)), rng.uniform(0, 1, n)
            total = sum(Fraction(a) * Fraction(b) for a, b in zip(X[:, 0], w, strict=True))
            size = math.fsum(w)
            expected = float(reference.round53(total) / Fraction(size))
            assert fitted(X, X[:1], w).cluster_centers_[0, 0] == expected
            differ += math.fsum(X[:, 0] * w) / size != expected
    assert differ > 5


@pytest.mark.parametrize(
    "weights", [[1e-300, 1e-290, 1e-310, 5e-324], [1e300, 1e290, 1.0, 1e308], [1e200, 1e-200, 1, 0]]
)
@pytest.mark.parametrize("size", [1e-150, 1.0, 1e-3])
def test_weights_of_any_size(weights, size):
    X = np.array([[1.0, 0.3], [0.7, -1 / 3], [-1.0, 0.9], [0.1, 1e-9]]) * size
    w = np.array(weights, dtype=np.float64)
    with np.errstate(over="ignore"):
        if size == 1.0 and max(weights) > 1e307:
            w = w / 16  # keeps the inertia below the largest double
    check(X, X[:1], w)
    check(X, X[:2], w)


def test_small_weights_beside_a_large_one():
    # The large weight is on its center: what is left is less by a factor beyond the range of a double.
    X = np.array([[0.0], [1.0], [1000.0]])
    w = np.array([2.0**-1000, 2.0**-1000, 2.0**200])
    model = fitted(X, [[0.0], [1000.0]], w, tol=0)
    np.testing.assert_allclose(model.inertia_history_, [2.0**-1000, 2.0**-1001], rtol=1e-9, atol=0)
    assert model.inertia_ == 2.0**-1001
    check(X, [[0.0], [1000.0]], w, tol=0)


wide = st.floats(-1e140, 1e140, allow_subnormal=True)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.tuples(wide, wide), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_any_floats(rows, random):
    X = np.array(rows)
    expected = [[math.fsum(c) / len(c) for c in X.T]]
    random.shuffle(rows)
    np.testing.assert_array_equal(fitted(np.array(rows), X[:1]).cluster_centers_, expected)
    check(X, X[: (len(X) + 1) // 2], max_iter=2)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(wide, st.floats(1e-150, 1e5), st.floats(-(2.0**120), 2.0**120, width=32)), min_size=1, max_size=20
    )
)
def test_any_weights(rows):
    x, w, y = (np.array(column) for column in zip(*rows, strict=True))
    check(np.column_stack([x, x[::-1]]), [[x[0], x[-1]]], w, max_iter=2)
    check(y.astype(np.float32)[:, None], [[y[0]], [y[-1]]][: len(y)], w, max_iter=3)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_float_extremes(dtype):
    info = np.finfo(dtype)
    big = float(info.max) if dtype == np.float32 else 1e150
    values = [big, -big, float(info.tiny), float(info.smallest_subnormal), 1.0, -1.0, 0.0, big / 2]
    X = np.array([[a, b] for a in values for b in values], dtype=dtype)
    for k in (1, 2, 7):
        check(X, X[::9][:k])


def test_inertia_is_summed_exactly():
    # One large term and 2**20 that vanish next to it one by one, but not together.
    n = 2**20
    X = np.full((n + 2, 1), 2.0**-14)
    X[::2] *= -1
    X[:2] = [[2.0**13], [-(2.0**13)]]
    model = fitted(X, [[0.0]])
    assert model.cluster_centers_[0, 0] == 0
    assert model.inertia_ == 2 * 2.0**26 + n * 2.0**-28


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("d", [1, 3, 9])
def test_inertia_of_distances_of_all_sizes(d, weighted):
    # From near the largest that X allows down to far below the last bit that a few limbs hold.
    rng = np.random.default_rng(d)
    sizes = 2.0 ** rng.integers(-110, 20, (3000, 1))
    X = (sizes * rng.uniform(-1, 1, (3000, d))).astype(np.float32)
    w = some_weights(3000, seed=d) * 2.0 ** rng.integers(-60, 60, 3000) if weighted else None
    centers = np.zeros((2, d), dtype=np.float32)
    centers[1, 0] = 2.0**19
    model = fitted(X, centers, sample_weight=w, max_iter=1, tol=0)
    X64, centers64 = X.astype(np.float64), model.cluster_centers_.astype(np.float64)
    distances = reference.distances(X64, centers64)[np.arange(3000), model.labels_]
    for c in range(2):
        mine = model.labels_ == c
        weights = None if w is None else w[mine]
        assert model.cluster_inertia_[c] == float(reference.exact_sum(distances[mine], weights))


def test_inertia_of_a_million_distances():
    X = np.random.default_rng(0).standard_normal((2**20, 1))
    model = fitted(X, [[0.5]], max_iter=1, tol=0, n_threads=1)
    assert model.inertia_ == math.fsum(((X - model.cluster_centers_) ** 2)[:, 0])


# ---------------------------------------------------------------- labels


def near_ties(d, k, offset, dtype, seed, n=600):
    """Points within rounding of a bisector of two of the centers, and the centers."""
    rng = np.random.default_rng(seed)
    centers = (offset + rng.uniform(-1, 1, (k, d))).astype(dtype)
    a, b = (centers[rng.integers(0, k, n)].astype(np.float64) for _ in range(2))
    along = b - a
    length = (along * along).sum(axis=1, keepdims=True)
    aside = rng.uniform(-0.3, 0.3, (n, d))
    aside -= along * ((aside * along).sum(axis=1, keepdims=True) / np.where(length > 0, length, 1))
    X = ((a + b) / 2 + aside * rng.integers(0, 2, (n, 1))).astype(dtype)
    steps = rng.integers(-2, 3, (n, d)) * rng.integers(0, 2, (n, 1))
    return X + (steps * np.spacing(np.abs(X))).astype(dtype), centers


def assert_labels_are_the_referees(X, centers):
    labels, best, scale = reference.nearest(X.astype(np.float64), centers.astype(np.float64))
    found, distances = pykmeans.assign(X, centers)
    np.testing.assert_array_equal(found, labels)
    np.testing.assert_array_equal(distances, np.ldexp(best, -2 * scale))
    model = fitted(X, centers, max_iter=1, tol=0)
    start = reference.fit(X, centers, max_iter=1)
    assert bits(model.cluster_centers_) == bits(start.centers)
    np.testing.assert_array_equal(model.labels_, start.labels)
    return labels


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("offset", [0.0, 1.0, 1e4, 1e7])
@pytest.mark.parametrize("d", [1, 2, 3, 8, 16, 17, 50])
def test_points_within_rounding_of_a_bisector(d, offset, dtype):
    misled = 0
    for k in (2, 3, 12):
        X, centers = near_ties(d, k, offset, dtype, seed=d + k)
        labels = assert_labels_are_the_referees(X, centers)
        # The usual way to score, |c|^2 - 2 x.c in the type of the data.
        misled += np.sum(((centers * centers).sum(axis=1) - 2 * (X @ centers.T)).argmin(axis=1) != labels)
    assert misled > 0  # or these points would test nothing


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8])
@pytest.mark.parametrize("d", [1, 2, 3, 4])
def test_integer_grids_full_of_ties(d, dtype):
    side = {1: 200, 2: 24, 3: 9, 4: 6}[d]
    X = np.stack(np.meshgrid(*[np.arange(side)] * d), axis=-1).reshape(-1, d).astype(dtype)
    rng = np.random.default_rng(d)
    for k in (2, 5, 16, 33):
        centers = X[rng.integers(0, len(X), k)].astype(reference.center_type(X))
        assert_labels_are_the_referees(X, centers)
        check(X, centers, tol=0, max_iter=8)
    if dtype != np.uint8:
        assert_labels_are_the_referees(X, X[rng.integers(0, len(X), 16)] + dtype(0.5))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("d", [1, 5, 16, 40])
def test_duplicates_of_centers_go_to_the_lowest_index(d, dtype):
    X = blobs(500, d, 6, seed=d, dtype=dtype)
    once = blobs(7, d, 6, seed=d + 1, dtype=dtype)
    labels = assert_labels_are_the_referees(X, once)
    for centers in (np.vstack([once] * 5), np.repeat(once, 3, axis=0)):
        found = pykmeans.assign(X, centers)[0]
        stride = 1 if len(centers) == 35 else 3
        np.testing.assert_array_equal(found, labels * stride)
        assert_labels_are_the_referees(X, centers)
    # Centers one ulp apart: not duplicates.
    assert_labels_are_the_referees(
        X, np.vstack([once, np.nextafter(once, dtype(100)), np.nextafter(once, dtype(-100))])
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_points_on_their_centers(dtype):
    X = blobs(400, 9, 4, seed=1, dtype=dtype) + dtype(1000)
    model = fitted(X, X)
    np.testing.assert_array_equal(model.labels_, np.arange(400))
    assert model.inertia_ == 0
    np.testing.assert_array_equal(model.inertia_history_, [0])


@pytest.mark.parametrize("spread", [1e-6, 1e-9, 1e-13])
def test_centers_closer_than_float32_can_tell(spread):
    # Half of the rows lie in a ball that float32 sees as one point from where the other half is; so do most centers.
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (2000, 5))
    X[::2] = 0.7 + spread * rng.standard_normal((1000, 5))
    init = np.vstack([X[:80:2], X[1:8:2]])
    expected = check(X, init, max_iter=6, tol=0)
    assert len(np.unique(expected.labels)) == 44
    check(X, init, some_weights(2000, seed=0), max_iter=6, tol=0)
    labels, _, _ = reference.nearest(X, init)
    np.testing.assert_array_equal(pykmeans.assign(X, init)[0], labels)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_more_features_than_float32_can_add_up(dtype):
    X = blobs(40, 100_001, 3, seed=0, dtype=dtype)
    centers = X[:3] + dtype(0.5)
    labels, best, _ = reference.nearest(X.astype(np.float64), centers.astype(np.float64))
    found, distances = pykmeans.assign(X, centers)
    np.testing.assert_array_equal(found, labels)
    np.testing.assert_array_equal(distances, best)


@pytest.mark.parametrize("outlier", [1e30, -3e38])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_one_outlier(dtype, outlier):
    # Squares of the outlier overflow float32, and a mean that includes it says nothing of the other rows.
    X = blobs(500, 6, 5, seed=3, dtype=dtype)
    X[77, 2] = outlier
    for k in (2, 6):
        init = X[:k].copy()
        check(X, init)
        init[-1] = X[77]
        check(X, init)


@pytest.mark.parametrize("outlier", [1e160, 1e200, 1e300, -1.7e308])
def test_one_outlier_beyond_the_squares_of_float64(outlier):
    X = blobs(200, 3, 3, seed=3)
    X[50, 1] = outlier
    check(X, X[[0, 1, 2, 50]])  # of the other rows the scaled squares tell little, or nothing
    check(X, X[[50, 0, 0, 0]])


@pytest.mark.parametrize("size", [1e-200, 1e-160, 1e-300, 1e-310, 1e100, 1e140, 1e150])
def test_data_whose_squares_leave_float64(size):
    X = blobs(300, 4, 5, seed=6) * size
    check(X, X[:5])
    check(X, X[:5], some_weights(300, seed=0))
    labels, _, _ = reference.nearest(X, X[:5])
    np.testing.assert_array_equal(pykmeans.assign(X, X[:5])[0], labels)


def test_data_near_1e160():
    # The blobs are 1e160 apart and 1e145 wide.
    rng = np.random.default_rng(0)
    X = rng.integers(-1, 2, (300, 3)) * 1e160 + rng.uniform(-1, 1, (300, 3)) * 1e145
    distinct = np.unique(np.round(X / 1e160), axis=0, return_index=True)[1]
    model = fitted(X, X[distinct])
    assert 0 < model.inertia_ < math.inf
    check(X, X[distinct])
    check(X, X[distinct] * (1 + 1e-15))


def test_tiny_data_cluster_as_the_same_data_do_at_size_one():
    X = blobs(400, 3, 5, seed=9)
    for exponent in (-700, -900, 300):
        tiny = np.ldexp(X, exponent)
        for threads in (1, 2):
            assert_same_labels_and_scaled_centers(fitted(X, X[:5], n_threads=threads), fitted(tiny, tiny[:5]), exponent)


def assert_same_labels_and_scaled_centers(at_one, at_other, exponent):
    np.testing.assert_array_equal(at_one.labels_, at_other.labels_)
    np.testing.assert_array_equal(np.ldexp(at_one.cluster_centers_, exponent), at_other.cluster_centers_)
    assert (at_one.n_iter_, at_one.stop_reason_) == (at_other.n_iter_, at_other.stop_reason_)


# ---------------------------------------------------------------- float32 far from the origin


@pytest.mark.parametrize("d", [2, 16])
def test_float32_blobs_shifted_by_1e4(d):
    # The blobs do not touch: centers rounded to float32 (an ulp at 1e4 is 2**-10) cannot move a label.
    rng = np.random.default_rng(d)
    places = 6.0 * np.stack(np.meshgrid(*[[-1, 1]] * d), axis=-1).reshape(-1, d)
    places = places[rng.permutation(len(places))[: min(8, len(places))]]
    own = rng.integers(0, len(places), 20_000)
    own[: len(places)] = np.arange(len(places))
    X = places[own] + rng.standard_normal((20_000, d))
    shifted = (X + 1e4).astype(np.float32)
    k = len(places)
    far = fitted(shifted, shifted[:k], tol=0)
    same_values = fitted(shifted.astype(np.float64), shifted[:k].astype(np.float64), tol=0)
    unshifted = fitted(X, X[:k], tol=0)
    np.testing.assert_array_equal(far.labels_, same_values.labels_)
    np.testing.assert_array_equal(far.cluster_centers_, same_values.cluster_centers_.astype(np.float32))
    assert np.mean(far.labels_ == unshifted.labels_) >= 0.999


def test_float32_blobs_that_touch_shifted_by_1e4():
    X = blobs(20_000, 8, 8, seed=8, spread=1.5)
    shifted = (X + 1e4).astype(np.float32)
    init = shifted[:8]
    far = fitted(shifted, init, tol=0)
    same_values = fitted(shifted.astype(np.float64), init.astype(np.float64), tol=0)
    unshifted = fitted(X, X[:8], tol=0)
    # Float32 data at 1e4 are what they are; a few points may sit between a bisector and that of the rounded centers.
    assert np.mean(far.labels_ == same_values.labels_) >= 0.999
    assert np.mean(far.labels_ == unshifted.labels_) >= 0.999


# ---------------------------------------------------------------- long columns of float32


def uniform_column(n):
    """float32 in [0, 1), and proof that a plain float32 sum of half of them is off."""
    x = np.random.default_rng(0).random(n, dtype=np.float32)
    half = x[x >= 0.5]
    plain = np.add.accumulate(half)[-1] / np.float32(len(half))  # accumulate adds one after the other
    assert abs(float(plain) - half.mean(dtype=np.float64)) > 64 * np.spacing(np.float32(0.75))
    return x[:, None]


def check_uniform_column(n):
    X = uniform_column(n)
    init = np.array([[0.1], [0.3]], dtype=np.float32)
    wide = X.astype(np.float64)
    # From the same start, one update gives the same means; float32 rounds them and nothing else.
    once = fitted(X, init, max_iter=1, tol=0)
    once_wide = fitted(wide, init.astype(np.float64), max_iter=1, tol=0)
    assert bits(once.cluster_centers_) == bits(once_wide.cluster_centers_.astype(np.float32))
    model = fitted(X, init, tol=0)
    model_wide = fitted(wide, init.astype(np.float64), tol=0)
    assert model.stop_reason_ == "labels"
    for j in range(2):
        members = X[model.labels_ == j, 0]
        assert model.cluster_centers_[j, 0] == np.float32(math.fsum(members) / len(members))
    # The float64 loop keeps unrounded centers, so the two may end a few points apart at the boundary.
    np.testing.assert_allclose(model.cluster_centers_, model_wide.cluster_centers_, rtol=0, atol=2**-22)
    np.testing.assert_allclose(model.cluster_centers_, [[0.25], [0.75]], rtol=0, atol=3 / math.sqrt(n))


def test_a_column_long_enough_for_a_float32_sum_to_drift():
    # With 2**21 rows the sums pass 2**18, where a float32 keeps 2**-6 at best; uniform_column() proves the drift.
    check_uniform_column(2**21)


@pytest.mark.slow
def test_a_column_of_37_million_rows():
    # Beyond 2**24 / .75 rows a float32 sum stops growing altogether.
    check_uniform_column(37_000_000)


# ---------------------------------------------------------------- any blocks


def test_row_order_never_shows():
    X = blobs(5000, 7, 6, seed=2)
    w = some_weights(5000, seed=2)
    first = fitted(X, X[:6], w)
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(5000)
        other = fitted(X[order], X[:6], w[order], n_threads=seed + 1)
        assert_same_bits(first, other, labels_too=False)
        np.testing.assert_array_equal(first.labels_[order], other.labels_)


def test_history_of_light_clusters_beside_a_very_heavy_one():
    # The heavy rows lie on the origin and add nothing; what is left is 1e320 times lighter.
    X = np.array([[s * v] for v in (1.0, 2.0, 3.0, 4.0) for s in (1, -1, 1, -1)] + [[0.0], [0.0]])
    X[:16] += np.random.default_rng(159).uniform(-0.2, 0.2, (16, 1))
    w = np.array([1e-20] * 16 + [1e300] * 2)
    check(X, np.array([[-4.0], [-1.0], [0.0], [1.0], [4.0]]), w, tol=0)


@pytest.mark.parametrize("offset", [0.0, 1e3, 1e6, 1e8])
def test_history_of_data_far_from_zero(offset):
    # The terms of the objective grow with the offset, what is left of them does not: float64 is no longer enough.
    X = np.round(blobs(300, 3, 6, 5), 3) + offset
    model = fitted(X, X[:6], tol=0, max_iter=8)
    values = [[Fraction(value) for value in row] for row in X]
    for i, objective in enumerate(model.inertia_history_):
        centers = fitted(X, X[:6], tol=0, max_iter=i).cluster_centers_ if i else X[:6]
        labels = pykmeans.assign(X, centers)[0]
        exact = sum(
            (x - Fraction(c)) ** 2
            for row, label in zip(values, labels, strict=True)
            for x, c in zip(row, centers[label], strict=True)
        )
        assert abs(Fraction(objective) / exact - 1) < Fraction(1, 10**9)


def test_history_where_many_features_round_alike():
    # Features that repeat a value repeat its rounding error, too.
    T, d = 1.5555555555555556, 16000
    X = np.full((4, d), T)
    X[0, :160] += 1e-3
    X[1, :160] -= 1e-3
    check(X, np.zeros((1, d)), tol=0)
