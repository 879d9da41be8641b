"""Fits, seeds and distances by every metric are, bit for bit, those of tests/support/reference.py."""

import numpy as np
import pytest
import reference
from helpers import as_points, assert_fit_is, assert_same_bits, bits, check, fitted, some_weights, table, weights_of
from hypothesis import given, settings
from hypothesis import strategies as st

import pykmeans
from pykmeans import KMeans, _core, kmeans_plusplus

TYPES = [np.float32, np.float64, np.uint8]
METRICS = ["manhattan", "cosine", "hamming"]
ALL = [*METRICS, "mixed"]


def test_every_metric_has_these_tests():
    assert set(_core.METRICS) == {"euclidean", *ALL}
    algorithms = {name: traits["algorithms"] for name, traits in _core.METRICS.items()}
    assert all({"auto", "lloyd"} <= set(names) <= set(_core.ALGORITHMS) for names in algorithms.values())
    assert algorithms["euclidean"] == algorithms["cosine"] == _core.ALGORITHMS
    assert [traits["center"] for traits in _core.METRICS.values()] == [
        "mean",
        "median",
        "direction",
        "mode",
        "mean or mode",
    ]


# ---------------------------------------------------------------- whole fits


@pytest.mark.parametrize(
    "weighted, stops",
    [("none", [{}, {"max_iter": 1}]), ("whole", [{"tol": 0}, {"tol": 0.3}]), ("odd", [{}, {"max_iter": 3}])],
    ids=["none", "whole", "odd"],
)
@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("n, d, k", [(300, 2, 5), (257, 7, 12), (500, 16, 3), (130, 35, 20), (90, 1, 4)])
@pytest.mark.parametrize("metric", ALL)
def test_fit(metric, n, d, k, dtype, weighted, stops):
    X, how = table(metric, n, d, k, seed=n + d, dtype=dtype)
    w = weights_of(weighted, n, seed=k)
    init = X[np.random.default_rng(1).choice(n, k, replace=False)]
    for stop in stops:
        check(X, init, w, **stop, **how)


@pytest.mark.parametrize("metric", ["euclidean", *ALL])
def test_many_centers_of_many_features(metric):
    """Where labels by 8-bit integers may pay: those know of squared Euclidean distances only."""
    X, how = table(metric, 513 + 505, 130, 40, seed=2)
    points, centers = as_points(X[:513], **how), X[513:]
    assert (_core.nearest(points, centers) == _core.transform(points, centers).argmin(axis=1)).all()


def as_the_metric_wants(X, metric):
    return np.round(X) if metric == "hamming" else X


@pytest.mark.parametrize("k, weighted", [(3, "odd"), (12, "none")])
@pytest.mark.parametrize("name", ["iris", "wine", "digits", "china_sample", "chess"])
@pytest.mark.parametrize("metric", METRICS)
def test_real_data_from_kmeans_plusplus(metric, name, k, weighted, request):
    X = as_the_metric_wants(request.getfixturevalue(name), metric)
    X = X[X.any(axis=1)]
    w = weights_of(weighted, len(X), seed=k)
    model = KMeans(k, metric=metric, random_state=k).fit(X, sample_weight=w)
    expected = reference.k_means(X, k, random_state=k, sample_weight=w, metric=metric)
    assert_fit_is(model, expected, X, w, metric)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("gamma", [0.0, 0.5, 30.0, 1e6])
def test_a_mixed_table(titanic, gamma, dtype):
    X = titanic.astype(dtype)
    how = {"metric": "mixed", "n_numeric": 4, "gamma": gamma}
    for k, w in ((2, None), (5, some_weights(len(X), seed=1)), (12, None)):
        check(X, X[reference.plus_plus(X, k, 0, w, **how)], w, **how)


