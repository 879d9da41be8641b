"""plot.clusters: dots, discs, planes, regions; and profile and silhouette, which tell what clusters are."""

import numpy as np
import pandas as pd
import pytest
from pictures import color, faces, no_traces, places, pyplot, title, whole, written  # noqa: F401 (a fixture)
from sklearn.decomposition import PCA

from pykmeans import KMeans, KPrototypes, plot, silhouette_samples
from pykmeans.plot import _planes, _scatter, _style


@pytest.fixture
def flowers(iris):
    names = ["sepal length", "sepal width", "petal length", "petal width"]
    return pd.DataFrame(iris, columns=names)


@pytest.fixture
def model(flowers):
    return KMeans(3, random_state=0).fit(flowers)


# ---------------------------------------------------------------- dots and discs


def test_two_columns_are_drawn_as_they_are():
    X = np.array([[0.0, 5], [1, 5], [0, 4], [9, 0], [9, 1], [8, -3.5]])
    model = KMeans(2, random_state=0).fit(X)
    display = whole(plot.clusters(model, X))
    for cluster, dots in enumerate(display.points_):
        np.testing.assert_array_equal(places(dots), X[model.labels_ == cluster])
        np.testing.assert_array_equal(faces(dots), [color(cluster)])
    (discs,) = display.centers_
    np.testing.assert_array_equal(places(discs), model.cluster_centers_)
    assert written(display.ax_) == ["0", "1"]
    assert (display.ax_.get_xlabel(), display.ax_.get_ylabel()) == ("x0", "x1")
    assert title(display.ax_) == "2 clusters of 6 rows"
    assert [text.get_text() for text in display.legend_.get_texts()] == ["0   3 (50 %)", "1   3 (50 %)"]


def test_names_and_values_with_dollars_are_no_formulas():
    names = ["$10 to $20", r"$\frac$", "$x^$"]  # the last two are formulas that matplotlib cannot read
    X = pd.DataFrame(np.random.default_rng(0).random((12, 3)), columns=names)
    model = KMeans(2, random_state=0, record_steps=True).fit(X)
    prices = X.assign(price=[r"$\frac$", "$x^$", "$$"] * 4)
    mixed = KPrototypes(2, random_state=0).fit(prices)
    displays = [plot.clusters(model, X, columns=names[:n], kind="pair") for n in (2, 3)]
    displays += [plot.steps(model, X, columns=names[1:]), plot.profile(model, X), plot.profile(mixed, prices)]
    for display in displays:
        display.figure_.canvas.draw()
    assert displays[0].ax_.get_xlabel() == "$10 to $20"
    assert [text.get_text() for text in displays[3].ax_.get_yticklabels()] == names


def test_new_rows_are_labelled_anew(model, flowers):
    new = flowers.iloc[:10] + 100
    display = plot.clusters(model, new, columns=["sepal length", "petal width"])
    (label,) = set(model.predict(new))
    assert [len(places(dots)) for dots in display.points_] == [10 * (cluster == label) for cluster in range(3)]


def test_many_rows_are_one_raster_in_their_order():
    X = np.random.default_rng(0).standard_normal((5000, 2))
    model = KMeans(3, random_state=0).fit(X)
    (dots,) = plot.clusters(model, X).points_
    assert dots.get_rasterized()
    np.testing.assert_array_equal(places(dots), X)
    np.testing.assert_allclose(faces(dots), _style.palette(3)[model.labels_])


def test_more_rows_than_max_points():
    X = np.random.default_rng(0).standard_normal((500, 2))
    model = KMeans(3, random_state=0).fit(X)
    display = plot.clusters(model, X, max_points=100)
    assert title(display.ax_) == "3 clusters of 500 rows, 100 of them drawn"
    shown = np.vstack([places(dots) for dots in display.points_])
    assert len(np.unique(shown, axis=0)) == 100
    assert {tuple(row) for row in shown.tolist()} <= {tuple(row) for row in X.tolist()}
    sizes = [text.get_text().split()[1] for text in display.legend_.get_texts()]
    assert sizes == [str(int(size)) for size in model.cluster_sizes_]  # of all rows


