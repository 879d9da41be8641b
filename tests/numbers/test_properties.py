"""What must not change a fit, and how a fit changes with its data; every edge of blocks and tiles."""

import itertools

import numpy as np
import pytest
import reference
from helpers import assert_same_bits, bits, blobs, check, fitted, on_every_instruction_set, some_weights
from hypothesis import given, settings
from hypothesis import strategies as st

import pykmeans
from pykmeans import KMeans, _core, kmeans_plusplus

TYPES = [np.float32, np.float64, np.uint8]

# ---------------------------------------------------------------- weights


def assert_weights_are_repeats(X, counts, init, **parameters):
    repeated = np.repeat(X, counts, axis=0)
    weighted = fitted(X, init, counts.astype(np.float64), tol=0, **parameters)
    plain = fitted(repeated, init, tol=0, **parameters)
    assert_same_bits(weighted, plain, labels_too=False)
    np.testing.assert_array_equal(np.repeat(weighted.labels_, counts), plain.labels_)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("n, d, k", [(50, 1, 3), (400, 3, 6), (300, 17, 9), (1200, 4, 30)])
def test_weights_equal_repeats(n, d, k, dtype):
    X = blobs(n, d, k, seed=n, dtype=dtype)
    rng = np.random.default_rng(n)
    for least in (1, 0):
        counts = rng.integers(least, 6, n)
        kept = X[counts > 0]
        for max_iter in (1, 3, 300):
            assert_weights_are_repeats(X, counts, kept[:k], max_iter=max_iter)


cell = st.integers(0, 3).map(float)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.data(), st.sampled_from(TYPES))
def test_weights_equal_repeats_where_clusters_are_empty(data, dtype):
    n = data.draw(st.integers(1, 10))
    X = np.array(data.draw(st.lists(st.tuples(cell, cell), min_size=n, max_size=n)), dtype=dtype)
    counts = np.array(data.draw(st.lists(st.integers(0, 3), min_size=n, max_size=n)))
    counts[data.draw(st.integers(0, n - 1))] = 2
    k = data.draw(st.integers(1, min(n, counts.sum())))
    init = data.draw(st.lists(st.tuples(cell | st.just(60.0), cell), min_size=k, max_size=k))
    assert_weights_are_repeats(X, counts, np.array(init), max_iter=data.draw(st.integers(1, 8)))


@pytest.mark.parametrize("dtype", TYPES)
def test_seeds_of_weights_are_those_of_repeats(dtype):
    X = blobs(300, 3, 8, seed=1, dtype=dtype)
    counts = np.random.default_rng(1).integers(0, 5, 300)
    origin = np.repeat(np.arange(300), counts)
    for seed, trials in itertools.product(range(5), (None, 1, 3)):
        options = {"random_state": seed, "n_local_trials": trials}
        _, weighted = kmeans_plusplus(X, 9, sample_weight=counts.astype(float), **options)
        _, plain = kmeans_plusplus(X[origin], 9, **options)
        np.testing.assert_array_equal(X[weighted], X[origin[plain]])
        np.testing.assert_array_equal(weighted, origin[plain])


@pytest.mark.parametrize("exponent", [-40, -1, 1, 30, 500, -500])
def test_weights_times_a_power_of_two(exponent):
    X = blobs(500, 5, 6, seed=1)
    w = some_weights(500, seed=1)
    one, other = (fitted(X, X[:6], v) for v in (w, np.ldexp(w, exponent)))
    assert bits(one.labels_) == bits(other.labels_)
    assert bits(one.cluster_centers_) == bits(other.cluster_centers_)
    assert (one.n_iter_, one.stop_reason_) == (other.n_iter_, other.stop_reason_)
    for name in ("inertia_", "cluster_inertia_", "cluster_sizes_", "inertia_history_"):
        np.testing.assert_array_equal(np.ldexp(getattr(one, name), exponent), getattr(other, name))


