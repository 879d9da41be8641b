"""Fits by every metric whose numbers can be checked on paper, and numbers that other programs gave."""

import numpy as np
import pytest
from helpers import fitted

from pykmeans import KMeans, assign

TYPES = [np.float32, np.float64, np.uint8]


@pytest.mark.parametrize("dtype", TYPES)
def test_manhattan_by_hand(dtype):
    # Iteration 1, centers 0 and 1: {0} and {1, 2, 9, 10, 12};
    #   objective 0 + (0 + 1 + 8 + 9 + 11) = 29; medians 0 and 9
    # Iteration 2, midpoint 4.5: {0, 1, 2} and {9, 10, 12}; objective (0 + 1 + 2) + (0 + 1 + 3) = 7; medians 1 and 10
    # Iteration 3: the same labels; objective (1 + 0 + 1) + (1 + 0 + 2) = 5
    X = np.array([[0], [1], [2], [9], [10], [12]], dtype=dtype)
    model = fitted(X, [[0.0], [1.0]], metric="manhattan", store_medoids=True)
    np.testing.assert_array_equal(model.labels_, [0, 0, 0, 1, 1, 1])
    np.testing.assert_array_equal(model.cluster_centers_, [[1], [10]])
    np.testing.assert_allclose(model.inertia_history_, [29, 7, 5], rtol=1e-9)
    np.testing.assert_array_equal(model.cluster_inertia_, [2, 3])
    np.testing.assert_array_equal(model.cluster_sizes_, [3, 3])
    np.testing.assert_array_equal(model.medoid_indices_, [1, 4])
    assert (model.inertia_, model.n_iter_, model.stop_reason_) == (5, 3, "labels")


@pytest.mark.parametrize("dtype", TYPES)
def test_weighted_manhattan_by_hand_in_the_plane(dtype):
    # Weights 1, 3, 2, 2; centers (0, 0) and (8, 0).
    # Iteration 1: {(0, 0), (0, 4)} and {(8, 0), (8, 2)}; objective 1*0 + 3*4 + 2*0 + 2*2 = 16;
    #   medians (0, 4), as a weight of 1 of 4 is no half, and (8, 0), as 2 of 4 is one
    # Iteration 2: the same labels; objective (1*4 + 3*0) + (2*0 + 2*2) = 8
    X = np.array([[0, 0], [0, 4], [8, 0], [8, 2]], dtype=dtype)
    w = np.array([1.0, 3.0, 2.0, 2.0])
    model = fitted(X, [[0.0, 0.0], [8.0, 0.0]], w, metric="manhattan")
    np.testing.assert_array_equal(model.labels_, [0, 0, 1, 1])
    np.testing.assert_array_equal(model.cluster_centers_, [[0, 4], [8, 0]])
    np.testing.assert_array_equal(model.cluster_inertia_, [4, 4])
    np.testing.assert_allclose(model.inertia_history_, [16, 8], rtol=1e-9)
    assert (model.inertia_, model.n_iter_, model.stop_reason_) == (8, 2, "labels")
    assert model.score(X, sample_weight=w) == -8
    # (5, 3) is 5 + 1 from (0, 4) and 3 + 3 from (8, 0): the first.
    np.testing.assert_array_equal(model.predict(np.array([[5, 3], [6, 3]], dtype=dtype)), [0, 1])
    np.testing.assert_array_equal(model.transform(np.array([[5, 3]], dtype=dtype)), [[6, 6]])


