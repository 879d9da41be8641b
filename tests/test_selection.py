"""select_k and elbow: a fit for each k that is never worse than the one before, and which k is the best."""

import pickle
import re

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from helpers import blobs, some_weights

import pykmeans
from pykmeans import ConvergenceWarning, KMeans, KPrototypes, _core, elbow, select_k
from pykmeans._criteria import CRITERIA
from pykmeans._k_selection import _majority

matplotlib.use("Agg")

METRICS = ["euclidean", "manhattan", "cosine", "hamming"]


def estimators(**parameters):
    """An estimator of each metric."""
    for metric in METRICS:
        yield KMeans(metric=metric, **parameters)
    yield KPrototypes(categorical=[3, 4], **parameters)


def name(estimator):
    return getattr(estimator, "metric", "KPrototypes")


def rows(n=120, seed=0):
    """Rows that every estimator takes: whole numbers, none all zero."""
    return np.abs(blobs(n, 5, 4, seed, spread=1.5).round()) + 1


ONE_RUN = list(estimators(init="random", n_init=1, max_iter=2))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("estimator", ONE_RUN, ids=name)
def test_inertia_never_rises(estimator, weighted):
    X = rows()
    weight = some_weights(len(X), 1) if weighted else None
    warm = 0
    for seed in range(4):
        found = select_k(
            X, range(1, 15), criteria=["elbow"], estimator=estimator, sample_weight=weight, random_state=seed
        )
        inertia = found.table["inertia"]
        assert (np.diff(inertia) <= 0).all()
        assert [model.inertia_ for model in found.models.values()] == inertia.tolist()
        assert not found.warm_started[1]
        warm += sum(found.warm_started.values())
        for k, model in found.models.items():
            own = KMeans if isinstance(model, KMeans) else KPrototypes
            alone = own(**{**estimator.get_params(), "n_clusters": k, "random_state": seed}).fit(
                X, sample_weight=weight
            )
            assert model.inertia_ < alone.inertia_ if found.warm_started[k] else model.inertia_ == alone.inertia_
            assert model.get_params() == alone.get_params()
            assert model.score(X, sample_weight=weight) == -model.inertia_
    assert 0 < warm < 4 * 13


def test_a_warm_start_adds_the_farthest_rows():
    X = np.array([[0.0], [1.0], [10.0], [11.0], [30.0], [30.0], [31.0], [70.0], [71.0]])
    weight = np.array([1, 1, 1, 1, 1, 1, 1, 1, 0.0])  # the last would be the farthest
    first = KMeans(2, init=[[5.5], [30.0]], n_init=1, max_iter=1).fit(X, sample_weight=weight)
    from pykmeans._solutions import _continued

    centers = first.cluster_centers_.ravel()
    away = np.abs(X.ravel() - centers[first.labels_]) * (weight > 0)
    order = np.argsort(-away, kind="stable")
    values = list(dict.fromkeys(X.ravel()[order]))
    expected = KMeans(5, init=np.array([*centers, *values[:3]])[:, None], n_init=1, max_iter=1)
    expected.fit(X, sample_weight=weight)
    found = _continued(X, first, 5, weight)
    np.testing.assert_array_equal(found.labels_, expected.labels_)
    np.testing.assert_array_equal(found.cluster_centers_, expected.cluster_centers_)


def test_more_clusters_than_different_rows():
    X = np.repeat([[0.0, 0.1], [1.0, 5.0], [9.0, 9.0]], 4, axis=0)
    with pytest.warns(ConvergenceWarning, match=r"distinct clusters \(3\) found smaller than"):
        found = select_k(X, [1, 2, 6, 5], criteria=list(CRITERIA), random_state=0)
    assert found.k.tolist() == [1, 2, 5, 6]
    assert (np.diff(found.table["inertia"]) <= 0).all()
    assert found.best["silhouette"] == 5  # all of them are right; the least k is named
    assert np.isnan(found.table["bic"][2:]).all() and np.isnan(found.table["gap"][2:]).all()


def test_a_jump_beyond_the_different_rows():
    """Nothing is left to start from that has no center, but the estimator's own run finds them all."""
    X = np.repeat([[0.0], [1.0], [5.0], [9.0]], [20, 20, 1, 1], axis=0)
    for seed in range(5):
        estimator = KMeans(init="random", n_init=1, max_iter=1)
        found = select_k(X, [3, 4], criteria=["elbow"], estimator=estimator, random_state=seed)
        assert found.table["inertia"][1] == 0
        with pytest.warns(ConvergenceWarning) as caught:
            found = select_k(X, [2, 7], criteria=["elbow"], estimator=estimator, random_state=seed)
        assert found.table["inertia"][1] == 0 and len(caught) == 1


