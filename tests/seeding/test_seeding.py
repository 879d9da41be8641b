"""The rows that the fit starts from: scikit-learn's, and the oracle's."""

import itertools
from bisect import bisect_left, bisect_right
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import numpy as np
import pytest
import reference
from helpers import assert_fit_is, assert_same_bits, blobs, fitted, some_weights
from hypothesis import given, settings
from hypothesis import strategies as st

from pykmeans import KMeans, _core, kmeans_plusplus

NAMES = ["iris", "digits", "wine", "breast_cancer", "china_sample"]
TYPES = [np.float32, np.float64, np.uint8]


@pytest.fixture
def data(request):
    """float64; the photograph's values in 0..1, as scikit-learn's own example takes them."""
    X = request.getfixturevalue(request.param)
    return X / 255.0 if X.dtype == np.uint8 else X


on_real_data = pytest.mark.parametrize("data", NAMES, indirect=True)


# scikit-learn's distances are rounded, |x|^2 - 2 x.y + |y|^2, so where two candidates tie it may take either.
# The only such case among those below:
TIE = ("breast_cancer", 17, 3)


@on_real_data
@pytest.mark.parametrize("k", [2, 3, 8, 17])
def test_the_rows_that_scikit_learn_picks(data, k, request):
    from sklearn.cluster import kmeans_plusplus as theirs

    for seed, trials in itertools.product(range(8), (None, 1)):
        if (request.node.callspec.params["data"], k, seed) == TIE and trials is None:
            continue  # the next test
        centers, rows = kmeans_plusplus(data, k, random_state=seed, n_local_trials=trials)
        their_centers, their_rows = theirs(data, k, random_state=seed, n_local_trials=trials)
        np.testing.assert_array_equal(rows, their_rows)
        np.testing.assert_array_equal(centers, their_centers)


def test_the_first_of_equal_candidates(breast_cancer):
    # At the 15th step two candidates are left that are each other's nearest seed and nobody else's: the potential is
    # the same whichever is taken, because the distance is symmetric. Row 352 was drawn first.
    rows = kmeans_plusplus(breast_cancer, 17, random_state=3)[1]
    d = reference.distances(breast_cancer, breast_cancer[rows[:15]]).min(axis=1)
    potentials = {
        row: reference.exact_sum(np.minimum(d, reference.distances(breast_cancer, breast_cancer[[row]])[:, 0]))
        for row in (180, 352)
    }
    assert potentials[180] == potentials[352]
    assert rows[15] == 352


@on_real_data
def test_the_rows_that_scikit_learn_picks_with_weights(data):
    from sklearn.cluster import kmeans_plusplus as theirs

    w = some_weights(len(data), seed=1)
    for k, seed in itertools.product((2, 8), range(5)):
        rows = kmeans_plusplus(data, k, sample_weight=w, random_state=seed)[1]
        np.testing.assert_array_equal(rows, theirs(data, k, sample_weight=w, random_state=seed)[1])
        assert np.all(w[rows] > 0)


@on_real_data
@pytest.mark.parametrize("k", [1, 2, 5, 30])
def test_the_rows_of_the_oracle(data, k):
    w = some_weights(len(data), seed=k)
    for weights, trials in ((None, None), (w, None), (None, 1), (w, 5)):
        options = {"random_state": k, "sample_weight": weights, "n_local_trials": trials}
        expected = reference.plus_plus(data, k, **options)
        np.testing.assert_array_equal(kmeans_plusplus(data, k, **options)[1], expected)


def test_the_generator_is_left_where_scikit_learn_leaves_it(iris):
    from sklearn.cluster import kmeans_plusplus as theirs

    for k, trials in itertools.product((1, 2, 7, 8, 20), (None, 1, 4)):
        ours, other = np.random.RandomState(5), np.random.RandomState(5)
        kmeans_plusplus(iris, k, random_state=ours, n_local_trials=trials)
        theirs(iris, k, random_state=other, n_local_trials=trials)
        assert ours.random_sample() == other.random_sample()