def test_cosine_by_hand():
    # Directions (.6, .8), (.8, .6) | (-.6, .8), (-.6, -.8), at lengths 5, 10, 15, 1; centers (1, 0) and (-1, 0).
    # Iteration 1: cosines .6, .8 | .6, .6: objective .4 + .2 + .4 + .4 = 1.4;
    #   sums (1.4, 1.4) and (-1.2, 0), so the centers are (r, r) with r = sqrt(1/2), and (-1, 0)
    # Iteration 2: cosines 1.4 r, 1.4 r | .6, .6 (of which the first has .2 r with the other center, the second -1.4 r);
    #   objective 2 (1 - 1.4 r) + .8, and the same labels
    X = np.array([[3.0, 4.0], [8.0, 6.0], [-9.0, 12.0], [-0.6, -0.8]])
    r = np.sqrt(0.5)
    for dtype, close in ((np.float64, 1e-15), (np.float32, 1e-7)):
        model = fitted(X.astype(dtype), [[4.0, 0.0], [-0.1, 0.0]], metric="cosine")
        np.testing.assert_array_equal(model.labels_, [0, 0, 1, 1])
        np.testing.assert_allclose(model.cluster_centers_, [[r, r], [-1, 0]], rtol=close, atol=close)
        np.testing.assert_allclose(model.inertia_history_, [1.4, 2.8 - 2.8 * r], rtol=1e-9 + close)
        np.testing.assert_allclose(model.cluster_inertia_, [2 - 2.8 * r, 0.8], rtol=20 * close)
        np.testing.assert_array_equal(model.cluster_sizes_, [2, 2])
        assert (model.n_iter_, model.stop_reason_) == (2, "labels")
        np.testing.assert_allclose(model.transform(X.astype(dtype))[2], [1 - 0.2 * r, 0.4], rtol=4 * close)


def test_cosine_of_rows_that_cancel():
    # The sum of the directions of the first cluster is 0: its center stays as it was given, length and all.
    X = np.array([[3.0, 0.0], [-7.0, 0.0], [0.0, -1.0]])
    model = fitted(X, [[0.0, 2.0], [0.0, -2.0]], metric="cosine")
    np.testing.assert_array_equal(model.labels_, [0, 0, 1])
    np.testing.assert_array_equal(model.cluster_centers_, [[0.0, 2.0], [0.0, -1.0]])
    np.testing.assert_array_equal(model.cluster_inertia_, [2.0, 0.0])


@pytest.mark.parametrize("dtype", TYPES)
def test_hamming_by_hand(dtype):
    # Centers 111 and 333.
    # Iteration 1: {111, 112, 122} at 0, 1, 2, and {333, 331} at 0, 1: objective 4;
    #   modes 112 (1 1 1, 1 1 2, 1 2 2) and 331 (the tie of 3 and 1 goes to the least)
    # Iteration 2: 1, 0, 1 | 1, 0: objective 3, and the same labels
    X = np.array([[1, 1, 1], [1, 1, 2], [1, 2, 2], [3, 3, 3], [3, 3, 1]], dtype=dtype)
    model = fitted(X, X[[0, 3]], metric="hamming", store_medoids=True)
    np.testing.assert_array_equal(model.labels_, [0, 0, 0, 1, 1])
    np.testing.assert_array_equal(model.cluster_centers_, [[1, 1, 2], [3, 3, 1]])
    np.testing.assert_array_equal(model.inertia_history_, [4, 3])
    np.testing.assert_array_equal(model.cluster_inertia_, [2, 1])
    np.testing.assert_array_equal(model.medoid_indices_, [1, 4])
    assert (model.inertia_, model.n_iter_, model.stop_reason_) == (3, 2, "labels")
    np.testing.assert_array_equal(model.transform(X[[0, 3]]), [[1, 2], [3, 1]])
    # With a weight of 3 on 122 the second mode is 2; weight .5 + .5 against 1 is a tie in the last column of both.
    model = fitted(X, X[[0, 3]], np.array([0.5, 0.5, 3.0, 1.0, 1.0]), metric="hamming")
    np.testing.assert_array_equal(model.cluster_centers_, [[1, 2, 2], [3, 3, 1]])
    np.testing.assert_array_equal(model.cluster_inertia_, [1.5, 1])