def test_one_column_is_a_histogram(model, flowers):
    display = whole(plot.clusters(model, flowers, columns=["petal length"]))
    heights = [sum(bar.get_height() for bar in bars) for bars in display.bars_]
    assert heights == model.cluster_sizes_.tolist()
    np.testing.assert_array_equal(places(display.centers_[0])[:, 0], model.cluster_centers_[:, 2])
    assert display.ax_.get_xlabel() == "petal length"


def test_a_pair_grid(model, flowers):
    display = whole(plot.clusters(model, flowers, columns=["petal width", "sepal length", "petal length"]))
    axes = display.axes_.reshape(3, 3)
    assert [ax.axison for ax in axes.ravel()] == [True, False, False, True, True, False, True, True, True]
    np.testing.assert_array_equal(places(axes[2, 1].collections[0]), flowers[model.labels_ == 0].iloc[:, [0, 2]])
    assert [ax.get_xlabel() for ax in axes[2]] == ["petal width", "sepal length", "petal length"]
    assert [ax.get_ylabel() for ax in axes[1:, 0]] == ["sepal length", "petal length"]
    assert len(display.centers_) == 3 and len(display.bars_) == 9
    given = pyplot.subplots(2, 2)[1]
    assert plot.clusters(model, flowers, columns=[0, 1, 2], kind="pca", ax=given[0, 0]).ax_ is given[0, 0]
    again = plot.clusters(model, flowers[flowers.columns], columns=[0, 1], ax=given[0, 1])
    assert again.legend_ is None
    with pytest.raises(ValueError, match=r"ax must hold 9 axes, one for each panel, got 4\."):
        display.plot(ax=given)
    with pytest.raises(TypeError, match="ax must be an array of the axes of matplotlib"):
        display.plot(ax=["here"] * 9)


def test_a_long_legend_leaves_the_panels_alone(iris):
    display = whole(plot.clusters(KMeans(20, random_state=0).fit(iris), iris, kind="pair"))
    height = display.ax_.get_position().height * display.figure_.get_figheight()
    assert height > 1.0  # inch, of 1.53 for a panel and its words


# ---------------------------------------------------------------- principal components


@pytest.mark.parametrize("shape", [(150, 4), (20, 60), (5, 5)])
def test_principal_components_are_scikit_learns(shape):
    rng = np.random.default_rng(1)
    X = rng.standard_normal(shape) * np.geomspace(5, 0.1, shape[1]) + 7
    model = KMeans(2, random_state=0).fit(X)
    display = plot.clusters(model, X)
    pca = PCA(2, svd_solver="full").fit(X)
    expected = pca.transform(X)
    shown = np.empty((len(X), 2))
    for cluster, dots in enumerate(display.points_):
        shown[model.labels_ == cluster] = places(dots)
    signs = np.sign((shown * expected).sum(axis=0))
    np.testing.assert_allclose(shown, expected * signs, atol=1e-10)
    np.testing.assert_allclose(places(display.centers_[0]), pca.transform(model.cluster_centers_) * signs, atol=1e-10)
    first, second = 100 * pca.explained_variance_ratio_
    assert display.ax_.get_xlabel() == f"PC 1 ({first:.1f} %)"
    assert display.ax_.get_ylabel() == f"PC 2 ({second:.1f} %)"


def test_principal_components_in_blocks_and_at_any_scale(monkeypatch, iris):
    directions, shares = _planes.principal_components(iris, 2)
    assert (directions[np.arange(2), np.abs(directions).argmax(axis=1)] > 0).all()
    monkeypatch.setattr(_planes, "_BLOCK", 64)
    wide = PCA(1, svd_solver="full").fit(iris.T[:, :9]).explained_variance_ratio_
    for scale in (1e-200, 1.0, 1e200):
        found = _planes.principal_components(iris * scale, 2)
        np.testing.assert_allclose(found[0], directions, atol=1e-12)
        np.testing.assert_allclose(found[1], shares)
        np.testing.assert_allclose(_planes.principal_components(iris.T[:, :9] * scale, 1)[1], wide)
    np.testing.assert_allclose(
        _planes.projected(iris, iris.mean(axis=0), directions), (iris - iris.mean(axis=0)) @ directions.T
    )


def test_rows_without_any_variance():
    X = np.ones((6, 3))
    display = plot.clusters(KMeans(1).fit(X), X)
    assert display.ax_.get_xlabel() == "PC 1 (0.0 %)"
    one = np.array([[1.0, 2.0, 3.0]])
    plot.clusters(KMeans(1).fit(one), one)


