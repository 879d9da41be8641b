"""The criteria that choose k, beside scikit-learn's, kneed's and what their papers say."""

import math
import warnings

import numpy as np
import pytest
from helpers import blobs, some_weights
from kneed import KneeLocator
from scipy.stats import multivariate_normal
from sklearn import metrics

from pykmeans import KMeans, elbow, select_k
from pykmeans._criteria import CRITERIA
from pykmeans._knee import knee
from pykmeans._spread import calinski_harabasz, davies_bouldin, spread

DATA = ["iris", "wine", "digits", "breast_cancer"]
OF_SCIKIT_LEARN = {
    "silhouette": metrics.silhouette_score,
    "calinski_harabasz": metrics.calinski_harabasz_score,
    "davies_bouldin": metrics.davies_bouldin_score,
}


def plain_davies_bouldin(X, labels):
    """By the definition, from differences."""
    clusters = [X[labels == label] for label in np.unique(labels)]
    means = [np.array([math.fsum(column) / len(rows) for column in rows.T]) for rows in clusters]
    widths = [np.mean([math.dist(row, mean) for row in rows]) for rows, mean in zip(clusters, means, strict=True)]
    each = range(len(clusters))
    return np.mean([max((widths[i] + widths[j]) / math.dist(means[i], means[j]) for j in each if j != i) for i in each])


@pytest.mark.parametrize("data", DATA)
def test_values_are_those_of_scikit_learn(data, request):
    X = request.getfixturevalue(data)
    found = select_k(X, [2, 3, 5, 10], criteria=list(OF_SCIKIT_LEARN), random_state=0)
    for name, score in OF_SCIKIT_LEARN.items():
        expected = [score(X, model.labels_) for model in found.models.values()]
        for value, model, theirs in zip(found.table[name], found.models.values(), expected, strict=True):
            # scikit-learn takes distances to means from products: that of a row alone to itself is 0, or a rounding
            # error as large as 1e-6, by the alignment of its memory. The definition below knows better.
            is_exact = name != "davies_bouldin" or model.cluster_sizes_.min() > 1
            np.testing.assert_allclose(value, theirs, rtol=1e-12 if is_exact else 1e-6, err_msg=name)
        best = np.argmin(expected) if name == "davies_bouldin" else np.argmax(expected)
        assert found.best[name] == [2, 3, 5, 10][best]
    plain = [plain_davies_bouldin(X, model.labels_) for model in found.models.values()]
    np.testing.assert_allclose(found.table["davies_bouldin"], plain, rtol=1e-12)


@pytest.mark.parametrize("metric", ["manhattan", "cosine"])
def test_silhouettes_of_other_metrics_are_those_of_scikit_learn(metric, wine):
    found = select_k(wine, [2, 4], criteria=["silhouette"], estimator=KMeans(metric=metric), random_state=0)
    expected = [metrics.silhouette_score(wine, model.labels_, metric=metric) for model in found.models.values()]
    np.testing.assert_allclose(found.table["silhouette"], expected, rtol=1e-11)


def test_the_simplified_silhouette(iris):
    found = select_k(iris, [2, 5], criteria=["simplified_silhouette"], random_state=0)
    for model, value in zip(found.models.values(), found.table["simplified_silhouette"], strict=True):
        distances = np.sort(model.transform(iris), axis=1)
        np.testing.assert_allclose(value, np.mean(1 - distances[:, 0] / distances[:, 1]), rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.uint8])
def test_other_types_of_x(dtype, digits):
    X = digits[:300].astype(dtype)
    found = select_k(X, [2, 7], criteria=list(OF_SCIKIT_LEARN), random_state=0)
    for name, score in OF_SCIKIT_LEARN.items():
        expected = [score(X.astype(np.float64), model.labels_) for model in found.models.values()]
        np.testing.assert_allclose(found.table[name], expected, rtol=1e-12, err_msg=name)


@pytest.mark.parametrize("scale", [2.0**-1000, 2.0**-600, 2.0**500])
def test_values_whose_squares_leave_float64(scale):
    """A power of two changes no ratio of distances."""
    X = blobs(60, 2, 3, seed=0)
    labels, centers = KMeans(3, random_state=0).fit(X).labels_, np.array([X[0]] * 3)
    plain = spread(X, labels, centers, None)
    found = spread(X * scale, labels, centers * scale, None)
    for index in (calinski_harabasz, davies_bouldin):
        np.testing.assert_allclose(index(found), index(plain), rtol=1e-12)


def test_weights_whose_products_leave_float64():
    X = blobs(60, 2, 3, seed=0)
    model = KMeans(3, random_state=0).fit(X)
    found = spread(X, model.labels_, model.cluster_centers_, np.full(60, 2.0**1000))
    assert 0 < calinski_harabasz(found) < np.inf


