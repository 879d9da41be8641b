"""Reports: one page, which has the numbers of the model, the pictures, and how they were made."""

import re
import sys

import matplotlib
import numpy as np
import pandas as pd
import pytest
from report_page import Page

from pykmeans import KMeans, KPrototypes, report, select_k, silhouette_score

matplotlib.use("Agg")
NAMES = ["age", "visits"]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "report.html"


@pytest.fixture
def fitted():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 2)) + np.repeat([[40, 0.5], [1500, 0.5]], [30, 10], axis=0)
    return KMeans(2, init=[[40, 0], [1500, 0]], random_state=0).fit(X), X


def test_the_numbers_are_those_of_the_model(fitted, path):
    model, X = fitted
    report(model, X, path, feature_names=NAMES)
    page = Page(path)
    first, second = model.cluster_centers_
    assert page.row("cluster") == ["0", "1", "all rows"]
    assert page.row("rows") == ["30", "10", "40"]
    assert page.row("share") == ["75 %", "25 %", "100 %"]
    assert page.row("age") == [f"{first[0]:.3g}", f"{second[0]:,.0f}", f"{X[:, 0].mean():.3g}"]
    assert page.row("visits") == [f"{first[1]:.3g}", f"{second[1]:.3g}", f"{X[:, 1].mean():.3g}"]
    assert page.bold == [f"{second[0]:,.0f}"]  # 1.7 standard deviations from the mean; the other one is 0.6
    assert f"mean silhouette {silhouette_score(X, model.labels_):.2f}; 1 is best" in page.text
    assert page.row("inertia") == [f"{model.inertia_:.6g}"]
    assert page.row("model") == [" ".join(repr(model).split())]


def test_a_page_needs_no_other_file_and_has_the_pictures(fitted, path):
    model, X = fitted
    report(model, X, path)
    page = Page(path)
    assert page.titles == [
        "2 clusters of 40 rows", "What is in each cluster", "The clusters", "What distinguishes them",
        "How well they are separated", "How this was made",
    ]  # fmt: skip
    assert len(page.pictures) == 3 and all(picture.startswith(b"\x89PNG") for picture in page.pictures)
    assert page.loaded == []
    assert not re.search(r"(href|src|url\()\s*=?\s*[\"']?(?!data:image/png;base64,)\w+", page.text)
    assert "$" not in page.text  # nothing of the template is left


def test_the_same_model_makes_the_same_file_and_leaves_no_picture_open(fitted, path):
    from matplotlib import pyplot

    model, X = fitted
    before = pyplot.get_fignums()
    report(model, X, path)
    first = path.read_bytes()
    report(model, X, path)
    assert path.read_bytes() == first
    assert pyplot.get_fignums() == before


def test_of_a_selection_the_best_model_and_why(path):
    X = [[0, 0], [0, 1], [1, 0], [9, 0], [9, 1], [10, 0], [5, 8], [5, 9], [6, 8]]
    report(select_k(X, range(2, 6), random_state=0), X, path)
    page = Page(path)
    assert page.titles[0] == "3 clusters of 9 rows" and page.titles[-2] == "How many clusters"
    assert len(page.pictures) == 4
    assert "Number of clusters: 3, by every criterion (elbow, silhouette)." in page.text
    with pytest.raises(ValueError, match="this one has none: pass one of its models"):
        report(select_k([[0.0], [1.0]], [1], criteria=("elbow",)), [[0.0], [1.0]], path)


def test_categories(path):
    frame = pd.DataFrame({"age": [20, 22, 24, 60, 62, 64], "<plan> & more": ["a", "a", "b", "b", "b", "b"]})
    model = KPrototypes(2, categorical=["<plan> & more"], random_state=0).fit(frame)
    report(model, frame, path)
    page = Page(path)
    cells = page.row("<plan> & more")
    assert sorted(cells[:2]) == ["a  67 %", "b  100 %"] and cells[2] == "b"
    assert page.row("age")[2] == "42"
    assert "<plan>" not in page.text

    plans = frame[["<plan> & more"]]
    report(KMeans(2, metric="hamming", random_state=0).fit(plans), plans, path)
    assert "The clusters" not in Page(path).titles  # there are no numbers to draw


