"""docs/semantics.md line by line: what the package computes is, bit for bit, what reference.py computes."""

import math

import numpy as np
import pytest
import reference
from helpers import assert_fit_is, bits, blobs, check, fitted, some_weights, weights_of
from hypothesis import given, settings
from hypothesis import strategies as st

import pykmeans
from pykmeans import KMeans

TYPES = [np.float32, np.float64, np.uint8]


# ---------------------------------------------------------------- whole fits


@pytest.mark.parametrize("weighted", ["none", "whole", "odd"])
@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("n, d, k", [(300, 2, 5), (257, 7, 12), (500, 16, 3), (130, 35, 20), (90, 1, 4)])
def test_fit(n, d, k, dtype, weighted):
    X = blobs(n, d, k, seed=n + d, dtype=dtype)
    w = weights_of(weighted, n, seed=k)
    init = X[np.random.default_rng(1).choice(n, k, replace=False)]
    for stop in ({}, {"tol": 0}, {"max_iter": 1}, {"max_iter": 3}, {"tol": 1e-2}):
        check(X, init, w, **stop)


@pytest.mark.parametrize("dtype", TYPES)
def test_init_is_cast_to_the_type_of_the_centers(dtype):
    X = blobs(200, 3, 4, seed=0, dtype=dtype)
    init = X[:4] + np.random.default_rng(0).uniform(0, 1e-3, (4, 3))
    model = fitted(X, init, max_iter=1)
    assert model.cluster_centers_.dtype == (np.float32 if dtype == np.float32 else np.float64)
    assert_fit_is(model, reference.fit(X, init, max_iter=1), X)


@pytest.mark.parametrize("dtype", [np.float16, bool, np.int8, np.int16, np.uint16, np.int32, np.int64, np.uint64])
def test_types_that_are_copied(dtype):
    X = (blobs(150, 4, 3, seed=2) * 20 + 100).clip(0, 127).astype(dtype)
    if np.dtype(dtype).kind == "b":
        X = blobs(150, 4, 3, seed=2) > 0
    init = X[[3, 50, 90]].astype(np.float32 if dtype == np.float16 else np.float64)
    check(X, init)


@pytest.mark.parametrize("k", [2, 3, 8, 20])
@pytest.mark.parametrize("name", ["iris", "digits", "wine", "breast_cancer", "china_sample"])
def test_real_data_from_kmeans_plusplus(name, k, request):
    X = request.getfixturevalue(name)
    for seed in (0, 7):
        model = KMeans(k, random_state=seed).fit(X)
        assert_fit_is(model, reference.k_means(X, k, random_state=seed), X)


@pytest.mark.parametrize("name", ["iris", "wine", "china_sample"])
def test_real_data_with_weights(name, request):
    X = request.getfixturevalue(name)
    w = some_weights(len(X), seed=3)
    model = KMeans(6, random_state=1).fit(X, sample_weight=w)
    assert_fit_is(model, reference.k_means(X, 6, random_state=1, sample_weight=w), X, w)


@pytest.mark.parametrize("init", ["k-means++", "random"])
@pytest.mark.parametrize("n_init", ["auto", 1, 4])
def test_n_init_draws_in_sequence_and_keeps_the_least(init, n_init, wine):
    for seed in range(3):
        model = KMeans(5, init=init, n_init=n_init, random_state=seed).fit(wine)
        assert_fit_is(model, reference.k_means(wine, 5, init, n_init, random_state=seed), wine)


def test_n_init_keeps_the_first_of_equal_runs():
    # Four corners: whatever two rows the runs start from along a side, the inertia is the same; the labels are not.
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    starts = [X[[0, 1]], X[[1, 0]], X[[0, 2]]]

    def init(X, n_clusters, random_state):
        return starts[random_state.randint(3)]

    seen = set()
    for seed in range(8):
        first = starts[np.random.RandomState(seed).randint(3)]
        model = KMeans(2, init=init, n_init=5, random_state=seed).fit(X)
        np.testing.assert_array_equal(model.labels_, reference.fit(X, first).labels)
        seen.add(tuple(model.labels_))
    assert len(seen) == 3


def test_callable_init_runs_ten_times_by_default(wine):
    calls = []

    def init(X, n_clusters, random_state):
        calls.append(random_state)
        return X[random_state.randint(0, len(X), n_clusters)]

    model = KMeans(4, init=init, random_state=0).fit(wine)
    assert len(calls) == 10
    assert_fit_is(model, reference.k_means(wine, 4, init, random_state=0), wine)


# ---------------------------------------------------------------- stopping