def test_no_clusters_but_one():
    X = np.ones((6, 2))
    with pytest.warns(ConvergenceWarning):
        found = select_k(X, [1, 2, 3], criteria=list(CRITERIA), random_state=0)
    assert set(found.best.values()) == {None}
    assert found.best_k is None and found.best_model is None
    assert found.reason == f"none of the criteria found one ({', '.join(CRITERIA)})"
    assert found.reasons["elbow"] == "the inertia has no elbow in k = 1 to 3"
    assert found.reasons["bic"] == "the BIC has no value in k = 1 to 3"
    assert select_k(X, [1], criteria=["silhouette"]).reasons == {
        "silhouette": "the mean silhouette has no value in k = 1"
    }


def test_as_many_clusters_as_rows():
    found = select_k(rows(5), range(1, 6), criteria=list(CRITERIA), random_state=0)
    assert found.table["inertia"][-1] == 0
    assert found.table["silhouette"][-1] == 0
    assert np.isnan(found.table["calinski_harabasz"][-1])


@pytest.mark.parametrize("criterion", CRITERIA)
@pytest.mark.parametrize("estimator", list(estimators()), ids=name)
def test_every_metric_works_or_is_refused_by_the_table(estimator, criterion):
    metric = "mixed" if isinstance(estimator, KPrototypes) else estimator.metric
    if _core.METRICS[metric]["center"] in CRITERIA[criterion].centers:
        found = select_k(rows(40), [2, 3, 4], criteria=[criterion], estimator=estimator, n_references=2, random_state=0)
        assert np.isfinite(found.table[criterion]).all()
    else:
        got = "KPrototypes" if metric == "mixed" else f"metric={metric!r}"
        message = f"criterion {criterion!r} works with metric 'euclidean' only, got {got}."
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            select_k(rows(40), [2, 3], criteria=[criterion], estimator=estimator)


def test_tables_of_categories(titanic):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(titanic[:200], columns=list("abcdefgh"))
    frame["g"] = frame["g"].map({0: "female", 1: "male"})
    criteria = ["elbow", "silhouette", "simplified_silhouette"]
    found = select_k(frame, [2, 3, 4], criteria=criteria, estimator=KPrototypes(categorical=["e", "f", "g", "h"]))
    assert found.best_model.feature_names_in_.tolist() == list("abcdefgh")
    assert (np.diff(found.table["inertia"]) <= 0).all()


def test_models_are_those_of_the_estimator(iris):
    found = select_k(iris, [5, 2, 3], random_state=3)
    assert list(found.models) == [2, 3, 5]
    for k, model in found.models.items():
        alone = KMeans(k, n_init=10, random_state=3).fit(iris)
        assert model.inertia_ <= alone.inertia_
    given = KMeans(7, tol=0.0, algorithm="lloyd", n_threads=1, random_state=5, record_steps=True)
    found = select_k(iris, [2, 3], estimator=given)
    assert found.models[3].get_params() == {**given.get_params(), "n_clusters": 3}
    assert len(found.models[3].steps_) == found.models[3].n_iter_ + 1
    assert not hasattr(given, "inertia_")
    assert select_k(iris, [2, 3], estimator=given, random_state=8).models[3].random_state == 8


def test_an_int_makes_it_reproducible(iris):
    criteria = list(CRITERIA)
    first, second = (select_k(iris, [2, 3, 4], criteria=criteria, random_state=1, n_references=2) for _ in range(2))
    assert first.table.tobytes() == second.table.tobytes()
    drawn = np.random.RandomState(1)
    third = select_k(iris, [2, 3, 4], criteria=["gap"], random_state=drawn, n_references=2)
    assert third.table["gap"].tolist() != first.table["gap"].tolist()


def test_elbow_is_select_k_with_one_criterion(wine):
    one, other = elbow(wine, random_state=0), select_k(wine, range(1, 11), criteria=("elbow",), random_state=0)
    assert one.table.tobytes() == other.table.tobytes()
    assert (one.best_k, one.best, one.reasons) == (other.best_k, other.best, other.reasons)
    assert one.best == {"elbow": one.best_k}


def test_x_is_not_changed(digits):
    X = digits[:60].astype(np.float32)
    X.flags.writeable = False
    before = X.tobytes()
    select_k(X, [2, 3], criteria=list(CRITERIA), n_references=1)
    assert X.tobytes() == before


