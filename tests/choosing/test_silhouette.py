"""Silhouettes, bit for bit those of the oracle, and those of scikit-learn but for its rounding."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
import reference_silhouette as reference
from helpers import as_points, bits, blobs, on_every_instruction_set, some_weights, table
from reference_exact import exact_sum

from pykmeans import KMeans, KPrototypes, _core, silhouette_samples, silhouette_score
from pykmeans._silhouette import estimator_silhouette, estimator_silhouette_score

METRICS = ["euclidean", "manhattan", "cosine", "hamming", "mixed"]
TYPES = [np.float32, np.float64, np.uint8]


def some_labels(n, k, seed):
    """Labels of all k clusters, one of them of a single row."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, max(k - 1, 1), n).astype(np.int32)
    labels[rng.permutation(n)[:k]] = np.arange(k)
    return labels


def assert_silhouettes(X, labels, k, weights=None, **how):
    """The core's silhouettes are the oracle's. Returns them."""
    found = _core.silhouette(as_points(X, weights, **how), labels, k)
    expected = reference.silhouettes(X, labels, k, weights, **how)
    np.testing.assert_array_equal(found, expected)
    return found


# ---------------------------------------------------------------- the oracle


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("d", [1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 16, 17, 21, 32, 33, 47])
def test_silhouettes_are_the_oracles(d, metric, dtype):
    """Every number of features has a way of its own to be folded."""
    for seed, (n, k) in enumerate([(23, 2), (41, 5)]):
        X, how = table(metric, n, d, k, seed=seed + d, dtype=dtype)
        labels = some_labels(n, k, seed)
        assert_silhouettes(X, labels, k, **how)
        assert_silhouettes(X, labels, k, some_weights(n, seed), **how)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("n", [2, 3, 8, 9, 15, 16, 17, 64, 65, 130])