def test_stop_labels():
    X = blobs(300, 3, 4, seed=5)
    model = fitted(X, X[:4], tol=0)
    assert model.stop_reason_ == "labels"
    for j in range(4):  # the returned centers are the means of the returned labels
        members = X[model.labels_ == j]
        np.testing.assert_array_equal(model.cluster_centers_[j], [math.fsum(c) / len(members) for c in members.T])
    again = fitted(X, X[:4], tol=0, max_iter=model.n_iter_ - 1)
    assert again.stop_reason_ == "max_iter"
    np.testing.assert_array_equal(again.labels_, model.labels_)  # it needed one more to know


def test_stop_centers_at_exactly_the_tolerance():
    # Mean 0, variance (4 * 4 + 4 * 4) / 8 = 4. The starts -3 and 1 label all but 2 ... as below, and move to -2 and 2:
    # the shift is 1 + 1 = 2 in the first iteration, 0.5 of the variance.
    X = np.array([[-2.0]] * 4 + [[2.0]] * 4)
    init = np.array([[-3.0], [1.0]])
    at, below = 0.5, np.nextafter(0.5, 0)
    assert fitted(X, init, tol=at).stop_reason_ == "centers"
    assert fitted(X, init, tol=at).n_iter_ == 1
    assert fitted(X, init, tol=below).stop_reason_ == "labels"
    assert fitted(X, init, tol=below).n_iter_ == 2
    check(X, init, tol=at)
    check(X, init, tol=below)


def test_tolerance_takes_the_mean_over_the_features():
    # As above with a second feature that is constant: the mean variance is 2, so the shift is 1.0 of it.
    X = np.column_stack([[-2.0] * 4 + [2.0] * 4, np.full(8, 3.0)])
    init = np.array([[-3.0, 3.0], [1.0, 3.0]])
    assert fitted(X, init, tol=1.0).n_iter_ == 1
    assert fitted(X, init, tol=np.nextafter(1.0, 0)).n_iter_ == 2


def test_tolerance_is_that_of_the_rows_without_weights():
    X = np.array([[-2.0]] * 4 + [[2.0]] * 4)
    w = np.array([1.0, 1, 1, 1, 9, 9, 9, 9])  # the weighted variance would be 4 * 0.1 * 0.9 * 4 = 1.44
    init = np.array([[-3.0], [1.0]])
    assert fitted(X, init, w, tol=0.5).n_iter_ == 1
    assert fitted(X, init, w, tol=np.nextafter(0.5, 0)).n_iter_ == 2


def test_first_iteration_never_stops_by_labels():
    X = np.arange(6.0).reshape(-1, 1)
    model = fitted(X, X, tol=0)
    assert (model.stop_reason_, model.n_iter_, model.inertia_) == ("centers", 1, 0.0)


def test_labels_are_asked_before_centers():
    X = np.array([[0.0], [1.0], [10.0], [11.0]])
    # The first iteration moves the centers beyond any tolerance; in the second nothing moves at all.
    model = fitted(X, [[3.0], [12.0]], tol=1e-4)
    assert (model.stop_reason_, model.n_iter_) == ("labels", 2)


@pytest.mark.parametrize("max_iter", [1, 2, 3])
@pytest.mark.parametrize("dtype", TYPES)
def test_max_iter_then_one_more_assignment(dtype, max_iter):
    X = blobs(400, 4, 9, seed=8, dtype=dtype, spread=2.0)
    model = fitted(X, X[:9], max_iter=max_iter, tol=0)
    assert (model.stop_reason_, model.n_iter_, model.converged_) == ("max_iter", max_iter, False)
    labels, _, _ = reference.nearest(X.astype(np.float64), model.cluster_centers_.astype(np.float64))
    np.testing.assert_array_equal(model.labels_, labels)
    check(X, X[:9], max_iter=max_iter, tol=0)


# ---------------------------------------------------------------- empty clusters


def test_empty_cluster_takes_the_farthest_row():
    # Center 100 gets nothing. Distances to 5: 25, 16, 1, 0, 25 -> rows 0 and 4 tie, the smaller value (0) is taken.
    X = np.array([[0.0], [1.0], [4.0], [5.0], [10.0]])
    model = fitted(X, [[5.0], [100.0]], max_iter=1)
    np.testing.assert_array_equal(model.cluster_centers_, [[5.0], [0.0]])  # (1 + 4 + 5 + 10) / 4 and 0
    check(X, [[5.0], [100.0]])


def test_empty_cluster_takes_all_equal_copies():
    X = np.array([[0.0], [0.0], [0.0], [4.0], [5.0], [9.0]])
    model = fitted(X, [[5.0], [100.0]], max_iter=1)
    np.testing.assert_array_equal(model.cluster_centers_, [[6.0], [0.0]])
    check(X, [[5.0], [100.0]])