def test_far_from_the_origin():
    """Where sums of the values themselves would lose ten digits; the centers are float32, and away from the means."""
    X = blobs(500, 3, 3, seed=0) + 1e5
    labels = KMeans(3, random_state=0).fit(X).labels_
    centers = np.array([X[labels == c].mean(axis=0) for c in range(3)])
    found = spread(X, labels, centers.astype(np.float32), None)
    np.testing.assert_allclose(calinski_harabasz(found), metrics.calinski_harabasz_score(X - 1e5, labels), rtol=1e-10)
    np.testing.assert_allclose(davies_bouldin(found), metrics.davies_bouldin_score(X - 1e5, labels), rtol=1e-10)


@pytest.mark.parametrize("block", [1, 7, 1 << 18])
def test_blocks_do_not_matter(block, monkeypatch):
    monkeypatch.setattr("pykmeans._spread._BLOCK", block)
    X, weight = blobs(90, 3, 4, seed=1), some_weights(90, 2)
    labels = np.arange(90, dtype=np.int32) % 5
    labels[labels == 2] = 0  # nobody has label 2
    weight[labels == 3] = 0  # and nobody who counts label 3
    found = spread(X, labels, np.zeros((5, 3)), weight)
    for at, c in enumerate([0, 1, 4]):
        mine, w = X[labels == c], weight[labels == c]
        mean = np.average(mine, axis=0, weights=w)
        away = np.linalg.norm(mine - mean, axis=1)
        np.testing.assert_allclose(found.sizes[at], w.sum(), rtol=1e-14)
        np.testing.assert_allclose(found.means[at], mean, rtol=1e-12)
        np.testing.assert_allclose(found.squares[at], w @ away**2, rtol=1e-12)
        np.testing.assert_allclose(found.distances[at], w @ away, rtol=1e-12)
    assert len(found.sizes) == 3


def test_a_weight_is_a_number_of_copies(iris):
    weight = np.random.default_rng(0).integers(0, 4, len(iris))
    criteria = [name for name in CRITERIA if name != "gap"]
    one = select_k(iris, range(1, 8), criteria=criteria, sample_weight=weight, random_state=0)
    other = select_k(np.repeat(iris, weight, axis=0), range(1, 8), criteria=criteria, random_state=0)
    assert one.best == other.best and one.reasons == other.reasons
    assert one.table["inertia"].tolist() == other.table["inertia"].tolist()
    for name in criteria:
        np.testing.assert_allclose(one.table[name], other.table[name], rtol=1e-12, err_msg=name)


# ---------------------------------------------------------------- the elbow


def kneed(x, y):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of curves that are flat
        return KneeLocator(x, y, S=1.0, curve="convex", direction="decreasing").knee


@pytest.mark.parametrize("k", [range(1, 11), range(2, 11), range(2, 21), [2, 3, 5, 8, 13, 21], [1, 2], [3]], ids=str)
@pytest.mark.parametrize("data", DATA)
def test_elbows_are_those_of_kneed(data, k, request):
    X = request.getfixturevalue(data)
    for scale in (1, X.std(axis=0) + (X.std(axis=0) == 0)):
        found = elbow((X - X.mean(axis=0)) / scale, k, estimator=KMeans(), random_state=0)
        assert found.best["elbow"] == kneed(list(k), found.table["inertia"])


def test_elbows_of_any_curve_are_those_of_kneed():
    """Curves that fall, that rise in places, with steps and plateaus: every branch of the search is met."""
    rng = np.random.default_rng(0)
    found = []
    for _ in range(3000):
        n = rng.integers(2, 14)
        x = np.cumsum(rng.integers(1, 4, n))
        steps = rng.choice([0, 1, 2, rng.uniform(0, 5)], n) * rng.choice([1, 1, 1, -1], n)
        y = 100 - np.cumsum(steps * 0.7 ** (rng.integers(0, 2) * np.arange(n)))
        position, heights = knee(x, y)
        found.append(None if position is None else int(x[position]))
        assert found[-1] == kneed(x, y)
        if np.ptp(y) > 0:
            np.testing.assert_array_equal(
                heights, KneeLocator(x, y, curve="convex", direction="decreasing").y_difference
            )
    assert 300 < sum(k is None for k in found) < 2700


def test_a_curve_without_an_elbow():
    assert knee([1, 2, 3], [3, 2, 1])[0] is None
    assert knee([1, 2, 3], [5, 5, 5])[0] is None
    assert np.isnan(knee([4], [5])[1]).all()


# ---------------------------------------------------------------- the gap


def table(**columns):
    columns = {name: np.asarray(values) for name, values in columns.items()}
    found = np.empty(len(columns["k"]), dtype=[(name, column.dtype) for name, column in columns.items()])
    for name, column in columns.items():
        found[name] = column
    return found


