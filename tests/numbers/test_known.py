"""Fits whose every number can be checked on paper, and numbers that other programs gave."""

import numpy as np
import pytest
from helpers import fitted

from pykmeans import KMeans


def test_a_fit_by_hand():
    # Iteration 1, centers 0 and 1 (the row 0 goes to the first, all others to the second):
    #   objective 0 + (0 + 1 + 64 + 81 + 121) = 267; means 0 and (1 + 2 + 9 + 10 + 12) / 5 = 34 / 5 = 6.8
    # Iteration 2, midpoint 3.4: {0, 1, 2} and {9, 10, 12};
    #   objective (0 + 1 + 4) + (2.2**2 + 3.2**2 + 5.2**2) = 5 + 4.84 + 10.24 + 27.04 = 47.12; means 1 and 31 / 3
    # Iteration 3, midpoint 5.67: the same labels, so it ends;
    #   objective (1 + 0 + 1) + (16 + 1 + 25) / 9 = 2 + 42 / 9 = 6.666...
    X = np.array([[0.0], [1.0], [2.0], [9.0], [10.0], [12.0]])
    model = fitted(X, [[0.0], [1.0]])
    np.testing.assert_array_equal(model.labels_, [0, 0, 0, 1, 1, 1])
    np.testing.assert_array_equal(model.cluster_centers_, [[1.0], [31 / 3]])
    np.testing.assert_allclose(model.inertia_history_, [267, 47.12, 20 / 3], rtol=1e-9)
    np.testing.assert_allclose(model.inertia_, 20 / 3, rtol=1e-15)
    np.testing.assert_allclose(model.cluster_inertia_, [2, 14 / 3], rtol=1e-15)
    np.testing.assert_array_equal(model.cluster_sizes_, [3, 3])
    assert (model.n_iter_, model.stop_reason_, model.converged_) == (3, "labels", True)


def test_a_weighted_fit_by_hand_in_the_plane():
    # Weights 1, 3, 2, 2; centers (0, 0) and (8, 0).
    # Iteration 1: {(0, 0), (0, 4)} and {(8, 0), (8, 2)}; objective 1*0 + 3*16 + 2*0 + 2*4 = 56;
    #   means (0, 3*4 / 4) = (0, 3) and (8, 2*2 / 4) = (8, 1)
    # Iteration 2: the same labels; objective (1*9 + 3*1) + (2*1 + 2*1) = 12 + 4 = 16
    X = np.array([[0.0, 0.0], [0.0, 4.0], [8.0, 0.0], [8.0, 2.0]])
    w = np.array([1.0, 3.0, 2.0, 2.0])
    for dtype in (np.float64, np.float32, np.uint8):
        model = fitted(X.astype(dtype), [[0.0, 0.0], [8.0, 0.0]], w)
        np.testing.assert_array_equal(model.labels_, [0, 0, 1, 1])
        np.testing.assert_array_equal(model.cluster_centers_, [[0, 3], [8, 1]])
        np.testing.assert_array_equal(model.cluster_inertia_, [12, 4])
        np.testing.assert_array_equal(model.cluster_sizes_, [4, 4])
        np.testing.assert_allclose(model.inertia_history_, [56, 16], rtol=1e-9)
        assert (model.inertia_, model.n_iter_, model.stop_reason_) == (16, 2, "labels")
        assert model.score(X.astype(dtype), sample_weight=w) == -16
        # (4, 2) is 17 from both; (3, 7) is 3 * 3 + 4 * 4 from (0, 3) and 5 * 5 + 6 * 6 from (8, 1).
        np.testing.assert_array_equal(model.predict(np.array([[4, 2], [5, 2]], dtype=dtype)), [0, 1])
        roots = np.array([[5.0, np.sqrt(61.0)]]).astype(model.cluster_centers_.dtype)
        np.testing.assert_array_equal(model.transform(np.array([[3, 7]], dtype=dtype)), roots)


def test_an_exact_tie_goes_to_the_lowest_index():
    X = np.array([[0.0], [1.0], [2.0], [3.0], [4.0]])
    model = fitted(X, [[3.0], [1.0]], max_iter=1)  # 2 is as far from 3 as from 1
    np.testing.assert_array_equal(model.cluster_centers_, [[3.0], [0.5]])


@pytest.mark.parametrize(
    "name, k, inertia",
    [
        # scikit-learn 1.9.1: KMeans(k, n_init=20, random_state=0).fit(load_<name>().data).inertia_
        # (R's kmeans(iris[, 1:4], 3, nstart = 20)$tot.withinss prints the first as 78.85144)
        ("iris", 3, 78.851441426146),
        ("wine", 3, 2370689.686782969),
        ("breast_cancer", 2, 77943099.8782988),
        ("digits", 10, 1165188.890449232),
    ],
)
def test_inertia_that_others_find(name, k, inertia, request):
    X = request.getfixturevalue(name)
    model = KMeans(k, n_init=20, random_state=0).fit(X)
    np.testing.assert_allclose(model.inertia_, inertia, rtol=1e-10)