def test_empty_clusters_are_filled_in_order():
    # Two are empty: cluster 0 takes the farthest row (20 from 5), cluster 2 the next (0).
    X = np.array([[0.0], [4.0], [5.0], [6.0], [20.0]])
    init = [[1e6], [5.0], [1e6]]
    model = fitted(X, init, max_iter=1)
    np.testing.assert_array_equal(model.cluster_centers_, [[20.0], [5.0], [0.0]])
    check(X, init)


def test_a_cluster_gives_no_more_than_all_but_one_of_its_values():
    # The farthest row (9 from 4) is alone with its copy in cluster 0, which may not become empty: row 1.5 is taken.
    X = np.array([[9.0], [9.0], [1.0], [1.5]])
    init = [[4.0], [1.0], [-100.0]]
    model = fitted(X, init, max_iter=1)
    np.testing.assert_array_equal(model.cluster_centers_, [[9.0], [1.0], [1.5]])
    check(X, init)


def test_a_companion_of_no_weight_does_not_keep_a_cluster_alive():
    X = np.array([[9.0], [9.5], [1.0], [1.5]])
    w = np.array([1.0, 0.0, 1.0, 1.0])
    init = [[4.0], [1.0], [-100.0]]
    model = fitted(X, init, w, max_iter=1)
    np.testing.assert_array_equal(model.cluster_centers_, [[9.0], [1.0], [1.5]])
    check(X, init, w)


def test_rows_of_no_weight_are_not_moved():
    X = np.array([[0.0], [1.0], [2.0], [1000.0]])
    w = np.array([1.0, 1.0, 1.0, 0.0])
    init = [[1.5], [-1e6]]
    model = fitted(X, init, w, max_iter=1)
    np.testing.assert_array_equal(model.cluster_centers_, [[1.5], [0.0]])
    check(X, init, w)


def test_a_cluster_of_rows_of_no_weight_is_empty():
    X = np.array([[0.0], [1.0], [2.0], [1000.0]])
    w = np.array([1.0, 1.0, 1.0, 0.0])
    init = [[1.75], [999.0]]
    model = fitted(X, init, w, max_iter=1)
    np.testing.assert_array_equal(model.cluster_centers_, [[1.5], [0.0]])
    check(X, init, w)


def test_all_rows_at_their_center_leave_empty_centers_where_they_are():
    X = np.array([[1.0, 2.0], [1.0, 2.0], [3.0, 4.0], [3.0, 4.0]])
    init = np.array([[1.0, 2.0], [3.0, 4.0], [7.0, 7.0], [-0.0, 8.0]])
    model = fitted(X, init)
    assert bits(model.cluster_centers_) == bits(init)
    check(X, init)


@pytest.mark.parametrize("dtype", TYPES)
def test_all_rows_equal(dtype):
    X = np.full((20, 3), 7, dtype=dtype)
    check(X, np.array([[7, 7, 7], [7, 7, 7], [9, 9, 9]], dtype=dtype))
    check(X, np.array([[1, 1, 1], [2, 2, 2]], dtype=dtype))


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("k", [2, 5, 9])
def test_all_centers_equal(dtype, k):
    X = blobs(60, 2, 4, seed=k, dtype=dtype)
    for start in (X[:1], np.zeros((1, 2)), np.full((1, 2), 200)):
        expected = check(X, np.repeat(start, k, axis=0))
        assert expected.moved >= k - 1


@pytest.mark.parametrize("dtype", TYPES)
def test_more_clusters_than_distinct_rows(dtype):
    X = np.repeat(np.array([[1, 1], [2, 9], [8, 3]], dtype=dtype), [4, 1, 3], axis=0)
    for k in (3, 4, 6, 8):
        for seed in range(3):
            init = X[np.random.default_rng(seed).choice(len(X), k, replace=False)]
            check(X, init)
            check(X, init + np.array([[1, 0]] * k, dtype=dtype))


def test_starts_far_away():
    X = blobs(100, 2, 3, seed=1)
    init = np.array([[1e9, 0.0], [0.0, -1e9], [1e9, 1e9], [-1e12, 3.0]])
    assert check(X, init).moved
    assert check(X.astype(np.float32), init).moved


def test_moved_rows_are_part_of_the_stop_test():
    # Equal labels in an iteration that moved a row do not stop it by "labels": only the referee's labels may.
    X = np.array([[0.0], [0.0], [1.0], [1.0], [2.0]])
    for init in ([[0.0], [0.0], [9.0]], [[1.0], [1.0], [1.0]], [[5.0], [5.0], [5.0]]):
        for tol in (0, 1e-4):
            check(X, init, tol=tol)


small = st.integers(0, 3).map(float)