@pytest.mark.parametrize(
    ("gap", "gap_se", "expected"),
    [
        ([0.5, 0.4, 0.6], [0, 0, 0.0], 1),
        ([0.1, 0.4, 0.41], [0, 0, 0.02], 3),
        ([0.1, 0.4, 0.41], [0.5, 0, 0.0], None),
        ([0.1, 0.4, 0.5], [0, 0.35, 0.1], 1),
        ([0.1, 0.4, 0.5], [9.0, 0.2, 0.1], 3),
        ([0.1, np.nan, 0.5], [0, np.nan, 0], None),
        ([0.1], [0.0], None),
    ],
)
def test_the_least_k_within_a_standard_error_of_the_next(gap, gap_se, expected):
    k = [1, 3, 4][: len(gap)]
    choice = CRITERIA["gap"].choose(table(k=k, gap=gap, gap_se=gap_se))
    assert choice.k == expected
    assert (f"k = {expected} is the first" in choice.reason) == (expected is not None)


def test_the_gap_is_that_of_the_paper(iris):
    """The references are drawn as they are here, and clustered by KMeans alone."""
    n_references, ks = 4, [1, 2, 3]
    estimator = KMeans(n_init=3, tol=0)
    found = select_k(iris, ks, criteria=["gap"], estimator=estimator, random_state=7, n_references=n_references)
    assert not any(found.warm_started.values())
    rng = np.random.RandomState(7)
    low, high = iris.min(axis=0), iris.max(axis=0)
    logs = []
    for _ in range(n_references):
        reference = rng.uniform(low, high, iris.shape)
        seed = rng.randint(2**31)
        logs.append([np.log(KMeans(k, n_init=3, tol=0, random_state=seed).fit(reference).inertia_) for k in ks])
    gap = np.mean(logs, axis=0) - np.log(found.table["inertia"])
    # A reference may have been clustered better from the k before.
    np.testing.assert_allclose(found.table["gap"], gap, atol=2e-3)
    np.testing.assert_allclose(found.table["gap_se"], np.std(logs, axis=0) * np.sqrt(1 + 1 / 4), atol=2e-3)


def test_the_gap_finds_clusters_and_their_absence():
    X = blobs(150, 2, 3, seed=2, spread=0.2)
    assert select_k(X, range(1, 6), criteria=["gap"], random_state=0).best_k == 3
    uniform = np.random.default_rng(0).uniform(size=(150, 2))
    assert select_k(uniform, range(1, 6), criteria=["gap"], random_state=0).best_k == 1


def test_rows_of_no_weight_do_not_widen_the_box():
    X = blobs(100, 2, 3, seed=3, spread=0.3)
    far = np.vstack([X, [[1e6, 1e6]]])
    weight = np.r_[np.ones(100), 0.0]
    found = select_k(far, range(1, 5), criteria=["gap"], sample_weight=weight, random_state=0)
    assert (np.abs(found.table["gap"]) < 5).all()


# ---------------------------------------------------------------- BIC


@pytest.mark.parametrize("data", ["iris", "wine"])
def test_bic_is_that_of_spherical_gaussians(data, request):
    X = request.getfixturevalue(data)
    n, d = X.shape
    found = select_k(X, [1, 2, 4], criteria=["bic"], estimator=KMeans(n_init=10, tol=0), random_state=0)
    for k, model in found.models.items():
        away = X - model.cluster_centers_[model.labels_]
        variance = (away**2).sum() / (d * (n - k))
        share = np.bincount(model.labels_) / n
        likelihood = np.log(share[model.labels_]) + multivariate_normal(np.zeros(d), variance).logpdf(away)
        expected = (k - 1 + k * d + 1) * np.log(n) - 2 * likelihood.sum()
        np.testing.assert_allclose(found.table["bic"][found.k == k], expected, rtol=1e-12)
    assert found.best["bic"] == found.k[np.argmin(found.table["bic"])]


def test_bic_finds_spherical_clusters():
    X = blobs(600, 2, 4, seed=5, spread=0.25)
    assert select_k(X, range(1, 8), criteria=["bic"], random_state=0).best_k == 4


# ---------------------------------------------------------------- what they say


def test_reasons(iris):
    found = select_k(iris, range(1, 6), criteria=list(CRITERIA), random_state=0)
    assert found.reasons["elbow"] == "the inertia bends at k = 2: further clusters lower it much less"
    assert found.reasons["silhouette"] == "the mean silhouette is largest at k = 2: 0.681"
    assert found.reasons["davies_bouldin"] == "the Davies-Bouldin index is lowest at k = 2: 0.4043"
    assert found.reasons["bic"].endswith(", the last k that was tried: more may be better")
    steps = select_k(iris, [1, 3], criteria=["gap"], random_state=0)
    alone = select_k(iris, [3], criteria=["gap"], random_state=0, n_references=1)
    assert alone.reasons["gap"] == "the gap has no two values to compare in k = 3"
    assert steps.reasons["gap"] == "the gap rises by more than a standard error all through k = 1 and 3"