@pytest.mark.parametrize("n_numeric", [0, 5])
def test_mixed_with_one_kind_of_columns_only(n_numeric):
    for dtype in TYPES:
        X, _ = table("hamming", 200, 5, 4, seed=0, dtype=dtype)
        how = {"metric": "mixed", "n_numeric": n_numeric, "gamma": 0.3}
        expected = check(X, X[:6], some_weights(200, seed=0), tol=0, **how)
        alone = "euclidean" if n_numeric else "hamming"
        other = reference.fit(X, X[:6], some_weights(200, seed=0), tol=0, metric=alone)
        np.testing.assert_array_equal(expected.labels, other.labels)
        np.testing.assert_array_equal(expected.centers, other.centers)


@pytest.mark.parametrize("init", ["k-means++", "random"])
@pytest.mark.parametrize("n_init", ["auto", 1, 4])
@pytest.mark.parametrize("metric", METRICS)
def test_n_init_draws_in_sequence_and_keeps_the_least(metric, init, n_init, wine):
    X = as_the_metric_wants(wine, metric)
    for seed in range(3):
        model = KMeans(5, metric=metric, init=init, n_init=n_init, random_state=seed).fit(X)
        expected = reference.k_means(X, 5, init, n_init, random_state=seed, metric=metric)
        assert_fit_is(model, expected, X, metric=metric)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("metric", METRICS)
def test_the_function_is_the_estimator(metric, dtype):
    X, _ = table(metric, 200, 4, 5, seed=3, dtype=dtype)
    model = KMeans(5, metric=metric, random_state=2, n_init=3).fit(X)
    centers, labels, inertia = pykmeans.k_means(X, 5, metric=metric, random_state=2, n_init=3)[:3]
    assert bits(centers) == bits(model.cluster_centers_)
    assert bits(labels) == bits(model.labels_)
    assert inertia == model.inertia_


# ---------------------------------------------------------------- stopping


@pytest.mark.parametrize("metric", ["manhattan", "cosine", "mixed"])
def test_each_reason_to_stop(metric):
    X, how = table(metric, 400, 4, 9, seed=8)
    for stop_reason, max_iter, tol in (("max_iter", 1, 0), ("labels", 300, 0), ("centers", 300, 0.5)):
        assert check(X, X[:9], max_iter=max_iter, tol=tol, **how).stop_reason == stop_reason


def test_hamming_stops_where_no_center_changed():
    # The starts are the modes: nothing changes.
    X = np.array([[0, 0], [0, 0], [0, 0], [1, 1], [1, 1], [1, 1]])
    model = fitted(X, X[[0, 3]], metric="hamming")
    assert (model.n_iter_, model.stop_reason_) == (1, "centers")
    check(X, X[[0, 3]], metric="hamming")
    # Here a mode changes in the first iteration, and a tolerance of any width has no say.
    model = fitted(X, [[0, 1], [1, 1]], metric="hamming", tol=1e300)
    assert (model.n_iter_, model.stop_reason_) == (2, "labels")


def test_mixed_asks_for_the_categories_too():
    # The numbers stay, and the category of the center becomes 1.
    X = np.array([[2.0, 1.0], [2.0, 1.0], [2.0, 0.0]])
    how = {"metric": "mixed", "n_numeric": 1, "gamma": 1.0}
    assert check(X, [[2.0, 0.0]], tol=1e300, **how).n_iter == 2
    assert check(X, [[2.0, 1.0]], tol=1e300, **how).n_iter == 1
    assert check(X, [[7.0, 1.0]], tol=1e300, **how).n_iter == 2  # variance 0: nothing but 0 is within the tolerance


def test_cosine_measures_tolerance_on_directions():
    # Directions (1, 0), (0, 1), twice: variance 0.25 + 0.25, mean 0.25. The first center turns from (1, 1) to (1, 0):
    # 2 - 2 * sqrt(1/2) = 0.586 = 2.34 * 0.25; and the lengths of the rows say nothing.
    X = np.array([[1.0, 0.0], [300.0, 0.0], [0.0, 1e-9], [0.0, 7.0]])
    init = np.array([[1.0, 1.0], [0.0, 4.0]])
    for tol, n_iter in ((2.35, 1), (2.34, 2)):
        model = fitted(X, init, metric="cosine", tol=tol)
        assert model.n_iter_ == n_iter
        check(X, init, metric="cosine", tol=tol)