def test_components_of_chosen_columns(model, flowers):
    display = plot.clusters(model, flowers, columns=[0, 2, 3], kind="pca", regions=True)
    shares = PCA(2).fit(flowers.iloc[:, [0, 2, 3]]).explained_variance_ratio_
    assert display.ax_.get_xlabel() == f"PC 1 ({100 * shares[0]:.1f} %)"


# ---------------------------------------------------------------- regions


@pytest.mark.parametrize("metric", ["euclidean", "manhattan", "cosine"])
def test_regions_are_what_predict_says(metric):
    X = np.random.default_rng(0).uniform(1, 3, (80, 2))
    model = KMeans(5, random_state=0, metric=metric).fit(X)
    (image,) = plot.clusters(model, X, regions=True).regions_
    assert_regions(image, lambda where: model.predict(where), 5)


def test_regions_of_a_plane_in_space(iris):
    """They are those of the plane through the mean, and the picture says so."""
    model = KMeans(3, random_state=0).fit(iris)
    display = plot.clusters(model, iris, columns=[2, 1], regions=True)

    def labels(where):
        rows = np.tile(iris.mean(axis=0), (len(where), 1))
        rows[:, [2, 1]] = where
        return model.predict(rows)

    assert_regions(display.regions_[0], labels, 3)
    assert written(display.ax_)[-1] == "tints: the plane through the mean of all columns"
    assert len(plot.clusters(model, iris, columns=[2, 1]).regions_) == 0


def assert_regions(image, labels, n_clusters):
    found = np.asarray(image.get_array())
    left, right, bottom, top = image.get_extent()
    n_rows, n_columns = found.shape[:2]
    rng = np.random.default_rng(1)
    i, j = rng.integers(0, n_rows, 500), rng.integers(0, n_columns, 500)
    x, y = left + (j + 0.5) / n_columns * (right - left), bottom + (i + 0.5) / n_rows * (top - bottom)
    expected = labels(np.column_stack([x, y]))
    assert len(set(expected)) > 1 and image.origin == "lower"
    tints = 1 - 0.22 * (1 - _style.palette(n_clusters))
    np.testing.assert_allclose(found[i, j, :3], tints[expected])


# ---------------------------------------------------------------- other metrics


def test_cosine_draws_directions():
    X = np.array([[1.0, 0], [5, 0.1], [0, 2], [0.1, 700], [1e-200, 1e-200], [1e200, 1e200]])
    model = KMeans(3, random_state=0, metric="cosine").fit(X)
    display = plot.clusters(model, X)
    shown = np.vstack([places(dots) for dots in display.points_])
    np.testing.assert_allclose(np.hypot(*shown.T), 1.0)
    np.testing.assert_allclose(np.hypot(*places(display.centers_[0]).T), 1.0)
    assert display.ax_.get_xlabel() == "x0 / length of its row"


def table():
    return pd.DataFrame(
        {
            "color": ["red", "red", "blue", "blue", "blue", "green"],
            "age": [20.0, 22, 24, 60, 62, 64],
            "visits": [1, 2, 1, 9, 8, 9],
        }
    )


