"""Numbers at the ends of their types, where test_exact.py, test_metrics_exact.py and test_silhouette.py do not ask."""

import ctypes.util
import json
import platform
import sys

import numpy as np
import pytest
import reference
from helpers import as_points, assert_same_bits, bits, check, fitted, some_weights, table
from programs import output

import pykmeans
from pykmeans import KMeans, KPrototypes, _core, kmeans_plusplus, select_k, silhouette_samples, silhouette_score

METRICS = ["euclidean", "manhattan", "cosine", "hamming"]
SIZES = [5e-324, 1e-310, 1e-300, 1e-160, 1e-30, 1e25, 1e150, 1e160, 1e300]


def crowds(size, dtype=np.float64):
    """Sixty rows around three places, and a row of each. The values are small whole numbers times a size."""
    places = np.array([[-60.0, 20.0, 0.0], [10.0, -40.0, 3.0], [60.0, 50.0, 0.0]])
    X = np.tile(places, (20, 1)) + np.random.default_rng(0).integers(-9, 10, (60, 3))
    return (X * size).astype(dtype)


def or_error(act):
    """What comes, or the words of the error."""
    try:
        return act()
    except ValueError as error:
        return str(error)


# ---------------------------------------------------------------- sizes


@pytest.mark.parametrize("metric", METRICS[:3])
@pytest.mark.parametrize("size", SIZES)
def test_predict_transform_and_score_of_any_size(size, metric):
    """A model of one size asked about rows of the others."""
    X = crowds(size)
    weights = some_weights(60, seed=1)
    model = or_error(lambda: KMeans(3, init=X[:3], n_init=1, metric=metric).fit(X))
    if size >= 1e160 and metric == "euclidean":
        assert "inertia" in model and "float64" in model
        return
    expected = reference.fit(X, X[:3], metric=metric)
    assert bits(model.cluster_centers_) == bits(expected.centers)
    np.testing.assert_array_equal(model.labels_, np.arange(60) % 3)
    for other in (1.0, *SIZES[:-1]):
        rows = crowds(other)
        centers = model.cluster_centers_
        np.testing.assert_array_equal(model.predict(rows), reference.assign(rows, centers, metric=metric)[0])
        with np.errstate(over="ignore"):  # there the package says so in words
            distances = reference.transform(rows, centers, metric=metric)
        if np.isfinite(distances).all():
            assert bits(model.transform(rows)) == bits(distances)
        inertia = reference.score(rows, centers, weights, metric=metric)
        found = or_error(lambda rows=rows: model.score(rows, sample_weight=weights))
        assert found == -inertia if np.isfinite(inertia) else "inertia" in found


@pytest.mark.parametrize("size", [1e-41, 1e-38, 1e-30, 1e-20, 1e18, 1e25, 4e36])
@pytest.mark.parametrize("metric", METRICS[:3])
def test_float32_whose_squares_leave_float32(size, metric):
    X = crowds(size, np.float32)
    expected = check(X, X[:3], metric=metric)
    np.testing.assert_array_equal(expected.labels, np.arange(60) % 3)
    seeds = kmeans_plusplus(X, 3, random_state=0, metric=metric)[1]
    np.testing.assert_array_equal(seeds, reference.plus_plus(X, 3, 0, metric=metric))


@pytest.mark.parametrize("constant", [1e-310, 0.1, 1e25, 1e150, -1e300])
def test_a_constant_column_changes_no_cluster(constant):
    """Where it is beyond all squares, it says at which size the others are looked at, and they are still there."""
    X = crowds(0.5)
    with_it = np.insert(X, 1, constant, axis=1)
    one, other = fitted(X, X[:3], tol=0), fitted(with_it, with_it[:3], tol=0)
    np.testing.assert_array_equal(one.labels_, other.labels_)
    assert bits(np.delete(other.cluster_centers_, 1, axis=1)) == bits(one.cluster_centers_)
    np.testing.assert_array_equal(other.cluster_centers_[:, 1], constant)
    check(with_it, with_it[:3], tol=0)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("value", [-0.0, 5e-324, -1e-310, 0.1, 1e25, 1e160, -1.7e308])