@pytest.mark.parametrize("name", ["iris", "digits", "wine", "breast_cancer"])
def test_float32_picks_what_float64_picks(name, request):
    X = request.getfixturevalue(name).astype(np.float32)
    for k, seed in itertools.product((2, 8, 20), range(4)):
        centers, rows = kmeans_plusplus(X, k, random_state=seed)
        np.testing.assert_array_equal(rows, kmeans_plusplus(X.astype(np.float64), k, random_state=seed)[1])
        assert centers.dtype == np.float32
        np.testing.assert_array_equal(centers, X[rows])


def test_uint8_picks_what_float64_picks(china_sample, digits):
    for X in (china_sample, digits.astype(np.uint8)):
        for k, seed in itertools.product((2, 8, 20), range(4)):
            rows = kmeans_plusplus(X, k, random_state=seed)[1]
            np.testing.assert_array_equal(rows, kmeans_plusplus(X.astype(np.float64), k, random_state=seed)[1])


def test_long_float32_columns_pick_what_float64_picks():
    # The running sums of scikit-learn's float32 stop growing here; see also test_exact.
    X = np.random.default_rng(0).random((2**20, 1), dtype=np.float32)
    for seed in range(3):
        rows = kmeans_plusplus(X, 4, random_state=seed)[1]
        np.testing.assert_array_equal(rows, kmeans_plusplus(X.astype(np.float64), 4, random_state=seed)[1])
        first = int(np.random.RandomState(seed).random_sample() * len(X))
        assert rows[0] == first


@pytest.mark.parametrize("dtype", TYPES)
def test_threads_never_show_in_the_picks(dtype):
    X = blobs(30_000, 5, 20, seed=0, dtype=dtype)
    w = some_weights(30_000, seed=0)
    for weights in (None, w):
        picks = [_pick(X, weights, 24, seed=3, trials=5, n_threads=t) for t in (1, 2, 3, 7)]
        for other in picks[1:]:
            np.testing.assert_array_equal(picks[0], other)
    expected = reference.plus_plus(X[:3000], 24, 3, w[:3000], 5)
    np.testing.assert_array_equal(_pick(X[:3000], w[:3000], 24, seed=3, trials=5, n_threads=2), expected)


def _pick(X, weights, k, seed, trials, n_threads):
    uniforms = np.random.RandomState(seed).random_sample(1 + (k - 1) * trials)
    return _core.plus_plus(_core.Points(X, weights, n_threads), k, uniforms, trials)


# ---------------------------------------------------------------- the ends of the interval, zeros, sizes

cell = st.integers(0, 3).map(float)
# A RandomState gives multiples of 2**-53.
ends = st.sampled_from([0, 1, 2**51, 2**52, 2**53 - 1])
uniform = (ends | st.integers(0, 2**53 - 1)).map(lambda i: i / 2**53)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.data(), st.sampled_from(TYPES))
def test_any_uniforms(data, dtype):
    n = data.draw(st.integers(1, 12))
    X = np.array(data.draw(st.lists(st.tuples(cell, cell), min_size=n, max_size=n))).astype(dtype)
    weights = data.draw(st.none() | st.lists(st.sampled_from([0.0, 1.0, 0.1, 1e-300, 1e17]), min_size=n, max_size=n))
    if weights is not None:
        weights = np.array(weights)
        weights[data.draw(st.integers(0, n - 1))] = 1.0
    k = data.draw(st.integers(1, n))
    trials = data.draw(st.integers(1, 3))
    uniforms = np.array(data.draw(st.lists(uniform, min_size=1 + (k - 1) * trials, max_size=1 + (k - 1) * trials)))
    picked = _core.plus_plus(_core.Points(X, weights), k, uniforms, trials)
    np.testing.assert_array_equal(picked, reference.plus_plus(X, k, 0, weights, trials, uniforms))
    if weights is not None:
        assert np.all(weights[picked] > 0)