def test_kprototypes_shows_its_numbers():
    X = table()
    model = KPrototypes(2, random_state=0).fit(X)
    display = plot.clusters(model, X)
    assert title(display.ax_) == "2 clusters of 6 rows, seen in the columns of numbers"
    assert (display.ax_.get_xlabel(), display.ax_.get_ylabel()) == ("age", "visits")
    np.testing.assert_array_equal(places(display.centers_[0]), model.cluster_centers_[:, [1, 2]].astype(float))
    assert plot.clusters(model, X, columns=[2]).ax_.get_xlabel() == "visits"
    with pytest.raises(ValueError, match=r"columns names 'color', but the columns of numbers are \['age', 'visits'\]"):
        plot.clusters(model, X, columns=["color"])
    with pytest.raises(ValueError, match=r"columns holds 0: the columns of numbers are at \[1, 2\]"):
        plot.clusters(model, X, columns=[0])
    with pytest.raises(ValueError, match="regions=True works with metric 'euclidean' or 'manhattan' or 'cosine' only"):
        plot.clusters(model, X, regions=True)
    words = X[["color"]]
    with pytest.raises(ValueError, match=r"plot\.clusters draws columns of numbers, and all columns of X are"):
        plot.clusters(KPrototypes(2, random_state=0).fit(words), words)


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ({"kind": "tsne"}, ValueError, r"The 'kind' parameter of plot\.clusters must be a str among .* Got 'tsne'"),
        ({"regions": 1}, ValueError, "The 'regions' parameter of plot.clusters must be an instance of 'bool'"),
        ({"max_points": 0}, ValueError, r"The 'max_points' parameter of plot\.clusters must be an int in the range"),
        ({"columns": "petal width"}, TypeError, "columns must be a list of column names or positions, or None"),
        ({"columns": []}, TypeError, "columns must be a list of column names or positions, or None"),
        ({"columns": ["petal"]}, ValueError, "columns names 'petal', but the columns of numbers are"),
        ({"columns": [4]}, ValueError, r"columns holds 4: the columns of numbers are at \[0, 1, 2, 3\]"),
        ({"columns": [-1]}, ValueError, "columns holds -1"),
        ({"columns": [True]}, ValueError, "columns holds True"),
        (
            {"feature_names": ["a"]},
            ValueError,
            "feature_names must hold a name for each of the 4 features, got 1",
        ),
        ({"columns": [0], "regions": True}, ValueError, "regions=True needs two columns or more, got one"),
    ],
)
def test_wrong_arguments(model, flowers, arguments, kind, message):
    with pytest.raises(kind, match=message):
        plot.clusters(model, flowers, **arguments)
    assert pyplot.get_fignums() == []


def test_a_pair_grid_has_room_for_eight_columns(digits):
    model = KMeans(3, random_state=0).fit(digits)
    with pytest.raises(ValueError, match=r"kind='pair' draws at most 8 columns, got 64"):
        plot.clusters(model, digits, kind="pair")
    assert plot.clusters(model, digits, columns=list(range(9))).ax_.get_xlabel().startswith("PC 1")


# ---------------------------------------------------------------- profile


def test_a_profile_is_in_standard_deviations(model, flowers):
    display = whole(plot.profile(model, flowers))
    expected = (model.cluster_centers_ - flowers.to_numpy().mean(axis=0)) / flowers.to_numpy().std(axis=0)
    np.testing.assert_allclose(display.heights, expected.T)
    np.testing.assert_allclose(np.ravel(display.mesh_.get_array()), np.ravel(display.heights))  # flat before 3.8
    assert [label.get_text() for label in display.ax_.get_yticklabels()] == list(flowers.columns)
    assert [text.get_text() for text in display.texts_[:3]] == [f"{c:.3g}" for c in model.cluster_centers_[:, 0]]
    assert display.colorbar_.ax.get_ylabel() == "standard deviations\nfrom the mean of all rows"


def test_a_profile_of_the_centers_alone(model):
    display = whole(plot.profile(model))
    sizes, centers = model.cluster_sizes_, model.cluster_centers_
    above = centers - np.average(centers, axis=0, weights=sizes)
    np.testing.assert_allclose(display.heights, (above / np.sqrt(np.average(above**2, axis=0, weights=sizes))).T)


def test_a_profile_of_categories():
    X = table()
    model = KPrototypes(2, random_state=0).fit(X)
    assert model.labels_.tolist() == [1, 1, 1, 0, 0, 0]
    display = whole(plot.profile(model, X))
    # Blue: 2 of 3 in cluster 0, half of all. Red: 2 of 3 in cluster 1, a third of all.
    np.testing.assert_allclose(display.heights[0], [(2 / 3 - 1 / 2) / 0.5, (2 / 3 - 1 / 3) / np.sqrt(2 / 9)])
    assert [text.get_text() for text in display.texts_[:2]] == ["blue  67 %", "red  67 %"]
    np.testing.assert_allclose(display.heights[1], (np.array([62.0, 22.0]) - 42) / X["age"].std(ddof=0))
    alone = plot.profile(model)
    assert np.isnan(alone.heights[0]).all() and alone.texts_[0].get_text() == "blue"
    words = X[["color"]]
    whole(plot.profile(KMeans(2, metric="hamming", random_state=0).fit(words), words))
    whole(plot.profile(KMeans(2, metric="hamming", random_state=0).fit(words)))