# ---------------------------------------------------------------- seeding


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("k", [1, 2, 5, 30])
@pytest.mark.parametrize("metric", METRICS)
def test_seeds(metric, k, dtype):
    for d in (1, 3, 20):
        X, _ = table(metric, 300, d, 8, seed=d, dtype=dtype)
        w = some_weights(300, seed=k)
        for weights, trials in ((None, None), (w, None), (None, 1), (w, 5)):
            options = {"random_state": k, "sample_weight": weights, "n_local_trials": trials, "metric": metric}
            centers, rows = kmeans_plusplus(X, k, **options)
            np.testing.assert_array_equal(rows, reference.plus_plus(X, k, **options))
            np.testing.assert_array_equal(centers, X[rows])
            assert weights is None or np.all(weights[rows] > 0)


@pytest.mark.parametrize("name", ["iris", "wine", "digits", "china_sample", "chess"])
@pytest.mark.parametrize("metric", METRICS)
def test_seeds_of_real_data(metric, name, request):
    X = as_the_metric_wants(request.getfixturevalue(name), metric)
    X = X[X.any(axis=1)]
    w = some_weights(len(X), seed=1)
    for k, weights in ((3, None), (17, w)):
        options = {"random_state": k, "sample_weight": weights, "metric": metric}
        np.testing.assert_array_equal(kmeans_plusplus(X, k, **options)[1], reference.plus_plus(X, k, **options))


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("metric", ALL)
def test_threads_never_show_in_the_picks(metric, dtype):
    X, how = table(metric, 20_000, 5, 20, seed=0, dtype=dtype)
    w = some_weights(20_000, seed=0)
    for n, threads in ((20_000, (1, 2, 3)), (2000, (2,))):
        for weights in (None, w[:n]):
            uniforms = np.random.RandomState(3).random_sample(1 + 15 * 4)
            picks = [_core.plus_plus(as_points(X[:n], weights, t, **how), 16, uniforms, 4) for t in threads]
            for other in picks[1:]:
                np.testing.assert_array_equal(picks[0], other)
            if n == 2000:
                expected = reference.plus_plus(X[:n], 16, 0, weights, 4, uniforms, **how)
                np.testing.assert_array_equal(picks[0], expected)


# ---------------------------------------------------------------- what a fitted estimator says of other data


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("other", TYPES)
@pytest.mark.parametrize("metric", METRICS)
def test_predict_transform_and_score_of_other_types(metric, dtype, other):
    X, how = table(metric, 300, 5, 6, seed=0, dtype=dtype)
    model = fitted(X, X[:6], **how)
    X, _ = table(metric, 100, 5, 6, seed=2, dtype=other)
    w = some_weights(100, seed=2)
    centers = model.cluster_centers_
    labels, distances = reference.assign(X, centers, **how)
    np.testing.assert_array_equal(model.predict(X), labels)
    assert model.score(X) == -reference.score(X, centers, **how)
    assert model.score(X, sample_weight=w) == -reference.score(X, centers, w, **how)
    shown = reference.transform(X, centers, **how).astype(reference.center_type(X))
    assert bits(model.transform(X)) == bits(shown)
    if reference.center_type(X) == centers.dtype:
        found, d = pykmeans.assign(X, centers, metric=metric)
        assert d.dtype == np.float64
        np.testing.assert_array_equal(found, labels)
        np.testing.assert_array_equal(d, distances)


@pytest.mark.parametrize("dtype", TYPES)
def test_transform_of_mixed(dtype):
    X, how = table("mixed", 120, 7, 4, seed=0, dtype=dtype)
    model = fitted(X, X[:4], **how)
    shown = reference.transform(X, model.cluster_centers_, **how).astype(model.cluster_centers_.dtype)
    assert bits(model.transform(X)) == bits(shown)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("metric", ALL)