@pytest.mark.parametrize("dtype", TYPES)
def test_mixed_by_hand(dtype):
    # One number, one category that counts 2; centers (0, a = 0) and (11, b = 1).
    # Iteration 1: {0a, 1a, 1b} at 0, 1, 1 + 2, and {9b, 11b} at 4, 0: objective 8; centers (2/3, a) and (10, b)
    # Iteration 2: 4/9, 1/9, 1/9 + 2 | 1, 1: objective 6/9 + 2 + 2 = 14/3, and the same labels
    X = np.array([[0, 0], [1, 0], [1, 1], [9, 1], [11, 1]], dtype=dtype)
    model = fitted(X, [[0.0, 0.0], [11.0, 1.0]], metric="mixed", n_numeric=1, gamma=2.0)
    np.testing.assert_array_equal(model.labels_, [0, 0, 0, 1, 1])
    two_thirds = np.float32(2 / 3) if dtype == np.float32 else 2 / 3
    np.testing.assert_array_equal(model.cluster_centers_, [[two_thirds, 0], [10, 1]])
    np.testing.assert_allclose(model.inertia_history_, [8, 14 / 3], rtol=1e-9 if dtype != np.float32 else 1e-6)
    np.testing.assert_allclose(model.cluster_inertia_, [8 / 3, 2], rtol=1e-6)
    assert (model.n_iter_, model.stop_reason_) == (2, "labels")
    np.testing.assert_array_equal(model.transform(np.array([[11, 0]], dtype=dtype))[:, 1], [3])


def test_an_exact_tie_goes_to_the_lowest_index():
    X = np.array([[2.0, 1.0]])
    for metric, centers in (
        ("manhattan", [[9.0, 9.0], [3.0, 2.0], [2.0, 3.0], [0.0, 1.0]]),
        ("cosine", [[-1.0, 3.0], [1.0, 2.0], [2.0, 4.0], [1.0, 2.0]]),
        ("hamming", [[1.0, 2.0], [2.0, 2.0], [1.0, 1.0], [2.0, 7.0]]),
    ):
        assert assign(X, np.array(centers), metric=metric)[0][0] == 1


@pytest.mark.parametrize(
    "metric, name, k, inertia",
    [
        # From the first k rows, scipy 1.17.1's cdist (cityblock, cosine, hamming times the columns) and argmin, with
        # the lower median by np.sort, the normalised mean of normalised rows, and scipy.stats.mode, until labels stay.
        ("manhattan", "iris", 3, 207.2),
        ("manhattan", "wine", 3, 18953.615999),
        ("manhattan", "digits", 10, 216401.0),
        ("cosine", "iris", 3, 0.25835494874677556),
        ("cosine", "wine", 3, 0.05154065696946908),
        ("cosine", "digits", 10, 155.92451930921686),
        ("hamming", "digits", 10, 49124.0),
        ("hamming", "chess", 4, 18426.0),
    ],
)
def test_inertia_that_others_find(metric, name, k, inertia, request):
    X = request.getfixturevalue(name)
    model = KMeans(k, metric=metric, init=X[:k], n_init=1, tol=0).fit(X)
    np.testing.assert_allclose(model.inertia_, inertia, rtol=1e-10)


@pytest.mark.parametrize(
    "metric, name, k, inertia, sizes",
    [
        # From X[:: len(X) // k][:k]. Biopython 1.88, labels = the nearest of these by cdist(..., "cityblock"):
        # Bio.Cluster.kcluster(X, k, method="m", dist="b", initialid=labels), its error times the columns
        ("manhattan", "iris", 3, 159.2, [50, 63, 37]),
        ("manhattan", "wine", 3, 18963.635999, [50, 62, 66]),
        # faiss-cpu 1.15.1: Kmeans(d, k, niter=300, spherical=True, min_points_per_centroid=1) on rows of length one in
        # float32; the inertia of its labels and centers in float64
        ("cosine", "iris", 3, 0.16142872, [50, 45, 55]),
        ("cosine", "wine", 3, 0.051549455, [61, 80, 37]),
        ("cosine", "digits", 10, 165.78216657, [177, 297, 103, 185, 227, 225, 169, 154, 128, 132]),
        # FasterKModes 0.1.2: FasterKModes(k, n_init=1).fit(X, init_C=...), compute_score(X)
        ("hamming", "digits", 10, 49109, [166, 307, 265, 274, 143, 126, 147, 139, 106, 124]),
        ("hamming", "chess", 4, 18412, [1846, 473, 412, 465]),
    ],
)
def test_clusters_that_other_packages_find(metric, name, k, inertia, sizes, request):
    X = request.getfixturevalue(name)
    model = fitted(X, X[:: len(X) // k][:k], metric=metric, tol=0)
    np.testing.assert_allclose(model.inertia_, inertia, rtol=1e-7)
    np.testing.assert_array_equal(model.cluster_sizes_, sizes)