def test_a_profile_has_the_features_that_differ_most(digits):
    model = KMeans(10, random_state=0).fit(digits)
    display = whole(plot.profile(model, digits, max_features=5))
    deviation = digits.std(axis=0)
    deviation[deviation == 0] = 1  # of columns that are all zero, as are the centers there
    above = (model.cluster_centers_ - digits.mean(axis=0)) / deviation
    chosen = np.sort(np.argsort(-(above**2 * model.cluster_sizes_[:, np.newaxis]).sum(axis=0))[:5])
    np.testing.assert_allclose(display.heights, above.T[chosen], atol=1e-12)
    assert title(display.ax_) == "What distinguishes 10 clusters: the 5 of 64 features that differ most"
    with pytest.raises(ValueError, match=r"The 'max_features' parameter of plot\.profile must be an int in the range"):
        plot.profile(model, digits, max_features=0)


# ---------------------------------------------------------------- silhouette


def test_silhouettes_are_the_cores(model, flowers, iris):
    display = whole(plot.silhouette(model, flowers))
    expected = silhouette_samples(iris, model.labels_)
    np.testing.assert_array_equal(display.values, expected)
    assert display.mean == pytest.approx(expected.mean())
    assert title(display.ax_) == f"The mean silhouette is {expected.mean():.2f}"
    assert display.mean_line_.get_xdata()[0] == display.mean
    left = display.ax_.transAxes.transform((-0.03, 0))[0]
    assert left > 7.5 / 72 * display.figure_.dpi  # the discs, white rim and all, are in the figure
    for cluster, blade in enumerate(display.blades_):
        np.testing.assert_array_equal(faces(blade), [color(cluster)])
        ends = blade.get_paths()[0].vertices[:, 0]
        values = expected[model.labels_ == cluster]
        assert set(values) <= set(ends) <= {*values, 0.0}
        x, y = blade.get_paths()[0].vertices.T
        assert (x[y == y.max()].max(), x[y == y.min()].max()) == (values.max(), max(values.min(), 0.0))
        assert f"{values.mean():.2f}  ({len(values)} rows)" in written(display.ax_)


def test_silhouettes_with_weights(model, flowers):
    weight = np.arange(len(flowers)) % 3
    display = plot.silhouette(model, flowers, sample_weight=weight)
    repeated = plot.silhouette(model, flowers.loc[flowers.index.repeat(weight)])
    assert display.mean == pytest.approx(repeated.mean)
    simple = plot.silhouette(model, flowers, simplified=True)
    assert simple.ax_.get_xlabel() == "simplified silhouette" and simple.mean != display.mean


def test_silhouettes_need_two_clusters(flowers):
    with pytest.raises(ValueError, match=r"plot\.silhouette needs rows in two clusters or more, all are in cluster 0"):
        plot.silhouette(KMeans(1).fit(flowers), flowers)


# ---------------------------------------------------------------- discs apart


def test_discs_that_would_hide_each_other_move_apart():
    rng = np.random.default_rng(0)
    X = np.vstack([[x, y, z] + 0.01 * rng.standard_normal((20, 3)) for x, y, z in [(0, 0, 5), (0, 0, -5), (9, 3, 0)]])
    model = KMeans(3, random_state=0).fit(X)
    display = whole(plot.clusters(model, X, columns=[0, 1]))
    discs, centers = places(display.centers_[0]), model.cluster_centers_[:, :2]
    alone = centers[:, 0] > 5
    np.testing.assert_array_equal(discs[alone], centers[alone])
    np.testing.assert_allclose([line.get_xydata()[0] for line in display.ax_.lines[:2]], centers[~alone])
    np.testing.assert_allclose([line.get_xydata()[1] for line in display.ax_.lines[:2]], discs[~alone])
    first, second = display.ax_.transData.transform(discs[~alone]) / display.figure_.dpi
    assert np.hypot(*(first - second)) > 0.16  # inches; a disc has 0.18


def test_places_apart():
    far = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0]])
    np.testing.assert_array_equal(_scatter.apart(far, 1.0), far)
    for count in (2, 3, 10):
        found = _scatter.apart(np.zeros((count, 2)), 1.0)
        gaps = np.hypot(*np.moveaxis(found[:, np.newaxis] - found, -1, 0))
        assert gaps[~np.eye(count, dtype=bool)].min() > 0.95
    np.testing.assert_array_equal(_scatter.apart(np.zeros((1, 2)), 1.0), [[0, 0]])