def test_medoids(metric, dtype):
    X, how = table(metric, 250, 3, 6, seed=5, dtype=dtype)
    X = np.vstack([X, X])  # so that the nearest row is there twice
    w = some_weights(len(X), seed=5)
    for weights in (None, w):
        model = fitted(X, X[:8], weights, **how)
        expected = reference.medoids(X, model.cluster_centers_, model.labels_, weights, **how)
        found = _core.medoids(as_points(X, weights, **how), model.cluster_centers_, model.labels_)
        assert bits(found) == bits(expected.astype(np.int64))
        assert np.all(model.labels_[found] == np.arange(8))
        if metric != "mixed":
            again = fitted(X, X[:8], weights, store_medoids=True, **how)
            np.testing.assert_array_equal(again.medoid_indices_, expected)


def test_medoids_of_clusters_without_weight():
    X = np.array([[0.0], [1.0], [9.0], [5.0]])
    w = np.array([1.0, 1.0, 0.0, 1.0])
    labels = np.array([0, 0, 1, 2], dtype=np.int32)
    centers = np.array([[0.5], [9.0], [4.0], [7.0]])
    found = _core.medoids(as_points(X, w, metric="manhattan"), centers, labels)
    np.testing.assert_array_equal(found, [0, -1, 3, -1])


def test_medoids_are_there_where_they_are_asked_for(iris):
    assert not hasattr(KMeans(3, random_state=0).fit(iris), "medoid_indices_")
    for metric in ("euclidean", *METRICS):
        X = as_the_metric_wants(iris, metric)
        model = KMeans(3, metric=metric, random_state=0, store_medoids=True).fit(X)
        expected = reference.medoids(X, model.cluster_centers_, model.labels_, metric=metric)
        assert bits(model.medoid_indices_) == bits(expected.astype(np.int64))


# ---------------------------------------------------------------- what must not change a fit


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("n, d, k", [(5, 2, 2), (4096, 16, 40), (20_001, 8, 9), (3000, 1, 64), (900, 300, 12)])
@pytest.mark.parametrize("metric", ALL)
def test_threads_never_show(metric, n, d, k, dtype):
    X, how = table(metric, n, d, k, seed=n, dtype=dtype)
    for w in (None, some_weights(n, seed=n)):
        models = [fitted(X, X[:k], w, n_threads=t, max_iter=5, tol=0, **how) for t in (1, 2, 3, 7)]
        for model in models[1:]:
            assert_same_bits(models[0], model)
    assert len({model.score(X, sample_weight=w) for model in models}) == 1


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("metric", ALL)
def test_permuted_rows(metric, dtype):
    X, how = table(metric, 3000, 6, 8, seed=0, dtype=dtype)
    init = X[:8].copy()
    init[3] = init[4]  # an empty cluster to fill
    for w in (None, some_weights(3000, seed=0)):
        one = fitted(X, init, w, **how)
        for seed in range(3):
            order = np.random.default_rng(seed).permutation(3000)
            other = fitted(X[order], init, None if w is None else w[order], **how)
            assert_same_bits(one, other, labels_too=False)
            np.testing.assert_array_equal(one.labels_[order], other.labels_)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("metric", ALL)
def test_weights_equal_repeats(metric, dtype):
    X, how = table(metric, 400, 4, 9, seed=1, dtype=dtype)
    counts = np.random.default_rng(1).integers(0, 6, 400)
    init = X[counts > 0][:9]
    for max_iter in (1, 3, 300):
        weighted = fitted(X, init, counts.astype(np.float64), tol=0, max_iter=max_iter, **how)
        plain = fitted(np.repeat(X, counts, axis=0), init, tol=0, max_iter=max_iter, **how)
        assert_same_bits(weighted, plain, labels_too=False)
        np.testing.assert_array_equal(np.repeat(weighted.labels_, counts), plain.labels_)