# ---------------------------------------------------------------- KSelection


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


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"k": 3}, TypeError, "The 'k' parameter of select_k must be a range or list of different ints"),
        ({"k": []}, ValueError, "The 'k' parameter of select_k must be"),
        ({"k": [2, 2]}, ValueError, r"Got \[2, 2\] instead"),
        ({"k": [0, 2]}, ValueError, r"Got \[0, 2\] instead"),
        ({"k": [2.0]}, TypeError, r"Got \[2.0\] instead"),
        ({"k": iter([2, 3])}, TypeError, "The 'k' parameter of select_k must be"),
        ({"k": "23"}, TypeError, "The 'k' parameter of select_k must be"),
        ({"k": np.array(3)}, TypeError, "The 'k' parameter of select_k must be"),
        ({"k": [2, 31]}, ValueError, "n_samples=30 should be >= n_clusters=31"),
        ({"criteria": []}, ValueError, "The 'criteria' parameter of select_k must be a list or tuple of different"),
        ({"criteria": "elbow"}, ValueError, "The 'criteria' parameter of select_k must be"),
        ({"criteria": ["elbow", "elbow"]}, ValueError, "The 'criteria' parameter of select_k must be"),
        ({"criteria": ["elbow", "bend"]}, ValueError, "criteria holds 'bend', which is none of 'elbow', 'silhouette'"),
        ({"estimator": "kmeans"}, TypeError, "The 'estimator' parameter of select_k must be a KMeans, a KPrototypes"),
        ({"estimator": KMeans}, TypeError, "The 'estimator' parameter of select_k must be"),
        (
            {"estimator": KMeans(init=np.ones((2, 2)))},
            ValueError,
            "The init of the estimator must be 'k-means\\+\\+' or",
        ),
        ({"estimator": KMeans(tol=-1)}, ValueError, "The 'tol' parameter of KMeans must be"),
        ({"estimator": KMeans(metric="cos")}, ValueError, "The 'metric' parameter of KMeans must be"),
        ({"random_state": "a"}, ValueError, "The 'random_state' parameter of select_k must be"),
        ({"n_references": 0}, ValueError, "The 'n_references' parameter of select_k must be"),
        ({"progress": 1}, TypeError, "The 'progress' parameter of select_k must be"),
        ({"sample_weight": [1.0]}, ValueError, r"sample_weight.shape == \(1,\), expected \(30,\)"),
        ({"X": np.full((30, 2), np.nan)}, ValueError, "Input X contains NaN"),
    ],
)
def test_bad_input(arguments, error, message):
    with pytest.raises(error, match=message):
        select_k(**{"X": rows(30), "k": [2, 3], **arguments})


def test_the_caller_is_named():
    with pytest.raises(ValueError, match="The 'k' parameter of elbow must be"):
        elbow(rows(30), k=[])


# ---------------------------------------------------------------- progress


class Terminal:
    """A stderr that keeps what is written."""

    encoding = "utf-8"

    def __init__(self):
        self.text = ""

    def write(self, text):
        self.text += text

    def flush(self):
        pass

    def isatty(self):
        return True


def test_no_bar_where_nobody_sees_it(capsys):
    select_k(rows(30), [2, 3], criteria=["gap"])
    select_k(rows(30), [2, 3], progress=False)
    assert capsys.readouterr().err == ""


def test_a_bar_where_it_is_asked_for(capsys):
    select_k(rows(30), [2, 3], criteria=["elbow", "silhouette", "gap"], n_references=3, progress=True)
    shown = capsys.readouterr().err
    assert "select_k" in shown and "0/10" in shown  # 2 fits, 2 silhouettes, 2 x 3 fits of references


def test_every_step_is_counted(monkeypatch):
    counted = []
    monkeypatch.setattr("pykmeans._progress.Progress.step", lambda self: counted.append(1))
    select_k(rows(30), [2, 3, 4], criteria=list(CRITERIA), n_references=3)
    assert len(counted) == 3 * (1 + 1 + 1 + 3)


def test_a_bar_at_a_terminal_that_takes_long(monkeypatch):
    for delay, is_shown in ((0.0, True), (60.0, False)):
        terminal = Terminal()
        monkeypatch.setattr("sys.stderr", terminal)
        monkeypatch.setattr("pykmeans._progress._DELAY", delay)
        elbow(rows(30), [2, 3])
        assert ("elbow" in terminal.text) == is_shown
        elbow(rows(30), [2, 3], progress=False)
        assert terminal.text.count("elbow:   0%") == is_shown


def test_without_tqdm(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "tqdm", None)
    monkeypatch.setattr("sys.stderr", Terminal())
    elbow(rows(30), [2, 3])
    with pytest.raises(ImportError, match=r"elbow\(progress=True\) needs tqdm.*pykmeans\[progress\]"):
        elbow(rows(30), [2, 3], progress=True)


def test_the_names_are_public():
    assert {"select_k", "elbow", "KSelection"} <= set(pykmeans.__all__)
    assert isinstance(elbow(rows(30), [2, 3]), pykmeans.KSelection)