@pytest.mark.parametrize("dtype", TYPES)
def test_weights_of_one_are_no_weights(dtype):
    X = blobs(700, 6, 6, seed=1, dtype=dtype)
    one = KMeans(6, random_state=3).fit(X)
    for w in (np.ones(700), np.ones(700, dtype=np.float32), [1] * 700):
        assert_same_bits(one, KMeans(6, random_state=3).fit(X, sample_weight=w))


def test_weights_may_be_strided():
    X = blobs(500, 5, 6, seed=1)
    w = some_weights(1000, seed=1, zeros=False)
    assert_same_bits(fitted(X, X[:6], w[::2]), fitted(X, X[:6], w[::2].copy()))
    assert_same_bits(fitted(X, X[:6], w[:500][::-1]), fitted(X, X[:6], w[:500][::-1].copy()))


# ---------------------------------------------------------------- rows, columns, units


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("dtype", TYPES)
def test_permuted_rows(dtype, weighted):
    X = blobs(3000, 6, 8, seed=0, dtype=dtype, spread=2.0)
    w = some_weights(3000, seed=0) if weighted else None
    init = X[:8].copy()
    init[3] = init[4]  # an empty cluster to fill
    one = fitted(X, init, w)
    for seed in range(4):
        order = np.random.default_rng(seed).permutation(3000)
        other = fitted(X[order], init, None if w is None else w[order])
        assert_same_bits(one, other, labels_too=False)
        np.testing.assert_array_equal(one.labels_[order], other.labels_)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.data())
def test_permuted_rows_where_ties_abound(data):
    rows = data.draw(st.lists(st.tuples(cell, cell), min_size=2, max_size=12))
    k = data.draw(st.integers(1, len(rows)))
    init = np.array(data.draw(st.lists(st.tuples(cell, cell), min_size=k, max_size=k)))
    order = data.draw(st.permutations(range(len(rows))))
    X = np.array(rows)
    one, other = fitted(X, init, tol=0), fitted(X[order], init, tol=0)
    assert_same_bits(one, other, labels_too=False)
    np.testing.assert_array_equal(one.labels_[order], other.labels_)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("exponent", [-60, -3, 1, 50])
def test_scaled_by_a_power_of_two(exponent, dtype):
    X = blobs(800, 5, 7, seed=4, dtype=dtype)
    w = some_weights(800, seed=4)
    scaled = np.ldexp(X, exponent)
    one, other = (KMeans(7, random_state=1).fit(x, sample_weight=w) for x in (X, scaled))
    assert bits(one.labels_) == bits(other.labels_)
    assert bits(np.ldexp(one.cluster_centers_, exponent)) == bits(other.cluster_centers_)
    assert (one.n_iter_, one.stop_reason_) == (other.n_iter_, other.stop_reason_)
    for name in ("inertia_", "cluster_inertia_", "inertia_history_"):
        np.testing.assert_array_equal(np.ldexp(getattr(one, name), 2 * exponent), getattr(other, name))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_negated(dtype):
    X = blobs(800, 5, 7, seed=4, dtype=dtype)
    one, other = fitted(X, X[:7]), fitted(-X, -X[:7])
    assert bits(one.labels_) == bits(other.labels_)
    np.testing.assert_array_equal(one.cluster_centers_, -other.cluster_centers_)
    assert one.inertia_ == other.inertia_


@pytest.mark.parametrize("shift", [1.0, 1000.0, 2.0**20, -(2.0**30)])
def test_shifted_without_rounding(shift):
    # Sixteenths: adding the shift is exact, and so are distances, until a mean is rounded.
    X = np.round(blobs(1000, 4, 6, seed=5) * 16) / 16
    one, other = fitted(X, X[:6], max_iter=1), fitted(X + shift, X[:6] + shift, max_iter=1)
    assert abs(one.inertia_ - other.inertia_) <= 1e-6 * one.inertia_
    back = other.cluster_centers_ - shift
    np.testing.assert_allclose(one.cluster_centers_, back, rtol=0, atol=abs(shift) * 2e-16 + 1e-15)
    centers = X[::100]
    labels, d = pykmeans.assign(X, centers)
    shifted_labels, shifted_d = pykmeans.assign(X + shift, centers + shift)
    np.testing.assert_array_equal(labels, shifted_labels)
    np.testing.assert_array_equal(d, shifted_d)