def test_every_number_of_rows(n, metric):
    X, how = table(metric, n, 3, 2, seed=n)
    for k in sorted({1, 2, n // 3 + 1, n}):
        assert_silhouettes(X, some_labels(n, k, n), k, **how)


@pytest.mark.parametrize("metric", ["euclidean", "mixed"])
def test_clusters_that_go_on_in_the_next_segment(metric):
    """Segments of other rows are 16 rows here at the least, some hundred at the most."""
    for d, n in ((900, 700), (20_000, 40)):
        X, how = table(metric, n, d, 3, seed=d)
        labels = some_labels(n, 3, 0)
        assert_silhouettes(X, labels, 3, **how)
        assert_silhouettes(X[:300], labels[:300], 3, some_weights(len(X[:300]), 1), **how)


@pytest.mark.parametrize("metric", ["euclidean", "manhattan", "cosine", "mixed"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    "spread", ["some", "wide", "all of float64", "huge", "tiny", "subnormal", "far away", "an outlier", "near copies"]
)
def test_values_of_any_size(spread, weighted, metric):
    """Sums of two limbs, of many, and those that no limbs can hold."""
    rng = np.random.default_rng(0)
    for n, d in ((40, 1), (30, 2), (30, 6)):
        X = rng.standard_normal((n, d))
        powers = {"some": 6, "wide": 40, "all of float64": 300}
        if spread in powers:
            X *= 10.0 ** rng.uniform(-powers[spread], min(powers[spread], 290), (n, d))
        elif spread == "far away":
            X += 1e12
        elif spread == "an outlier":
            X[3] *= 1e25
        elif spread == "near copies":
            X = np.repeat(X[:5], n // 5, axis=0) * (1 + rng.choice([0.0, 1e-16, 3e-15, 1e-9], (n, 1)))
        else:
            X *= {"huge": 1e300, "tiny": 1e-290, "subnormal": 1e-320}[spread]
        X[~X.any(axis=1)] = 1.0
        labels = some_labels(n, 3, d)
        how = {"metric": metric}
        if metric == "mixed":
            X = np.hstack([X, rng.integers(0, 3, (n, 2))])
            how = {"metric": metric, "n_numeric": d, "gamma": rng.choice([0.0, 0.3, 1e-12, 1e100])}
        w = None
        if weighted:
            w = some_weights(n, d) * 10.0 ** (rng.uniform(-12, 12, n) if d == 1 else rng.uniform(-1, 1, n))
            if d == 6:
                w *= rng.choice([1e-290, 1.0, 1e290])
        assert_silhouettes(X, labels, 3, w, **how)


def test_weights_of_any_size():
    X = blobs(30, 3, 3, seed=0)
    labels = some_labels(30, 3, 0)
    rng = np.random.default_rng(0)
    for w in (
        np.full(30, 1e300), np.full(30, 1e-300), np.full(30, 2.0**-1074), np.full(30, 1 / 3),
        10.0 ** rng.uniform(-300, 300, 30), 10.0 ** rng.uniform(-30, 30, 30), np.full(30, 1 + 2.0**-52),
    ):  # fmt: skip
        assert_silhouettes(X, labels, 3, w)


def test_a_mean_distance_beyond_float64():
    """The others of a cluster weigh W - 1, which may be next to nothing."""
    X, labels, weights = np.array([[0.0], [1e10], [5], [6]]), np.array([0, 0, 1, 1], np.int32), [1, 1e-300, 1, 1]
    assert assert_silhouettes(X, labels, 2, np.array(weights))[1] == -1
    assert -1 <= silhouette_score(X, labels, sample_weight=weights) <= 1


@pytest.mark.parametrize("metric", METRICS)
def test_simplified_silhouettes_are_the_oracles(metric):
    for dtype in TYPES:
        for seed, (n, d, k) in enumerate([(20, 1, 2), (60, 5, 4), (80, 17, 9)]):
            X, how = table(metric, n, d, k, seed=seed, dtype=dtype)
            centers = X[:k].astype(np.float32 if dtype == np.float32 else np.float64)
            labels = some_labels(n, k, seed)
            for w in (None, some_weights(n, seed)):
                found = _core.simplified_silhouette(as_points(X, w, **how), labels, centers)
                expected = reference.simplified_silhouettes(X, labels, centers, w, **how)
                np.testing.assert_array_equal(found, expected)


def test_the_mean_is_exact():
    rng = np.random.default_rng(0)
    values = rng.uniform(-1, 1, 1000) * 10.0 ** rng.uniform(-20, 0, 1000)
    w = some_weights(1000, 0)
    assert _core.weighted_mean(values) == math.fsum(values) / 1000
    expected = float(exact_sum(values, w)) / float(sum(map(Fraction, w.tolist())))
    assert _core.weighted_mean(values, w) == expected
    order = rng.permutation(1000)
    assert _core.weighted_mean(values[order], w[order]) == expected


# ---------------------------------------------------------------- by hand, and by scikit-learn


def test_by_hand():
    # a is 2 everywhere; from 0 the others are 10 and 12 away, from 2 they are 8 and 10.
    X = [[0.0], [2.0], [10.0], [12.0]]
    np.testing.assert_array_equal(silhouette_samples(X, [0, 0, 1, 1]), [9 / 11, 7 / 9, 7 / 9, 9 / 11])
    assert silhouette_score(X, [0, 0, 1, 1]) == pytest.approx((9 / 11 + 7 / 9) / 2, abs=1e-16)
    # Weights 1, 3, 2, 1. From 0: a = 3 * 2 / (4 - 1) = 2, b = (2 * 10 + 12) / 3;
    # from 2: a = 2 / 3, b = (2 * 8 + 10) / 3; from 10: a = 2 / 2, b = (10 + 3 * 8) / 4;
    # from 12: a = 2 * 2 / 2, b = (12 + 3 * 10) / 4.
    found = silhouette_samples(X, [0, 0, 1, 1], sample_weight=[1, 3, 2, 1])
    np.testing.assert_allclose(found, [1 - 2 * 3 / 32, 1 - 2 / 26, 1 - 4 / 34, 1 - 2 * 4 / 42], rtol=1e-15)
    # Rows of both clusters mixed: from 0 in {0, 10}, a = 10 and b = (2 + 12) / 2.
    np.testing.assert_allclose(silhouette_samples(X, [0, 1, 0, 1])[0], 7 / 10 - 1, rtol=1e-15)
    # In the plane: sides of 3 and 4 and diagonals of 5.
    X = [[0, 0], [3, 0], [0, 4], [3, 4]]
    np.testing.assert_allclose(silhouette_samples(X, list("aabb")), np.full(4, 1 - 3 / 4.5), rtol=1e-15)
    np.testing.assert_allclose(silhouette_samples(X, list("aabb"), metric="manhattan"), np.full(4, 1 - 3 / 5.5))


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "digits"])
@pytest.mark.parametrize("metric", ["euclidean", "manhattan", "cosine", "hamming"])
def test_scikit_learn_says_the_same(name, metric, request):
    metrics = pytest.importorskip("sklearn.metrics")
    X = request.getfixturevalue(name)
    X = X[~(~X.any(axis=1))][:700]
    if metric == "hamming":
        X = np.floor(X)
    for k in (2, 5):
        labels = KMeans(k, random_state=0).fit(X).labels_
        expected = metrics.silhouette_samples(X, labels, metric=metric)
        np.testing.assert_allclose(silhouette_samples(X, labels, metric=metric), expected, rtol=0, atol=1e-11)
        score = metrics.silhouette_score(X, labels, metric=metric)
        assert silhouette_score(X, labels, metric=metric) == pytest.approx(score, abs=1e-12)


# ---------------------------------------------------------------- what does not show


@pytest.mark.parametrize("metric", METRICS)
def test_threads_and_order_never_show(metric):
    n, k = 1500, 7
    X, how = table(metric, n, 6, k, seed=3)
    labels, w = some_labels(n, k, 3), some_weights(n, 3)
    order = np.random.default_rng(0).permutation(n)
    for weight in (None, w):
        shuffled = None if weight is None else weight[order]
        one = _core.silhouette(as_points(X, weight, 1, **how), labels, k)
        for threads in (2, 3, 16):
            assert bits(_core.silhouette(as_points(X, weight, threads, **how), labels, k)) == bits(one)
        assert bits(_core.silhouette(as_points(X[order], shuffled, 2, **how), labels[order], k)) == bits(one[order])
        renamed = (k - 1 - labels).astype(np.int32)
        assert bits(_core.silhouette(as_points(X, weight, 2, **how), renamed, k)) == bits(one)
        assert _core.weighted_mean(one, weight) == _core.weighted_mean(one[order], shuffled)


@pytest.mark.parametrize("metric", METRICS)
def test_weights_are_copies(metric):
    n, k = 300, 4
    X, how = table(metric, n, 5, k, seed=1)
    labels = some_labels(n, k, 1)
    w = np.random.default_rng(0).integers(0, 4, n)
    w[labels == k - 1] = 1  # a single row
    copies = np.repeat(np.arange(n), w)
    weighted = _core.silhouette(as_points(X, w.astype(np.float64), **how), labels, k)
    copied = _core.silhouette(as_points(X[copies], **how), labels[copies], k)
    assert bits(weighted[copies]) == bits(copied)
    assert _core.weighted_mean(weighted, w.astype(np.float64)) == _core.weighted_mean(copied)


DIGEST = """
import hashlib, json
import numpy as np
from pykmeans import _core

digests = []
rng = np.random.default_rng(0)
for d in (1, 2, 3, 5, 8, 11, 16, 17, 29, 40, 70):
    plain = np.abs(rng.standard_normal((300, d))) + 0.01
    codes = rng.integers(0, 4, (300, d)).astype(float)
    labels = rng.integers(0, 6, 300).astype(np.int32)
    p = d // 2
    mixed = np.hstack([plain[:, :p], codes[:, p:]])
    w = rng.random(300)
    problems = [(metric, plain) for metric in ("euclidean", "manhattan", "cosine")]
    problems += [("euclidean", plain * 10.0 ** rng.uniform(-30, 30, plain.shape)), ("manhattan", plain * 1e300)]
    problems += [("euclidean", (plain * 20).astype(np.uint8)), ("euclidean", plain.astype(np.float32))]
    problems += [("hamming", codes.astype(np.uint8)), ("mixed", mixed)]
    for metric, X in problems:
        for weights in (None, w):
            points = _core.Points(X, weights, 2, metric, p if metric == "mixed" else 0, 0.7)
            found = [_core.silhouette(points, labels, 6)]
            found += [_core.simplified_silhouette(points, labels, X[:6].astype(float))]
            digests.append(hashlib.sha256(b"".join(a.tobytes() for a in found)).hexdigest()[:16])
print(json.dumps([_core.info()["instruction_set"], digests]))
"""


def test_instruction_sets_never_show():
    results = on_every_instruction_set(DIGEST)
    for name, digests in results.items():
        assert digests == results["baseline"], name


# ---------------------------------------------------------------- edges


@pytest.mark.parametrize("metric", METRICS)
def test_ties_and_copies(metric):
    """Clusters equally far away, rows that are all the same, and clusters of nothing else."""
    X = np.array([[1.0, 1], [1, 1], [1, 3], [1, 3], [3, 1], [3, 1]])
    how = {"metric": metric, **({"n_numeric": 1, "gamma": 0.5} if metric == "mixed" else {})}
    labels = np.array([0, 0, 1, 1, 2, 2], dtype=np.int32)
    found = assert_silhouettes(X, labels, 3, **how)
    if metric != "cosine":
        np.testing.assert_array_equal(found, np.ones(6))
    same = np.ones((6, 2))
    np.testing.assert_array_equal(assert_silhouettes(same, labels, 3, **how), np.zeros(6))


def test_a_row_that_is_alone_has_0():
    X = np.array([[0.0], [1.0], [5.0], [9.0]])
    labels = np.array([0, 0, 1, 2], dtype=np.int32)
    found = assert_silhouettes(X, labels, 3)
    assert found[0] > 0 and found[2:].tolist() == [0, 0]
    # Copies are not alone: they are at distance 0 of each other.
    assert assert_silhouettes(X, labels, 3, np.array([1.0, 1, 2, 1]))[2:].tolist() == [1, 0]
    # A cluster that weighs 1 or less has no other row to offer.
    assert assert_silhouettes(X, labels, 3, np.array([0.5, 0.5, 2, 1]))[:2].tolist() == [0, 0]
    # A row of zero weight is measured, and measures nothing.
    found = assert_silhouettes(X, labels, 3, np.array([3.0, 0.0, 2.0, 0.0]))
    assert found.tolist() == [1.0, (4 - 3 / 2) / 4, 1.0, 0.0]


def test_one_cluster_and_none():
    X = blobs(20, 2, 2, seed=0)
    zeros = np.zeros(20, dtype=np.int32)
    for k in (1, 3):
        assert np.isnan(assert_silhouettes(X, zeros, k)).all()
        assert np.isnan(_core.simplified_silhouette(as_points(X), zeros, X[:1])).all()
    labels = (np.arange(20) % 2).astype(np.int32)
    found = assert_silhouettes(X, labels, 2, (labels == 0) + 0.0)  # one cluster has weight: rows of the other have it
    np.testing.assert_array_equal(found, np.where(labels == 0, np.nan, 0.0))
    # Numbers that no row has are nobody's neighbors.
    far = (labels * 5 + 2).astype(np.int32)
    assert bits(assert_silhouettes(X, far, 9)) == bits(assert_silhouettes(X, labels, 2))
    with pytest.raises(ValueError, match=r"labels\[0\]=2 must be in \[0, n_clusters=2\)"):
        _core.silhouette(as_points(X), far, 2)


def test_many_clusters():
    X = blobs(260, 3, 30, seed=0)
    for k in (30, 150, 259):
        assert_silhouettes(X, some_labels(260, k, k), k)


@pytest.mark.parametrize("metric", ["euclidean", "manhattan", "cosine"])
def test_clusters_that_cannot_be_the_nearest(metric):
    """The others are not left out, however near they are to a tie. (That these are, instruction counts tell.)"""
    X = np.abs(blobs(160, 3, 9, seed=2))
    labels = np.argmin(((X[:, None] - X[:9]) ** 2).sum(axis=2), axis=1).astype(np.int32)
    for w in (None, some_weights(160, 0)):
        for wide in (1.0, 100.0):  # clusters of many widths: centers alone do not tell
            widened = X * np.where(labels % 3 == 0, wide, 1.0)[:, None]
            assert_silhouettes(widened, labels, 9, w, metric=metric)
    # Rows as far from each of six clusters of copies, but for the last bits: only roundings decide.
    rng = np.random.default_rng(0)
    labels = (np.arange(70) % 7).astype(np.int32)
    for offset in (0.0, 1e6):
        copies = np.array([[0.0] * 3, *itertools.permutations([0.1, 0.3, 0.7])])[labels]
        copies[labels == 0] += rng.random((10, 1))
        for scale in (1.0, 1e-100, 2.0**470):
            for w in (None, rng.uniform(0.1, 3, 70)):
                assert_silhouettes((copies + offset) * scale, labels, 7, w, metric=metric)


# ---------------------------------------------------------------- arguments


def test_labels_of_any_kind():
    X = blobs(60, 3, 3, seed=0)
    numbers = some_labels(60, 3, 0)
    expected = silhouette_samples(X, numbers)
    assert expected.dtype == np.float64 and expected.shape == (60,)
    names = np.array(["one", "two", "three"])[numbers]
    kinds = [numbers * 7 - 3, numbers.astype(np.float64), numbers.astype(np.int8), names, names.astype(object)]
    kinds += [names.tolist(), tuple(numbers.tolist()), numbers.astype(np.uint64), np.stack([numbers, numbers])[0]]
    for labels in kinds:
        assert bits(silhouette_samples(X, labels)) == bits(expected)
        assert silhouette_score(X, labels) == math.fsum(expected) / 60
    two = silhouette_samples(X, numbers == 1)
    assert bits(two) == bits(silhouette_samples(X, (numbers == 1).astype(np.int32)))
    for X_too in (X.tolist(), np.asfortranarray(X), X[::-1][::-1]):
        assert bits(silhouette_samples(X_too, names)) == bits(expected)


def test_labels_and_tables_of_frames():
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    frame = {"color": ["red", "red", "blue", "blue"], "size": ["s", "m", "l", "l"]}
    expected = silhouette_samples([[0, 0], [0, 1], [1, 2], [1, 2]], [0, 0, 1, 1], metric="hamming")
    np.testing.assert_array_equal(expected, [0.5, 0.5, 1, 1])
    for module in (pandas, polars):
        labels = module.Series(["a", "a", "b", "b"])
        assert bits(silhouette_samples(module.DataFrame(frame), labels, metric="hamming")) == bits(expected)
    categories = pandas.Series(["a", "a", "b", "b"], dtype="category")
    assert bits(silhouette_samples(pandas.DataFrame(frame), categories, metric="hamming")) == bits(expected)


@pytest.mark.parametrize("function", [silhouette_samples, silhouette_score])
def test_wrong_arguments(function):
    X = blobs(10, 2, 2, seed=0)
    labels = np.arange(10) % 2
    refused = [
        ((X, np.zeros(10)), {}, ValueError, r"Number of labels is 1\. Valid values are 2 to n_samples - 1"),
        ((X, np.arange(10)), {}, ValueError, r"Number of labels is 10\. Valid values are 2 to n_samples - 1"),
        ((X, labels[:9]), {}, ValueError, r"inconsistent numbers of samples: \[10, 9\]"),
        ((X, labels[:, None]), {}, ValueError, r"labels must be a 1D array.*got shape \(10, 1\)"),
        ((X, 3), {}, ValueError, r"labels must be a 1D array.*got shape \(\)"),
        ((X, np.where(labels, np.nan, 1)), {}, ValueError, "labels holds values that are NaN or infinite"),
        ((X, np.array([np.nan, 1, 1, 2, 2] * 2, dtype=object)), {}, ValueError, "labels holds values that are NaN"),
        ((X, np.array(["NaT", "2026-01-01"] * 5, dtype="datetime64[D]")), {}, ValueError, "labels holds values that"),
        ((X, [None, "a"] * 5), {}, ValueError, "labels must be of one kind, none missing"),
        ((X * np.nan, labels), {}, ValueError, "Input X contains NaN"),
        ((X[:, 0], labels), {}, ValueError, "Expected 2D array"),
        ((X, labels), {"metric": "precomputed"}, ValueError, "The 'metric' parameter of silhouette_.* must be a str"),
        ((X, labels), {"n_threads": 0}, ValueError, "The 'n_threads' parameter of silhouette_"),
        ((X, labels), {"sample_weight": labels}, ValueError, r"Number of labels is 1.*n_samples is 5 here, the sum of"),
        ((X, labels), {"sample_weight": 0.1}, ValueError, "n_samples is 1 here, the sum of sample_weight: weight w"),
        ((X, labels), {"sample_weight": -labels}, ValueError, "Negative values"),
        ((X, labels), {"sample_weight": [1]}, ValueError, "one weight per row"),
        ((X * 0, labels), {"metric": "cosine"}, ValueError, "zeros"),
    ]  # fmt: skip
    for arguments, options, error, words in refused:
        with pytest.raises(error, match=words):
            function(*arguments, **options)
    # As many labels as rows are too many, but not where weights make several rows of one.
    assert np.all(function(X, np.arange(10), sample_weight=2) == 1)


# ---------------------------------------------------------------- of an estimator


@pytest.mark.parametrize("metric", ["euclidean", "manhattan", "cosine", "hamming"])
def test_of_an_estimator(metric):
    X, _ = table(metric, 200, 4, 3, seed=0)
    w = some_weights(200, 0)
    for weight in (None, w):
        model = KMeans(3, metric=metric, random_state=0).fit(X, sample_weight=weight)
        found = estimator_silhouette(model, X, weight)
        assert bits(found) == bits(silhouette_samples(X, model.labels_, metric=metric, sample_weight=weight))
        score = silhouette_score(X, model.labels_, metric=metric, sample_weight=weight)
        assert estimator_silhouette_score(model, X, weight) == score
        simplified = estimator_silhouette(model, X, weight, simplified=True)
        expected = reference.simplified_silhouettes(X, model.labels_, model.cluster_centers_, weight, metric=metric)
        np.testing.assert_array_equal(simplified, expected)
        assert estimator_silhouette_score(model, X, weight, simplified=True) == _core.weighted_mean(simplified, weight)
    other = estimator_silhouette(model, X[:50])  # rows that it was not fitted to, or not all of them
    assert bits(other) == bits(silhouette_samples(X[:50], model.predict(X[:50]), metric=metric))
    assert np.isnan(estimator_silhouette(KMeans(1, metric=metric).fit(X), X)).all()


def test_of_k_prototypes():
    rng = np.random.default_rng(0)
    numbers = blobs(120, 2, 3, seed=0)
    colors = np.array(["red", "green", "blue"])[rng.integers(0, 3, 120)]
    X = [[a, b, color] for (a, b), color in zip(numbers.tolist(), colors, strict=True)]
    model = KPrototypes(3, random_state=0).fit(X)
    codes = np.unique(colors, return_inverse=True)[1]
    coded = np.column_stack([numbers, codes])
    how = {"metric": "mixed", "n_numeric": 2, "gamma": model.gamma_}
    np.testing.assert_array_equal(estimator_silhouette(model, X), reference.silhouettes(coded, model.labels_, 3, **how))
    centers = model.cluster_centers_.copy()
    centers[:, 2] = [["blue", "green", "red"].index(color) for color in centers[:, 2]]
    expected = reference.simplified_silhouettes(coded, model.labels_, centers.astype(np.float64), **how)
    np.testing.assert_array_equal(estimator_silhouette(model, X, simplified=True), expected)