def test_the_file_is_a_page(fitted, tmp_path):
    model, X = fitted
    for name in ("report.pdf", "report", "html"):
        with pytest.raises(ValueError, match=r"path of report must end in \.html"):
            report(model, X, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_weights_count(path):
    X = [[0.0], [1.0], [10.0]]
    model = KMeans(2, random_state=0).fit(X)
    report(model, X, path, sample_weight=[1.5, 2, 4])
    page = Page(path)
    assert sorted(page.row("weight")[:2]) == ["3.5", "4"] and page.row("weight")[2] == "7.5"
    assert page.row("share")[2] == "100 %"


def test_a_weight_is_as_many_copies(path):
    frame = pd.DataFrame({"age": [20.0, 25.0, 30.0, 70.0, 72.0, 90.0], "plan": list("aababb")})
    weight = np.array([5, 1, 2, 1, 4, 1])
    copies = frame.loc[frame.index.repeat(weight)]
    model = KPrototypes(2, random_state=0).fit(frame, sample_weight=weight)
    pages = []
    for X, weights in ((frame, weight), (copies, None)):
        report(model, X, path, sample_weight=weights)
        pages.append(Page(path))
    for name in ("share", "age", "plan"):
        assert pages[0].row(name) == pages[1].row(name)
    assert pages[0].bold == pages[1].bold
    report(model, frame, path)
    assert Page(path).row("age")[2] != pages[0].row("age")[2]


@pytest.mark.parametrize("metric", ["manhattan", "cosine"])
def test_other_metrics(path, metric):
    X = np.random.default_rng(0).random((30, 3)) + 0.1
    report(KMeans(2, metric=metric, random_state=0).fit(X), X, path)
    assert {"manhattan": "median", "cosine": "mean direction"}[metric] + ". Bold" in path.read_text()


def test_many_columns_and_clusters_and_a_single_one(path):
    X = np.random.default_rng(0).random((60, 130))
    report(KMeans(25, random_state=0).fit(X), X, path)
    page = Page(path)
    assert sum(bool(re.fullmatch(r"x\d+", cells[0])) for cells in page.rows) == 100
    assert "Of 130 columns, these are the 100 that differ most." in page.text
    assert page.row("cluster") == [*map(str, range(25)), "all rows"]

    report(KMeans(1).fit(X[:, :2]), X[:, :2], path)
    assert "How well they are separated" not in Page(path).titles
    assert "there is only one cluster" in Page(path).text
    assert Page(path).titles[0] == "1 cluster of 60 rows"


def test_the_rounding_of_0_is_0(path):
    X = np.array([[0.1], [0.2], [-0.3], [5.1], [5.2], [4.7]]) - [2.5]
    X = np.column_stack([X, np.tile([0.1, 0.2, -0.3], 2)])
    assert 0 < abs(X[:, 1].mean()) < 1e-15
    report(KMeans(2, random_state=0).fit(X), X, path)
    assert Page(path).row("x1") == ["0", "0", "0"]


def test_what_is_refused(fitted, path, monkeypatch):
    model, X = fitted
    with pytest.raises(TypeError, match="PathLike"):
        report(model, X, 3)
    with pytest.raises(TypeError, match="model of report must be a fitted KMeans"):
        report("model", X, path)
    with pytest.raises(ValueError, match="not fitted"):
        report(KMeans(), X, path)
    with pytest.raises(ValueError, match="feature_names"):
        report(model, X, path, feature_names=["a"])
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(
        ImportError, match=re.escape("needs matplotlib, which is not installed: pip install 'pykmeans[plot]'.")
    ):
        report(model, X, path)
    assert not path.exists()