@pytest.mark.parametrize("offset", [0, 3, 200])
def test_uint8_is_float64_of_the_same_values(offset):
    X = (blobs(900, 9, 5, seed=3, dtype=np.uint8) // 5 + offset).astype(np.uint8)
    w = some_weights(900, seed=3)
    for weights in (None, w):
        one, other = (KMeans(5, random_state=2).fit(x, sample_weight=weights) for x in (X, X.astype(np.float64)))
        assert_same_bits(one, other)


def test_float32_predictions_are_those_of_float64_for_the_same_centers():
    X = blobs(2000, 6, 9, seed=3, dtype=np.float32, spread=3.0)
    model = fitted(X, X[:9])
    np.testing.assert_array_equal(model.predict(X), model.predict(X.astype(np.float64)))


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("zeros", [1, 2, 11, 16, 29, 64])
def test_columns_of_zeros_change_nothing(dtype, zeros):
    X = blobs(300, 5, 4, seed=zeros, dtype=dtype)
    padded = np.hstack([X, np.zeros((300, zeros), dtype=dtype)])
    one, other = fitted(X, X[:4], tol=0), fitted(padded, padded[:4], tol=0)
    assert bits(one.labels_) == bits(other.labels_)
    assert bits(one.cluster_centers_) == bits(other.cluster_centers_[:, :5])
    assert not other.cluster_centers_[:, 5:].any()
    assert (one.inertia_, one.n_iter_) == (other.inertia_, other.n_iter_)


@pytest.mark.parametrize("dtype", TYPES)
def test_rows_are_labelled_one_by_one_as_they_are_together(dtype):
    X = blobs(700, 11, 9, seed=6, dtype=dtype, spread=3.0)
    centers = blobs(23, 11, 9, seed=7, dtype=reference.center_type(X)) * (1 if dtype != np.uint8 else 10)
    labels, d = pykmeans.assign(X, centers)
    for size in (1, 2, 3, 7, 64, 129):
        parts = [pykmeans.assign(X[i : i + size], centers) for i in range(0, 700, size)]
        np.testing.assert_array_equal(np.concatenate([p[0] for p in parts]), labels)
        np.testing.assert_array_equal(np.concatenate([p[1] for p in parts]), d)


# ---------------------------------------------------------------- threads, algorithms, repetition


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("n, d, k", [(5, 2, 2), (1000, 3, 5), (4096, 16, 40), (20_001, 8, 17), (3000, 1, 64)])
def test_threads_never_show(n, d, k, dtype):
    X = blobs(n, d, k, seed=n, dtype=dtype, spread=2.0)
    w = some_weights(n, seed=n)
    for weights in (None, w):
        for init in ("k-means++", "random"):
            models = [
                KMeans(k, init=init, n_init=1, random_state=1, n_threads=t, max_iter=20).fit(X, sample_weight=weights)
                for t in (1, 2, 3, 7, None)
            ]
            for model in models[1:]:
                assert_same_bits(models[0], model)
    predictions = [models[i].predict(X) for i in range(5)]
    scores = {model.score(X, sample_weight=w) for model in models}
    assert len(scores) == 1
    for p in predictions:
        np.testing.assert_array_equal(p, models[0].labels_)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("n, d, k", [(5000, 6, 12), (3000, 1, 40), (4000, 20, 90), (1500, 70, 130), (800, 33, 64)])
def test_algorithms_agree_over_many_iterations(n, d, k, dtype):
    # Blobs that overlap, so that labels change until late; an empty cluster to fill; rows far from all others.
    X = blobs(n, d, k // 2, seed=n, dtype=dtype, spread=3.0)
    if dtype != np.uint8:
        X[::97] *= dtype(50)
    init = X[:k].copy()
    init[k // 2] = init[0]
    w = some_weights(n, seed=n)
    for weights in (None, w):
        one = fitted(X, init, weights, algorithm="lloyd", tol=0, n_threads=1)
        assert one.n_iter_ >= 5
        for algorithm, threads in itertools.product(_core.ALGORITHMS, (1, 3)):
            other = fitted(X, init, weights, algorithm=algorithm, tol=0, n_threads=threads)
            assert_same_bits(one, other)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("offset", [0, 1e4])
def test_algorithms_agree_where_labels_hang_on_the_last_bits(offset, dtype):
    # On a grid many rows tie in every iteration, and with the offset distances cancel.
    rng = np.random.default_rng(0)
    for d, k in ((2, 30), (3, 50), (16, 40), (40, 70)):
        X = (rng.integers(0, 5, (2000, d)) + offset).astype(dtype)
        X[::3] += (np.spacing(X[::3]) * rng.integers(-1, 2, X[::3].shape)).astype(dtype)
        init = X[rng.choice(2000, k, replace=False)]
        one = fitted(X, init, algorithm="lloyd", tol=0)
        for algorithm in _core.ALGORITHMS:
            assert_same_bits(one, fitted(X, init, algorithm=algorithm, tol=0))
        np.testing.assert_array_equal(
            one.labels_, reference.nearest(X.astype(np.float64), one.cluster_centers_.astype(np.float64))[0]
        )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("copies", [1, 30])
def test_a_cluster_that_becomes_empty_late(copies, dtype):
    # Along a line, the same on both sides of 0. Iteration 1: -5 | -4 -1.9 | -1 1 | ..., means -5, -2.95, 0.
    # Iteration 2: -4 is nearer to -5 (1 against 1.05), means -4.5, -1.9, 0. Iteration 3: -1 is nearer to -1.9 (0.9
    # against 1), and nothing is left at 0. It takes -5, the smallest of the rows at distance 0.9 or less of 0.5.
    half = np.array([5, 4, 1.9, 1])
    X = np.repeat(np.concatenate([-half, half]), copies)[:, None]
    init = np.array([[-5.2], [-2.95], [0.0], [2.95], [5.2]])
    if copies > 1:
        rng = np.random.default_rng(0)
        X = np.hstack([X, np.zeros((len(X), 2))]) + 1e-3 * rng.standard_normal((len(X), 3))
        X = np.vstack([X, 100 + rng.standard_normal((200, 3))])
        init = np.vstack([np.hstack([init, np.zeros((5, 2))]), X[-40:]])
    X = X.astype(dtype)
    assert check(X, init, tol=0, max_iter=2).moved == 0
    assert check(X, init, tol=0, max_iter=3).moved == 1
    check(X, init, tol=0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("aside", [0.5, 50.0])
@pytest.mark.parametrize("d", [1, 3, 20])
def test_algorithms_agree_where_centers_creep(d, aside, dtype):
    # Heavy rows hold two centers; rows of hardly any weight lie across the middle between them, and each that changes
    # sides draws the next one over: many iterations whose moves and distances differ in the last bits only. Where the
    # light rows lie far aside, their squares drown those differences in float32.
    for seed in range(8):
        rng = np.random.default_rng(seed)
        width = 10.0 ** rng.uniform(-8, -3)
        light = rng.uniform(-aside, aside, (2000, d))
        light[:, 0] = width * rng.standard_normal(2000)
        heavy = np.zeros((2, d))
        heavy[:, 0] = -1, 1
        X = np.vstack([heavy, light])
        w = np.full(2002, 0.8 * 2.5 * width / 2000)
        w[:2] = 1
        init = heavy + width * rng.uniform(0.5, 2) * np.eye(1, d)
        if d > 1:
            # Company far away, so that there are several groups of centers; and turned, so that no product is 0.
            others = rng.uniform(-1, 1, (60, d)) + 1000 * np.eye(1, d, 1)
            turn = np.linalg.qr(rng.standard_normal((d, d)))[0]
            X, init = np.vstack([X, others]) @ turn, np.vstack([init, others]) @ turn
            w = np.append(w, np.ones(60))
        X = X.astype(dtype)
        one = fitted(X, init, w, algorithm="lloyd", tol=0)
        for algorithm in _core.ALGORITHMS:
            assert_same_bits(one, fitted(X, init, w, algorithm=algorithm, tol=0))
        np.testing.assert_array_equal(
            one.labels_, reference.nearest(X.astype(np.float64), one.cluster_centers_.astype(np.float64))[0]
        )


@pytest.mark.parametrize("value", [1.5555555555555556, 1.3333333333333333, 0.1])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_algorithms_agree_where_many_features_round_alike(value, dtype):
    # As above; the light rows lie aside by the same value in every feature, whose squares all round the same way.
    d, n, width = 8192, 300, 1e-6
    rng = np.random.default_rng(0)
    across = np.zeros((1, d))
    across[0, :2] = 1, -1
    light = width * rng.standard_normal((n, 1)) * across
    light += np.where(rng.random((n, 1)) < 0.5, value, -value)
    heavy = np.vstack([-across, across])
    X = np.vstack([heavy, light]).astype(dtype)
    w = np.append([1.0, 1.0], np.full(n, 0.8 * 2.5 * width / n))
    init = heavy + width * across
    one = fitted(X, init, w, algorithm="lloyd", tol=0)
    for algorithm in _core.ALGORITHMS:
        assert_same_bits(one, fitted(X, init, w, algorithm=algorithm, tol=0))
    np.testing.assert_array_equal(
        one.labels_, reference.nearest(X.astype(np.float64), one.cluster_centers_.astype(np.float64))[0]
    )


@pytest.mark.parametrize("dtype", TYPES)
def test_many_centers_of_many_features(dtype):
    # Large enough for bounds to be kept without being asked for.
    X = blobs(1100, 64, 100, seed=0, dtype=dtype, spread=2.0)
    assert fitted(X, X[:256], max_iter=6, tol=0).algorithm_ == "elkan"
    expected = check(X, X[:256], max_iter=6, tol=0)
    assert expected.n_iter > 4


def test_the_same_fit_twice():
    X = blobs(5000, 6, 12, seed=5, spread=2.0)
    model = KMeans(12, random_state=0, n_init=2)
    first = model.fit(X).__dict__.copy()
    again = KMeans(12, random_state=0, n_init=2).fit(X)
    assert_same_bits(model.fit(X), again)
    assert bits(first["cluster_centers_"]) == bits(again.cluster_centers_)


def test_fits_in_several_threads_at_once():
    from concurrent.futures import ThreadPoolExecutor

    X = blobs(20_000, 8, 10, seed=0, spread=2.0)
    one = KMeans(10, random_state=0, max_iter=30).fit(X)
    with ThreadPoolExecutor(4) as pool:
        for other in pool.map(lambda _: KMeans(10, random_state=0, max_iter=30).fit(X), range(8)):
            assert_same_bits(one, other)


# ---------------------------------------------------------------- instruction sets

# A digest of fits, picks and distances of every type, at edges of tiles, near ties and beyond the range of squares.
DIGEST = """
import hashlib, json, sys
import numpy as np
sys.modules["sklearn"] = None  # its import takes two seconds
from pykmeans import KMeans, _core, assign, kmeans_plusplus

digests = []
for d in (1, 2, 3, 4, 5, 8, 9, 15, 16, 17, 31, 33, 64, 100):
    rng = np.random.default_rng(d)
    grid = rng.integers(0, 4, (500, d))
    plain = rng.standard_normal((700, d))
    w = rng.random(700)
    problems = [
        (grid.astype(np.uint8), None), (grid.astype(np.float32), None), (plain, None), (plain, w),
        (plain.astype(np.float32), w), ((plain + 1e4).astype(np.float32), None), (plain * 1e150, None),
        (plain * 1e-200, None), (np.where(rng.random((700, d)) < 0.01, 1e30, plain).astype(np.float32), None),
    ]
    for X, weights in problems:
        for k in (1, 3, 8, 17, 40):
            m = KMeans(k, init=X[:k].copy(), n_init=1, max_iter=4, tol=0).fit(X, sample_weight=weights)
            found = [m.labels_, m.cluster_centers_, m.inertia_history_, m.cluster_inertia_, m.transform(X[:99])]
            found += [*assign(X[::-1], m.cluster_centers_), np.array([m.inertia_])]
            found += [kmeans_plusplus(X, k, random_state=k, sample_weight=weights)[1]]
            for algorithm in ("elkan", "boxes"):
                m = KMeans(k, init=X[:k].copy(), n_init=1, max_iter=4, tol=0, algorithm=algorithm)
                m.fit(X, sample_weight=weights)
                found += [m.labels_, m.cluster_centers_]
            digests.append(hashlib.sha256(b"".join(a.tobytes() for a in found)).hexdigest()[:16])
print(json.dumps([_core.info()["instruction_set"], digests]))
"""


def test_instruction_sets_never_show():
    results = on_every_instruction_set(DIGEST)
    for name, result in results.items():
        assert result == results["baseline"], name


# ---------------------------------------------------------------- layouts


def layouts(X):
    """The same values in every layout, by name."""
    n, d = X.shape
    yield "copy", X.copy()
    yield "Fortran", np.asfortranarray(X)
    every_second = np.full((2 * n, d), 77, dtype=X.dtype)
    every_second[::2] = X
    yield "row step 2", every_second[::2]
    yield "row step -1", X[::-1].copy()[::-1]
    room = np.full((2 * n, d), 33, dtype=X.dtype)
    room[::-2] = X
    yield "row step -2", room[::-2]
    wide = np.full((n, d + 3), 99, dtype=X.dtype)
    wide[:, 1 : d + 1] = X
    yield "columns of a wider array", wide[:, 1 : d + 1]
    columns = np.full((n, 2 * d), 55, dtype=X.dtype)
    columns[:, ::2] = X
    yield "column step 2", columns[:, ::2]
    yield "column step -1", X[:, ::-1].copy()[:, ::-1]
    yield "transposed", X.T.copy().T
    yield "other byte order", X.astype(X.dtype.newbyteorder())
    raw = np.zeros(X.nbytes + 1, dtype=np.uint8)
    unaligned = raw[1:].view(X.dtype).reshape(n, d)
    unaligned[:] = X
    yield "unaligned", unaligned
    fixed = X.copy()
    fixed.flags.writeable = False
    yield "read-only", fixed


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("d", [1, 5, 18])
def test_layouts(dtype, d):
    X = blobs(333, d, 4, seed=d, dtype=dtype)
    init = np.unique(X, axis=0)[:4]
    init = init.astype(reference.center_type(X))
    one = fitted(X, init)
    seeds = kmeans_plusplus(X, 4, random_state=0)[1]
    labels = pykmeans.assign(X, init)[0]
    for name, view in layouts(X):
        before = bits(view)
        assert_same_bits(one, fitted(view, init))
        np.testing.assert_array_equal(kmeans_plusplus(view, 4, random_state=0)[1], seeds, err_msg=name)
        np.testing.assert_array_equal(one.predict(view), one.labels_, err_msg=name)
        np.testing.assert_array_equal(pykmeans.assign(view, init)[0], labels, err_msg=name)
        assert bits(view) == before, name  # X is never written to


@pytest.mark.parametrize("dtype", TYPES)
def test_row_stride_zero(dtype):
    row = blobs(1, 5, 1, seed=0, dtype=dtype)
    X = np.broadcast_to(row, (1000, 5))
    init = np.vstack([row, row + 1])
    assert_same_bits(fitted(X, init), fitted(X.copy(), init))
    check(X, init)


@pytest.mark.parametrize("dtype", TYPES)
def test_memory_mapped(dtype, tmp_path):
    X = blobs(2000, 5, 4, seed=0, dtype=dtype)
    np.save(tmp_path / "X.npy", X)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    assert_same_bits(fitted(X, X[:4]), fitted(mapped, X[:4]))
    assert_same_bits(fitted(X[::2], X[:4]), fitted(mapped[::2], X[:4]))


def test_rows_beyond_the_view_are_never_read():
    # Neighbours are NaN: reading one (a tile that runs over the end of a row, a block over the last row) would show.
    for d in (1, 2, 3, 5, 7, 8, 9, 15, 17, 31):
        X = blobs(301, d, 4, seed=d)
        room = np.full((303, d + 4), np.nan)
        room[1:302, 2 : 2 + d] = X
        assert_same_bits(fitted(X, X[:4]), fitted(room[1:302, 2 : 2 + d], X[:4]))


# ---------------------------------------------------------------- edges of blocks and tiles

EDGES_N = [*range(1, 71), 127, 128, 129, *range(255, 258), *range(511, 514), *range(1023, 1026), *range(4095, 4098)]
EDGES_D = [*range(1, 21), 31, 32, 33, 63, 64, 65, 127, 128, 129]
EDGES_K = [*range(1, 21), 31, 32, 33, 63, 64, 65]


def check_edge(n, d, k, dtype, weighted=False):
    X = blobs(n, d, 5, seed=n * 7 + d * 3 + k, dtype=dtype, spread=2.0)
    init = X[np.random.default_rng(n).choice(n, k, replace=False)]
    check(X, init, some_weights(n, seed=n) if weighted else None, max_iter=2, n_threads=1 + n % 2)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("n", EDGES_N)
def test_edges_of_n(n, dtype):
    check_edge(n, 5, min(n, 6), dtype)
    check_edge(n, 1, min(n, 3), dtype, weighted=True)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("d", EDGES_D)
def test_edges_of_d(d, dtype):
    check_edge(97, d, 7, dtype)
    check_edge(130, d, 33, dtype, weighted=True)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("k", EDGES_K)
def test_edges_of_k(k, dtype):
    check_edge(150, 6, k, dtype)
    check_edge(k, 3, k, dtype)
    check_edge(k + 1, 17, k, dtype, weighted=True)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("d", EDGES_D)
def test_labels_at_every_edge_of_d_and_k(d, dtype):
    X = blobs(67, d, 5, seed=d, dtype=dtype, spread=2.0)
    centers = blobs(65, d, 5, seed=d + 1, dtype=dtype, spread=2.0).astype(reference.center_type(X))
    D = reference.distances(X.astype(np.float64), centers.astype(np.float64))
    for k in EDGES_K:
        labels, d2 = pykmeans.assign(X, centers[:k])
        np.testing.assert_array_equal(labels, D[:, :k].argmin(axis=1))
        np.testing.assert_array_equal(d2, D[:, :k].min(axis=1))


@pytest.mark.parametrize("dtype", TYPES)
def test_edges_together(dtype):
    rng = np.random.default_rng(0)
    for _ in range(60):
        n, d, k = rng.choice(EDGES_N[:-3]), rng.choice(EDGES_D[:-3]), rng.choice(EDGES_K)
        check_edge(int(n), int(d), int(min(n, k)), dtype, weighted=bool(rng.integers(2)))


@pytest.mark.slow
@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("n", EDGES_N)
def test_edges_at_length(n, dtype):
    for d, k in itertools.product(EDGES_D, EDGES_K):
        if k <= n and n * d * k <= 2**22:
            check_edge(n, d, k, dtype, weighted=bool((d + k) % 2))


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("d", [1, 3, 16, 100])
def test_the_edges_where_all_is_one(d, dtype):
    X = blobs(40, d, 3, seed=d, dtype=dtype)
    check(X[:1], X[:1])  # n = 1
    check(X, X[:1])  # k = 1
    check(X, X)  # k = n
    check(X[:2], X[:2][::-1])
    check(X[:, :1], np.unique(X[:, :1], axis=0)[:2])  # d = 1


def test_more_centers_than_labels_of_a_byte_or_two():
    X = np.arange(70_000, dtype=np.float32).reshape(-1, 1)
    labels, d = pykmeans.assign(X[::-301], X)
    np.testing.assert_array_equal(labels, np.arange(70_000)[::-301])
    assert not d.any()


def test_wide_rows():
    X = blobs(20, 5000, 3, seed=0, dtype=np.float32)
    check(X, X[:3])