def test_rows_of_no_weight_are_never_picked():
    X = blobs(100, 2, 4, seed=0)
    w = np.zeros(100)
    w[[20, 40, 60]] = 1
    last = np.nextafter(1.0, 0)
    for u, v in itertools.product((0.0, last), repeat=2):
        picked = _core.plus_plus(_core.Points(X, w), 3, np.array([u, v, v]), 1)
        assert set(picked) <= {20, 40, 60}
    for seed in range(50):
        assert set(kmeans_plusplus(X, 3, sample_weight=w, random_state=seed)[1]) == {20, 40, 60}
        model = KMeans(3, init="random", n_init=1, max_iter=1, random_state=seed).fit(X, sample_weight=w)
        assert set(map(tuple, model.cluster_centers_)) == set(map(tuple, X[[20, 40, 60]]))


def test_a_row_is_picked_where_its_prefix_sum_begins():
    # Weights 1, 2, 1: the prefix sums are 1, 3, 4. A u * total of exactly 1 belongs to the second row (from the right),
    # of exactly 3 to the third. After row 0 (at 0) the distances are 0, 1, 9, and w d is 0, 2, 9: a u * total of
    # exactly 2 belongs to the second row (from the left).
    X = np.array([[0.0], [1.0], [3.0]])
    w = np.array([1.0, 2.0, 1.0])
    for u, row in ((0.0, 0), (0.25, 1), (np.nextafter(0.25, 0), 0), (0.75, 2), (np.nextafter(0.75, 0), 1)):
        assert _core.plus_plus(_core.Points(X, w), 1, np.array([u]), 1)[0] == row
    for u, row in ((2 / 11, 1), (np.nextafter(2 / 11, 1), 2), (0.0, 0)):
        assert 2 / 11 * 11 == 2
        assert _core.plus_plus(_core.Points(X, w), 2, np.array([0.0, u]), 1)[1] == row


def test_more_seeds_than_distinct_rows():
    X = np.repeat([[1.0, 2.0], [5.0, 5.0]], 4, axis=0)
    for seed in range(5):
        np.testing.assert_array_equal(
            kmeans_plusplus(X, 6, random_state=seed)[1], reference.plus_plus(X, 6, random_state=seed)
        )


@pytest.mark.parametrize("size", [1e-200, 1e-310, 1e150, 1e300])
def test_seeds_of_data_whose_squares_leave_float64(size):
    X = np.clip(blobs(200, 3, 5, seed=1), -9, 9) * size
    for seed in range(4):
        for w in (None, some_weights(200, seed=2)):
            rows = kmeans_plusplus(X, 7, random_state=seed, sample_weight=w)[1]
            np.testing.assert_array_equal(rows, reference.plus_plus(X, 7, seed, w))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("scale", [1.0, 1e-13, 1e-18, 1e-20, 1e-22, 1e-30, 1e15, 1e18, 1e30])
def test_seeds_of_data_of_any_size(scale, dtype):
    # Squares in float32 lose their last bits, vanish or overflow.
    for n, d, k in ((400, 3, 12), (700, 1, 20), (300, 40, 9)):
        X = (blobs(n, d, 6, seed=d) * scale).astype(dtype)
        w = some_weights(n, seed=d)
        for weights, trials in ((None, None), (w, 3)):
            options = {"random_state": n, "sample_weight": weights, "n_local_trials": trials}
            np.testing.assert_array_equal(kmeans_plusplus(X, k, **options)[1], reference.plus_plus(X, k, **options))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("offset", [0, 1e2, 1e4, 1e6, 1e7])