@st.composite
def crowded(draw):
    """Small grids: ties, copies, empty clusters, rows of no weight, all at once."""
    d = draw(st.integers(1, 3))
    n = draw(st.integers(1, 14))
    k = draw(st.integers(1, n))
    X = np.array(draw(st.lists(st.tuples(*[small] * d), min_size=n, max_size=n)))
    coordinate = st.one_of(small, st.sampled_from([0.5, 1.5, -2.0, 50.0]))
    init = np.array(draw(st.lists(st.tuples(*[coordinate] * d), min_size=k, max_size=k)))
    weights = draw(st.none() | st.lists(st.sampled_from([0.0, 1.0, 2.0, 0.5, 0.1]), min_size=n, max_size=n))
    if weights is not None:
        weights = np.array(weights)
        weights[draw(st.integers(0, n - 1))] = 1.0
    return X, init, weights, draw(st.sampled_from(TYPES))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(crowded(), st.sampled_from([0, 1e-4, 0.3]), st.integers(1, 6))
def test_crowded_grids(data, tol, max_iter):
    X, init, weights, dtype = data
    check(X.astype(dtype), init, weights, tol=tol, max_iter=max_iter)


@pytest.mark.slow
@settings(max_examples=20_000, deadline=None)
@given(crowded(), st.sampled_from([0, 1e-4, 0.3]), st.integers(1, 6))
def test_crowded_grids_at_length(data, tol, max_iter):
    X, init, weights, dtype = data
    check(X.astype(dtype), init, weights, tol=tol, max_iter=max_iter)


# ---------------------------------------------------------------- zero weights


@pytest.mark.parametrize("dtype", TYPES)
def test_rows_of_no_weight_do_nothing(dtype):
    X = blobs(200, 3, 5, seed=4, dtype=dtype)
    w = some_weights(200, seed=4)
    init = X[w > 0][:6]
    with_them = fitted(X, init, w, tol=0)
    without = fitted(X[w > 0], init, w[w > 0], tol=0)
    np.testing.assert_array_equal(with_them.labels_[w > 0], without.labels_)
    assert bits(with_them.cluster_centers_) == bits(without.cluster_centers_)
    assert with_them.inertia_ == without.inertia_
    assert (with_them.n_iter_, with_them.stop_reason_) == (without.n_iter_, without.stop_reason_)


def test_a_row_of_no_weight_that_changes_its_label_does_not_keep_the_fit_going():
    # Rows of weight: 0, 1 | 10, 11 from the first assignment on. The row at 5.4 has no weight: with the starts 0 and 10
    # it belongs to the second (midpoint 5), with the means .5 and 10.5 to the first (midpoint 5.5).
    X = np.array([[0.0], [1.0], [10.0], [11.0], [5.4]])
    w = np.array([1.0, 1.0, 1.0, 1.0, 0.0])
    model = fitted(X, [[0.0], [10.0]], w, tol=0)
    assert (model.n_iter_, model.stop_reason_) == (2, "labels")
    np.testing.assert_array_equal(model.labels_, [0, 0, 1, 1, 0])
    np.testing.assert_array_equal(model.predict(X), model.labels_)


# ---------------------------------------------------------------- what a fitted estimator says of other data


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("other", TYPES)
def test_predict_and_score_of_other_types(dtype, other):
    model = fitted(blobs(300, 5, 6, seed=0, dtype=dtype), blobs(6, 5, 6, seed=1, dtype=dtype))
    X = blobs(100, 5, 6, seed=2, dtype=other)
    labels, _, _ = reference.nearest(X.astype(np.float64), model.cluster_centers_.astype(np.float64))
    np.testing.assert_array_equal(model.predict(X), labels)
    w = some_weights(100, seed=1)
    assert model.score(X) == -reference.score(X, model.cluster_centers_)
    assert model.score(X, sample_weight=w) == -reference.score(X, model.cluster_centers_, w)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("d", [1, 3, 16, 33])
def test_transform_is_the_root_of_the_referees_distance(dtype, d):
    X = blobs(70, d, 4, seed=d, dtype=dtype)
    model = fitted(X, X[:9], max_iter=2)
    centers = model.cluster_centers_
    expected = np.sqrt(reference.distances(X.astype(np.float64), centers.astype(np.float64))).astype(centers.dtype)
    assert bits(model.transform(X)) == bits(expected)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("n", [1, 2, 300])
def test_assign(dtype, n):
    X = blobs(n, 5, 4, seed=3, dtype=dtype)
    centers = blobs(7, 5, 4, seed=4, dtype=np.float32 if dtype == np.float32 else np.float64)
    labels, d = pykmeans.assign(X, centers)
    expected, best, _ = reference.nearest(X.astype(np.float64), centers.astype(np.float64))
    assert labels.dtype == np.int32
    np.testing.assert_array_equal(labels, expected)
    assert d.dtype == np.float64
    np.testing.assert_array_equal(d, best)