@pytest.mark.parametrize("metric", METRICS)
def test_any_layout(metric):
    for dtype in TYPES:
        X, how = table(metric, 333, 5, 4, seed=1, dtype=dtype)
        one = fitted(X, X[:4], **how)
        room = np.full((666, 8), 77, dtype=dtype)
        room[::2, 1:6] = X
        for view in (np.asfortranarray(X), room[::2, 1:6], X[::-1].copy()[::-1], X.astype(X.dtype.newbyteorder())):
            before = bits(view)
            assert_same_bits(one, fitted(view, X[:4], **how))
            assert bits(view) == before


@pytest.mark.parametrize("metric", ALL)
def test_uint8_is_float64_of_the_same_values(metric):
    X, how = table(metric, 700, 9, 5, seed=3, dtype=np.uint8)
    for w in (None, some_weights(700, seed=3)):
        assert_same_bits(fitted(X, X[:5], w, **how), fitted(X.astype(np.float64), X[:5], w, **how))


cell = st.integers(0, 3).map(float)


@st.composite
def crowded(draw, metric):
    """Small grids: ties, copies, empty clusters, rows of no weight, all at once."""
    d = draw(st.integers(1, 3))
    n = draw(st.integers(1, 14))
    k = draw(st.integers(1, n))
    cells = cell.map(lambda v: v + 1) if metric == "cosine" else cell
    X = np.array(draw(st.lists(st.tuples(*[cells] * d), min_size=n, max_size=n)))
    elsewhere = st.sampled_from([7.0, 50.0] if metric in ("hamming", "mixed") else [0.5, 1.5, 50.0])
    init = np.array(draw(st.lists(st.tuples(*[cells | elsewhere] * d), min_size=k, max_size=k)))
    weights = draw(st.none() | st.lists(st.sampled_from([0.0, 1.0, 2.0, 0.5, 0.1]), min_size=n, max_size=n))
    if weights is not None:
        weights = np.array(weights)
        weights[draw(st.integers(0, n - 1))] = 1.0
    how = {"metric": metric}
    if metric == "mixed":
        how |= {"n_numeric": draw(st.integers(0, d)), "gamma": draw(st.sampled_from([0.0, 0.1, 1.0, 2.5]))}
    return X.astype(draw(st.sampled_from(TYPES))), init, weights, how


@pytest.mark.parametrize("metric", ALL)
@settings(max_examples=120, deadline=None, derandomize=True)
@given(st.data(), st.sampled_from([0, 1e-4, 0.3]), st.integers(1, 6))
def test_crowded_grids(metric, data, tol, max_iter):
    X, init, weights, how = data.draw(crowded(metric))
    check(X, init, weights, data.draw(st.integers(1, 3)), tol=tol, max_iter=max_iter, **how)


@pytest.mark.slow
@pytest.mark.parametrize("metric", ALL)
@settings(max_examples=10_000, deadline=None)
@given(st.data(), st.sampled_from([0, 1e-4, 0.3]), st.integers(1, 6))
def test_crowded_grids_at_length(metric, data, tol, max_iter):
    X, init, weights, how = data.draw(crowded(metric))
    check(X, init, weights, tol=tol, max_iter=max_iter, **how)


@pytest.mark.parametrize("metric", ALL)
@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.data())
def test_weights_equal_repeats_where_clusters_are_empty(metric, data):
    X, init, _, how = data.draw(crowded(metric))
    counts = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(X), max_size=len(X))))
    counts[data.draw(st.integers(0, len(X) - 1))] = 2
    init = init[: counts.sum()]
    loop = {"tol": 0, "max_iter": data.draw(st.integers(1, 8))}
    weighted = fitted(X, init, counts.astype(np.float64), **loop, **how)
    plain = fitted(np.repeat(X, counts, axis=0), init, **loop, **how)
    assert_same_bits(weighted, plain, labels_too=False)
    np.testing.assert_array_equal(np.repeat(weighted.labels_, counts), plain.labels_)