@pytest.mark.parametrize("d", [1, 2, 8, 33])
def test_seeds_of_data_far_from_the_origin(d, offset, dtype):
    # Many rows as near to a candidate as to their seed, up to rounding; many copies; one row far away.
    rng = np.random.default_rng(d)
    X = (np.round(blobs(600, d, 9, seed=d) * 8) / 8 + offset).astype(dtype)
    X[::7] += (np.spacing(X[::7]) * rng.integers(-2, 3, X[::7].shape)).astype(dtype)
    far = X.copy()
    far[5] += dtype(1e9)
    for data, k, trials in ((X, 25, None), (far, 10, 9), (X, 5, 17), (far, 30, 1)):
        options = {"random_state": k, "n_local_trials": trials}
        np.testing.assert_array_equal(kmeans_plusplus(data, k, **options)[1], reference.plus_plus(data, k, **options))


def uniforms_at_the_boundaries(X, weights, first, k, rng):
    """Uniforms that pick the rows `first`, and then land within rounding of where the interval of some row ends.

    So a distance that is wrong in its last bits moves a pick.
    """
    X = X.astype(np.float64)
    X = reference.scaled(X, reference.scale_of(X))
    d = np.ones(len(X))
    uniforms = []
    for step in range(k):
        terms, _ = reference.products(weights, d)
        prefix = np.cumsum(np.array(terms, dtype=object))
        if step < len(first):
            row = first[step]
            u = float(Fraction(2 * int(prefix[row]) - terms[row], 2 * int(prefix[-1])))
        else:
            row = rng.choice(np.flatnonzero(d * weights))
            u = float(Fraction(int(prefix[row]), int(prefix[-1]))) + int(rng.integers(-1, 2)) * 2.0**-53
        uniforms.append(min(max(u, 0.0), np.nextafter(1.0, 0)))
        row = reference.first_beyond(d, weights, uniforms[-1], bisect_right if step == 0 else bisect_left)
        to_row = reference.distances(X, X[[row]])[:, 0]
        d = to_row if step == 0 else np.minimum(d, to_row)
    return np.array(uniforms)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("scale", [1.0, 1e-17, 1e-19, 1e-21, 1e17])
@pytest.mark.parametrize("d", [2, 5, 17, 64])
def test_seeds_that_hang_on_the_last_bits(d, scale, dtype):
    # Rows within rounding of the middle between two seeds: whether the second is nearer decides what is drawn next.
    rng = np.random.default_rng(d)
    for offset in (0.0, 3.0, 1000.0):
        for _ in range(8):
            ends = offset + rng.uniform(-1, 1, (2, d))
            along = ends[1] - ends[0]
            aside = rng.uniform(-1, 1, (120, d))
            aside -= along * ((aside @ along) / (along @ along))[:, None]
            middle = ends.mean(axis=0) + aside * rng.integers(0, 2, (120, 1))
            X = (np.vstack([ends, middle]) * scale).astype(dtype)
            X[2:] += (np.spacing(X[2:]) * rng.integers(-1, 2, (120, d))).astype(dtype)
            weights = np.where(rng.random(122) < 0.5, 1.0, rng.uniform(0.5, 2, 122))
            uniforms = uniforms_at_the_boundaries(X, weights, [0, 1], 7, rng)
            expected = reference.plus_plus(X, 7, 0, weights, 1, uniforms)
            np.testing.assert_array_equal(expected[:2], [0, 1])
            np.testing.assert_array_equal(_core.plus_plus(_core.Points(X, weights), 7, uniforms, 1), expected)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("n", [1, 2, 63, 64, 65, 255, 256, 257, 511, 513, 1025, 4097])
