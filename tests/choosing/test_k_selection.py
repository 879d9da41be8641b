"""KSelection: which k is the best, its table, and how it shows itself."""

import pickle

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from pykmeans import select_k
from pykmeans._k_selection import _majority

matplotlib.use("Agg")


@pytest.mark.parametrize(
    ("best", "expected"),
    [
        ({"a": 3}, (3, "3, by a")),
        ({"a": 3, "b": 3}, (3, "3, by every criterion (a, b)")),
        ({"a": 3, "b": 2, "c": 2}, (2, "2, by 2 of 3 criteria (b, c)")),
        ({"a": 3, "b": 2}, (3, "3, by 1 of 2 criteria (a); as many say 2, but a was listed first")),
        (
            {"a": 4, "b": 3, "c": 2, "d": 2, "e": 3},
            (3, "3, by 2 of 5 criteria (b, e); as many say 2, but b was listed first"),
        ),
        ({"a": None, "b": 2}, (2, "2, by 1 of 2 criteria (b)")),
        ({"a": None, "b": None}, (None, "none of the criteria found one (a, b)")),
    ],
)
def test_the_majority(best, expected):
    assert _majority(best) == expected


@pytest.fixture(scope="module")
def selection(iris):
    return select_k(iris, [2, 3, 4], criteria=["silhouette", "gap"], random_state=0, n_references=2)


def test_the_table(selection):
    assert selection.table.dtype.names == ("k", "inertia", "n_iter", "converged", "silhouette", "gap", "gap_se")
    for k, row in zip([2, 3, 4], selection.table, strict=True):
        model = selection.models[k]
        assert row.tolist()[:4] == (k, model.inertia_, model.n_iter_, model.converged_)
    assert selection.k.tolist() == [2, 3, 4]
    assert selection.best_model is selection.models[2] and selection.best_k == 2


def test_frames(selection):
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    frame = selection.to_pandas()
    assert isinstance(frame, pandas.DataFrame) and frame.columns.tolist() == list(selection.table.dtype.names)
    assert frame["gap"].tolist() == selection.table["gap"].tolist() and frame["k"].dtype == np.int64
    frame = selection.to_polars()
    assert isinstance(frame, polars.DataFrame) and frame.rows() == selection.table.tolist()


def test_how_it_prints(selection):
    lines = repr(selection).splitlines()
    assert lines[0].split() == [*selection.table.dtype.names, "best", "by"]
    assert lines[1].split()[:4] == ["2", "152.35", str(selection.models[2].n_iter_), "yes"]
    assert lines[1].endswith("  silhouette")
    assert lines[4:] == [
        f"best k: {selection.reason}",
        f"silhouette: {selection.reasons['silhouette']}",
        f"gap: {selection.reasons['gap']}",
    ]
    html = selection._repr_html_()
    assert "<td><b>2</b></td>" in html and "<td><b>0.68105</b></td>" in html and html.count("<tr>") == 4


def test_it_draws_itself(selection):
    figure, axes = plt.subplots(1, 2)
    display = selection.plot(ax=axes)
    assert display.figure_ is figure and list(display.lines_) == ["silhouette", "gap"]
    np.testing.assert_array_equal(display.lines_["gap"].get_ydata(), selection.table["gap"])
    plt.close(figure)


def test_it_can_be_pickled(selection):
    copy = pickle.loads(pickle.dumps(selection))
    assert repr(copy) == repr(selection)
    assert copy.models[3].labels_.tolist() == selection.models[3].labels_.tolist()