def test_all_points_equal(value, metric):
    X = np.full((20, 3), value)
    if metric == "hamming" and value != np.trunc(value):
        pytest.skip("categories are whole numbers")
    if metric == "cosine" and value == 0:
        pytest.skip("no direction")
    expected = check(X, X[:3], metric=metric)
    with pytest.warns(UserWarning, match="distinct"):
        model = KMeans(3, random_state=0, metric=metric).fit(X)
    if metric == "cosine":  # centers are directions, and rounded
        assert expected.inertia < 1e-29 and model.inertia_ < 1e-29
    else:
        assert expected.inertia == model.inertia_ == 0
        np.testing.assert_array_equal(model.cluster_centers_, X[:3])
    assert silhouette_score(X, np.arange(20) % 2, metric=metric) == 0


@pytest.mark.parametrize("metric", METRICS)
def test_the_sign_of_zero_is_nothing(metric):
    rng = np.random.default_rng(0)
    X = rng.integers(-2, 3, (200, 3)).astype(np.float64)
    X[~X.any(axis=1)] = 1
    signed = np.where((X == 0) & (rng.random(X.shape) < 0.5), -0.0, X)
    assert bits(signed) != bits(X + 0.0)
    one, other = fitted(X, X[:4], metric=metric), fitted(signed, signed[:4], metric=metric)
    np.testing.assert_array_equal(one.labels_, other.labels_)
    np.testing.assert_array_equal(one.cluster_centers_, other.cluster_centers_)
    assert (one.inertia_, one.n_iter_) == (other.inertia_, other.n_iter_)
    labels = np.arange(200) % 3
    for act in (
        lambda X: kmeans_plusplus(X, 6, random_state=0, metric=metric)[1],
        lambda X: silhouette_samples(X, labels, metric=metric),
        one.transform,
        one.predict,
    ):
        assert bits(act(signed)) == bits(act(X))


def test_numbers_of_k_prototypes_at_any_size():
    """The numbers and gamma scaled alike: the same clusters."""
    rng = np.random.default_rng(0)
    X = np.hstack([crowds(1.0)[:, :2], rng.integers(0, 3, (60, 2))])
    one = KPrototypes(3, categorical=[2, 3], init=X[:3], gamma=8.0, n_init=1).fit(X)
    for exponent in (-520, -400, -60, 60, 320):
        scaled = np.hstack([np.ldexp(X[:, :2], exponent), X[:, 2:]])
        gamma = np.ldexp(8.0, 2 * exponent)
        other = KPrototypes(3, categorical=[2, 3], init=scaled[:3], gamma=gamma, n_init=1).fit(scaled)
        np.testing.assert_array_equal(one.labels_, other.labels_)
        centers, scaled_centers = one.cluster_centers_.astype(float), other.cluster_centers_.astype(float)
        np.testing.assert_array_equal(np.ldexp(centers[:, :2], exponent), scaled_centers[:, :2])
        np.testing.assert_array_equal(centers[:, 2:], scaled_centers[:, 2:])


# ---------------------------------------------------------------- choosing k

CRITERIA = ["elbow", "silhouette", "simplified_silhouette", "calinski_harabasz", "davies_bouldin", "gap"]


@pytest.mark.parametrize("exponent", [-1040, -500, -130, 80, 490])
def test_the_best_k_has_no_size(exponent):
    """Values of a criterion are those at size 1, NaN where the inertia vanishes; and nothing is warned of."""
    options = {"random_state": 0, "n_references": 2, "criteria": CRITERIA}
    one = select_k(crowds(1.0), range(1, 5), **options)
    other = select_k(np.ldexp(crowds(1.0), exponent), range(1, 5), **options)
    assert one.best_k == other.best_k == 3
    for name in CRITERIA[1:5]:
        same = slice(None) if exponent > -500 else slice(0, 3)  # which start is better no longer shows in an inertia
        np.testing.assert_allclose(other.table[name][same], one.table[name][same], rtol=1e-13)
    if exponent < -1000:
        assert np.isnan(other.table["gap"]).all() and np.isnan(other.table["elbow"]).all()


@pytest.mark.parametrize("weight", [1e-300, 1e-20, 1e300, 1e304])
def test_the_best_k_with_weights_of_any_size(weight):
    """Those that do not count rows: ratios of sums."""
    names = ["davies_bouldin", "gap"]
    options = {"random_state": 0, "n_references": 2, "criteria": names}
    one = select_k(crowds(0.1), range(1, 5), **options)
    other = select_k(crowds(0.1), range(1, 5), sample_weight=np.full(60, weight), **options)
    assert one.best_k == other.best_k
    for name in names:
        np.testing.assert_allclose(other.table[name], one.table[name], rtol=1e-12)


# ---------------------------------------------------------------- integers