def test_seeds_at_edges_of_chunks(n, dtype):
    X = blobs(n, 3, 5, seed=n, dtype=dtype)
    w = some_weights(n, seed=n)
    for weights in (None, w):
        options = {"random_state": 1, "sample_weight": weights, "n_local_trials": 10}
        k = min(n, 6)
        np.testing.assert_array_equal(kmeans_plusplus(X, k, **options)[1], reference.plus_plus(X, k, **options))
        if weights is None and n > 64:
            # The picks of the values in reverse, and of every second row of a longer array.
            views = X[::-1], np.repeat(X, 2, axis=0)[::2]
            for view in views:
                picked = kmeans_plusplus(view, k, **options)[1]
                np.testing.assert_array_equal(picked, kmeans_plusplus(view.copy(), k, **options)[1])


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize(("n", "d", "k"), [(400, 1, 170), (1500, 2, 150), (1500, 3, 130), (3000, 5, 101)])
def test_seeds_of_many_rows_in_few_columns(n, d, k, dtype):
    # Enough of both for rows to be ordered, and passed over where they lie too far away.
    X = blobs(n, d, 12, seed=d, dtype=dtype)
    w = some_weights(n, seed=d)
    copies = np.repeat(X[: n // 4], 4, axis=0)
    far = X.copy()
    far[7] = 1e6 if dtype != np.uint8 else 255
    tables = {
        np.float32: ((X, w, 2), (far, None, 1)),
        np.float64: ((X, None, 1), (copies, None, 2), (far, w, 2)),
        np.uint8: ((X, w, 1), (copies, None, 2)),
    }
    for data, weights, n_threads in tables[dtype]:
        options = {"random_state": d, "sample_weight": weights, "n_local_trials": 2}
        rows = kmeans_plusplus(data, k, n_threads=n_threads, **options)[1]
        np.testing.assert_array_equal(rows, reference.plus_plus(data, k, **options))


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize(("n", "d", "k"), [(300, 100, 30), (9000, 120, 3), (2300, 500, 3)])
def test_seeds_of_rows_with_many_columns(n, d, k, dtype):
    # With a copy in float32 and without, as their size and the number of steps have it.
    X = blobs(n, d, 12, seed=d, dtype=dtype)
    for weights in (None, some_weights(n, seed=d)):
        options = {"random_state": d, "sample_weight": weights, "n_local_trials": 3}
        rows = kmeans_plusplus(X, k, n_threads=2, **options)[1]
        np.testing.assert_array_equal(rows, reference.plus_plus(X, k, **options))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_seeds_while_distances_fall_by_many_powers(dtype):
    # Each step leaves a sum that is a billionth of the one before: the unit of the draws has to follow.
    rng = np.random.default_rng(0)
    X = np.vstack([10.0**-p * (1 + 1e-3 * rng.standard_normal((60, 2))) for p in range(0, 15, 3)]).astype(dtype)
    for trials in (1, 4):
        options = {"random_state": 3, "n_local_trials": trials}
        expected = reference.plus_plus(X, 12, **options)
        np.testing.assert_array_equal(kmeans_plusplus(X, 12, **options)[1], expected)


def test_more_seeds_than_different_rows():
    X = np.repeat(np.arange(6.0)[:, None], 50, axis=0)
    options = {"random_state": 0, "n_local_trials": 3}
    np.testing.assert_array_equal(kmeans_plusplus(X, 20, **options)[1], reference.plus_plus(X, 20, **options))


def test_prefix_sums_are_exact():
    # 1e16 + 1 + 1 + ... stays 1e16 in float64, one by one.
    w = np.ones(1001)
    w[0] = 2.0**53
    X = np.arange(1001.0)[:, None]
    total = 2.0**53 + 1000
    for row in (1, 2, 500, 990):
        u = (2.0**53 + row) / total  # lands near `row`; the oracle says where
        expected = reference.plus_plus(X, 1, 0, w, 1, np.array([u]))
        assert _core.plus_plus(_core.Points(X, w), 1, np.array([u]), 1)[0] == expected[0]
        assert abs(expected[0] - row) <= 8


# ---------------------------------------------------------------- starts of whole fits


@on_real_data
@pytest.mark.parametrize("k", [2, 5, 17])
def test_random_starts_where_scikit_learn_does(data, k):
    w = some_weights(len(data), seed=k)
    for seed, weights in itertools.product(range(3), (None, w)):
        p = np.ones(len(data)) if weights is None else weights
        # scikit-learn 1.9.1, _BaseKMeans._init_centroids
        rows = np.random.RandomState(seed).choice(len(data), size=k, replace=False, p=p / p.sum())
        model = KMeans(k, init="random", n_init=1, random_state=seed, max_iter=3).fit(data, sample_weight=weights)
        assert_same_bits(model, fitted(data, data[rows], weights, max_iter=3))


def test_kmeans_starts_from_the_rows_of_kmeans_plusplus(wine):
    for seed in range(4):
        rows = kmeans_plusplus(wine, 5, random_state=seed)[1]
        assert_same_bits(KMeans(5, random_state=seed).fit(wine), fitted(wine, wine[rows]))


def test_a_generator_is_continued(wine):
    ours, oracle = np.random.RandomState(3), np.random.RandomState(3)
    for _ in range(3):
        model = KMeans(5, random_state=ours, n_init=2).fit(wine)
        assert_fit_is(model, reference.k_means(wine, 5, n_init=2, random_state=oracle), wine)


@on_real_data
@pytest.mark.parametrize("k", [2, 3, 8, 17])
@pytest.mark.parametrize("init", ["k-means++", "random"])
def test_whole_fits_are_scikit_learns(data, k, init):
    from sklearn.cluster import KMeans as Theirs

    for seed in range(4):
        start = {"init": init, "random_state": seed}
        if init == "random":
            rows = reference.random_rows(data, k, np.random.RandomState(seed))
        else:
            rows = kmeans_plusplus(data, k, random_state=seed)[1]
        nearest_two = np.sort(reference.distances(data, data[rows]), axis=1)[:, :2]
        if np.any(nearest_two[:, 1] - nearest_two[:, 0] <= 1e-12 * nearest_two[:, 1]):
            # Rows on a grid tie between starts on it, and scikit-learn's rounding decides: move the starts off it.
            start = {"init": data[rows] + np.random.default_rng(seed).uniform(0, 1e-3 * data.std(), (k, data.shape[1]))}
        ours = KMeans(k, n_init=1, **start).fit(data)
        theirs = Theirs(k, n_init=1, **start).fit(data)
        np.testing.assert_array_equal(ours.labels_, theirs.labels_)
        np.testing.assert_allclose(ours.inertia_, theirs.inertia_, rtol=1e-10)
        np.testing.assert_allclose(ours.cluster_centers_, theirs.cluster_centers_, rtol=1e-9, atol=1e-9 * data.max())
        assert ours.n_iter_ == theirs.n_iter_


@pytest.mark.parametrize("tol", [0, 1e-3, 1e-1])
@pytest.mark.parametrize("max_iter", [1, 2, 300])
def test_n_iter_counts_as_scikit_learn_does(tol, max_iter):
    from sklearn.cluster import KMeans as Theirs

    for seed in range(4):
        X = blobs(500, 3, 8, seed=seed)
        ours = fitted(X, X[:8], tol=tol, max_iter=max_iter)
        theirs = Theirs(8, init=X[:8], n_init=1, tol=tol, max_iter=max_iter).fit(X)
        assert ours.n_iter_ == theirs.n_iter_
        np.testing.assert_array_equal(ours.labels_, theirs.labels_)


def test_empty_clusters_as_scikit_learn_fills_them():
    # One far start, no ties, copies or weights.
    from sklearn.cluster import KMeans as Theirs

    for seed in range(5):
        X = blobs(200, 2, 4, seed=seed)
        init = np.vstack([X[:4], [[1e3, 1e3]]])
        ours, theirs = fitted(X, init), Theirs(5, init=init, n_init=1).fit(X)
        np.testing.assert_array_equal(ours.labels_, theirs.labels_)
        np.testing.assert_allclose(ours.cluster_centers_, theirs.cluster_centers_, rtol=1e-9)


class Zeros(np.random.RandomState):
    """A generator whose numbers are all 0 but for the first: the smallest that the contract allows."""

    def random_sample(self, size=None):
        numbers = np.zeros(size)
        numbers[0] = 0.3
        return numbers


@pytest.mark.parametrize("weight", [1e-300, 1.0, 1e300])
def test_uniform_of_zero(weight):
    X = np.array([[0.0], [1e-70], [3e-70], [5e-70]])
    w = np.array([0.0, weight, weight, weight])
    _, rows = kmeans_plusplus(X, 2, sample_weight=w, random_state=Zeros(0))
    assert rows[1] == 1  # the first row of positive weight has a prefix sum >= 0


def test_a_generator_that_a_callable_keeps_is_its_own():
    kept = []

    def init(X, n_clusters, random_state):
        kept.append(random_state)
        return X[random_state.choice(len(X), n_clusters, replace=False)]

    X = blobs(60, 2, 3, 0)
    KMeans(3, init=init, random_state=5, n_init=1).fit(X)
    KMeans(3, random_state=6).fit(X)
    expected = np.random.RandomState(5)
    expected.choice(60, 3, replace=False)
    assert kept[0].random_sample() == expected.random_sample()


@pytest.mark.parametrize("init", ["k-means++", "random", "callable", "array"])
def test_swaps_draw_all_starts_first_and_then_a_seed_for_each_run(init):
    X = blobs(400, 2, 9, 3)
    n_runs = 1 if init == "array" else 4

    def some_rows(X, n_clusters, random_state):
        return X[random_state.choice(len(X), n_clusters, replace=False)]

    draw = {
        "k-means++": lambda generator: kmeans_plusplus(X, 9, random_state=generator)[0],
        "random": lambda generator: X[generator.choice(400, 9, replace=False, p=np.full(400, 1 / 400))],
        "callable": lambda generator: some_rows(X, 9, generator),
        "array": lambda _: X[:9],
    }[init]
    best = set()
    for seed in range(6):
        ours, other = np.random.RandomState(seed), np.random.RandomState(seed)
        start = {"callable": some_rows, "array": X[:9]}.get(init, init)
        model = KMeans(9, init=start, n_init=n_runs, random_state=ours, refine="swaps", tol=0).fit(X)
        starts = [draw(other) for _ in range(n_runs)]
        seeds = other.randint(2**32, size=n_runs, dtype=np.uint32)
        runs = [
            _core.fit(_core.Points(X), each, max_iter=300, tol=0.0, refine="swaps", seed=int(s))
            for each, s in zip(starts, seeds, strict=True)
        ]
        best.add(number := min(range(n_runs), key=lambda i: runs[i].inertia))
        expected = runs[number]
        assert (model.inertia_, model.unrefined_inertia_) == (expected.inertia, expected.unrefined_inertia)
        assert (model.n_swaps_, model.n_accepted_swaps_) == (expected.n_swaps, expected.n_accepted_swaps)
        np.testing.assert_array_equal(model.refinement_history_, expected.refinement_history)
        np.testing.assert_array_equal(model.labels_, expected.labels)
        assert ours.random_sample() == other.random_sample()
    assert best == {0} if init == "array" else len(best) > 1


@pytest.mark.parametrize("refine", [None, "moves", "splits"])
def test_others_draw_for_each_run_when_it_begins(refine):
    """As scikit-learn does: a run that does not happen takes no numbers."""
    X = blobs(400, 2, 9, 3)
    ours, other = np.random.RandomState(0), np.random.RandomState(0)
    KMeans(9, n_init=5, random_state=ours, refine=refine, max_time=0).fit(X)
    kmeans_plusplus(X, 9, random_state=other)
    assert ours.random_sample() == other.random_sample()


def test_equal_seeds_in_many_threads():
    X = blobs(200, 3, 5, 1)
    expected = [kmeans_plusplus(X, 20, random_state=seed)[1].tolist() for seed in range(8)]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(10):
            found = pool.map(lambda seed: kmeans_plusplus(X, 20, random_state=seed)[1].tolist(), range(8))
            assert list(found) == expected
