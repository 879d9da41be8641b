"""select_k and elbow: a fit for each k that is never worse than the one before; what they refuse; progress."""

import re

import numpy as np
import pytest
from helpers import blobs, some_weights

import pykmeans
from pykmeans import ConvergenceWarning, KMeans, KPrototypes, _core, elbow, select_k
from pykmeans._criteria import CRITERIA

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
ONE_RUN += [KMeans(init="random", n_init=1, max_iter=2, refine="splits")]


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
    for name in ("best_k", "best_model"):
        with pytest.raises(AttributeError, match=r"There is no best k: none of the criteria found one \(elbow, sil"):
            getattr(found, name)
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
        alone = KMeans(k, n_init=3, random_state=3, refine="swaps").fit(iris)
        assert model.get_params() == alone.get_params()  # warm starts are refined, too
        assert model.inertia_ <= alone.inertia_ <= alone.unrefined_inertia_
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


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"k": range(1, 10**12)}, ValueError, "at most 1000000. Got range"),
        ({"k": range(1, 10**30)}, ValueError, "at most 1000000. Got range"),
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