BEYOND = 2**53 + 1
INTEGERS = {
    "predict": ("X", lambda X: KMeans(1).fit(np.zeros((1, 2))).predict(X)),
    "transform": ("X", lambda X: KMeans(1).fit(np.zeros((1, 2))).transform(X)),
    "score": ("X", lambda X: KMeans(1).fit(np.zeros((1, 2))).score(X)),
    "silhouette": ("X", lambda X: silhouette_samples(X, [0, 1, 0])),
    "select_k": ("X", lambda X: select_k(X, [1, 2])),
    "manhattan": ("X", lambda X: KMeans(1, metric="manhattan").fit(X)),
    "hamming": ("X", lambda X: KMeans(1, metric="hamming").fit(X)),
    "init": ("init", lambda X: KMeans(3, init=X, n_init=1).fit(np.zeros((3, 2)))),
    "centers": ("centers", lambda X: pykmeans.assign(np.zeros((3, 2)), X)),
    "weights": ("sample_weight", lambda X: KMeans(1).fit(np.zeros((3, 2)), sample_weight=X[:, 0])),
}


@pytest.mark.parametrize("entry", INTEGERS)
@pytest.mark.parametrize("dtype", [np.int64, np.uint64, object])
def test_integers_beyond_2_53_by_every_way_in(dtype, entry):
    """None is rounded without a word."""
    name, act = INTEGERS[entry]
    if entry == "hamming" and dtype is object:
        pytest.skip("objects are categories of their own")
    X = np.array([[1, 2], [BEYOND, 3], [4, 5]], dtype=dtype)
    with pytest.raises(ValueError, match=rf"^{name} holds the integer {BEYOND} at "):
        act(X)


def test_whole_numbers_up_to_2_53_keep_every_digit():
    X = 2**53 - np.array([[0, 1], [1, 0], [1000, 1001], [1001, 1000]])
    model = fitted(X, X[[0, 2]])
    np.testing.assert_array_equal(model.labels_, [0, 0, 1, 1])
    assert model.inertia_ == 8.0 / 2  # the mean of 2^53 - 1 and 2^53 is rounded to 2^53
    check(X, X[[0, 2]])


# ---------------------------------------------------------------- another library's floating-point state

STATES = {"usual": 0, "flush to zero": 0x8040, "round down": 0x2000, "round up": 0x4000, "round to zero": 0x6000}


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or platform.machine() != "x86_64" or not ctypes.util.find_library("m"),
    reason="sets the floating-point state as glibc lays it out on x86-64",
)
def test_every_metric_in_the_state_that_another_library_left():
    results = json.loads(output("floating_point_state_of_metrics", json.dumps(STATES), timeout=300))
    usual = results["usual"]
    assert usual["tiny manhattan True fit"] != usual["plain manhattan True fit"]
    for name in STATES:
        differ = [key for key in usual if results[name][key] != usual[key]]
        assert not differ, name


# ---------------------------------------------------------------- weights


@pytest.mark.parametrize("exponent", [-1074, -1000, 990])
@pytest.mark.parametrize("metric", METRICS)
def test_weights_all_as_small_or_large_as_can_be(metric, exponent):
    """Weights of 1 times a power of two: the same clusters, whatever it is."""
    X, how = table(metric, 90, 3, 4, seed=2)
    if exponent > 0:
        X = X if metric in ("hamming", "cosine") else X / 16
    w = np.full(90, np.ldexp(1.0, exponent))
    one, other = fitted(X, X[:4], **how), fitted(X, X[:4], w, **how)
    np.testing.assert_array_equal(one.labels_, other.labels_)
    assert bits(one.cluster_centers_) == bits(other.cluster_centers_)
    assert other.cluster_sizes_.tolist() == np.ldexp(one.cluster_sizes_, exponent).tolist()
    assert_same_bits(other, fitted(X, X[:4], w, algorithm="lloyd", n_threads=1, **how))
    seeds = [kmeans_plusplus(X, 5, random_state=0, metric=metric, sample_weight=weights)[1] for weights in (None, w)]
    np.testing.assert_array_equal(*seeds)


def test_a_number_of_draws_beyond_what_a_size_can_hold():
    """1 + 2 * 2^63 would be 1 in 64 bits, which is how many there are."""
    points = as_points(crowds(1.0))
    with pytest.raises(ValueError, match=r"uniforms of 1 numbers must hold 1 \+ \(n_clusters - 1\)"):
        _core.plus_plus(points, 3, np.array([0.5]), 2**63)
