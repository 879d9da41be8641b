"""KPrototypes: what it computes, of tables of numbers and categories in every form."""

import copy
import decimal
import math
import re
import warnings

import numpy as np
import pandas as pd
import pytest
from helpers import bits
from sklearn.base import clone
from table_kinds import FRAME, TABLES

import pykmeans
from pykmeans import KMeans, KPrototypes

WORDS = np.array(["ant", "bee", "cat", "dog"], dtype=object)


def mixture(n, seed, n_numbers=2, n_categories=2):
    """A frame with numbers x0, x1, ... and categories c0, c1, ..., which follow hidden groups."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 3, n)
    columns = {f"x{j}": 3 * group + rng.normal(size=n) for j in range(n_numbers)}
    for j in range(n_categories):
        columns[f"c{j}"] = WORDS[np.where(rng.random(n) < 0.7, group, rng.integers(0, 4, n))]
    return pd.DataFrame(columns)


def distances(X, centers, gamma):
    """What the definition says, in plain Python: numbers are floats, categories strings."""
    return np.array(
        [
            [
                sum(
                    (x - c) ** 2 if isinstance(c, float) else gamma * (x != c) for x, c in zip(row, center, strict=True)
                )
                for center in centers
            ]
            for row in X.to_numpy(dtype=object).tolist()
        ]
    )


def lloyd(X, init, gamma, weights):
    """K-prototypes in plain Python from a table of centers, until no label changes."""
    centers, labels = init.to_numpy(dtype=object).tolist(), None
    while True:
        found = distances(X, centers, gamma)
        if labels is not None and (found.argmin(axis=1) == labels).all():
            return centers, labels, (weights * found.min(axis=1)).sum()
        labels = found.argmin(axis=1)
        for i in range(len(centers)):
            members, w = X[labels == i], weights[labels == i]
            assert w.sum() > 0
            for j, name in enumerate(X.columns):
                if isinstance(centers[i][j], float):
                    centers[i][j] = float((w * members[name]).sum() / w.sum())
                else:
                    counts = pd.Series(w).groupby(members[name].to_numpy()).sum()
                    centers[i][j] = min(counts[counts == counts.max()].index)


# ---------------------------------------------------------------------------------------------------------------------
# What it computes
# ---------------------------------------------------------------------------------------------------------------------


def test_a_fit_worked_by_hand():
    X = [[0, "a"], [2, "a"], [4, "b"], [10, "b"], [12, "b"], [14, "a"]]
    model = KPrototypes(2, gamma=10, init=[[0, "a"], [14, "a"]], store_medoids=True).fit(X)
    # Iteration 0: rows 0, 1, 2 are 0, 4 and 16 + 10 from (0, a); rows 3, 4, 5 are 16 + 10, 4 + 10 and 0 from (14, a).
    # The centers become (2, a) and (12, b). Iteration 1: 4, 0, 4 + 10 and 4, 0, 4 + 10; no label changes.
    assert model.labels_.tolist() == [0, 0, 0, 1, 1, 1]
    assert model.cluster_centers_.tolist() == [[2.0, "a"], [12.0, "b"]]
    assert model.inertia_history_.tolist() == [70, 36]
    assert model.inertia_ == 36 and model.cluster_inertia_.tolist() == [18, 18]
    assert (model.n_iter_, model.stop_reason_, model.converged_) == (2, "labels", True)
    assert model.cluster_sizes_.tolist() == [3, 3]
    assert model.medoid_indices_.tolist() == [1, 4]
    assert model.categorical_features_.tolist() == [1] and model.n_features_in_ == 2 and model.gamma_ == 10
    # (7, b) is 25 + 10 from the first and 25 from the second; (7, c) is as far from both, so the first has it.
    assert model.transform([[7, "b"], [7, "c"], [2, "a"]]).tolist() == [[35, 25], [35, 35], [0, 110]]
    assert model.predict([[7, "b"], [7, "c"], [2, "a"]]).tolist() == [1, 0, 0]
    assert model.score([[7, "b"], [7, "c"], [2, "a"]], sample_weight=[1, 2, 3]) == -95
    # With a weight of 2, row 2 makes "a" and "b" equally frequent in the first cluster: the least stays. With 3, "b".
    for weight, centers in [(2, [[2.5, "a"], [12.0, "b"]]), (3, [[2.8, "b"], [12.0, "b"]])]:
        model = clone(model).fit(X, sample_weight=[1, 1, weight, 1, 1, 1])
        assert model.cluster_centers_.tolist() == centers


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_it_does_what_the_definition_says(seed, weighted):
    X = mixture(80, seed, n_numbers=1 + seed % 3, n_categories=1 + seed % 4)
    weights = np.random.default_rng(seed).integers(1, 5, 80) if weighted else np.ones(80)
    model = KPrototypes(4, init=X[:4], tol=0, max_iter=1000, store_medoids=True).fit(
        X, sample_weight=weights if weighted else None
    )
    assert model.gamma_ == pytest.approx(0.5 * X.select_dtypes("number").std(ddof=0).mean(), rel=1e-14)
    centers, labels, inertia = lloyd(X, X[:4], model.gamma_, weights)
    np.testing.assert_array_equal(model.labels_, labels)
    assert model.inertia_ == pytest.approx(inertia, rel=1e-12)
    for ours, theirs in zip(model.cluster_centers_.tolist(), centers, strict=True):
        assert [value for value in ours if type(value) is not float] == [v for v in theirs if type(v) is not float]
        numbers = [value for value in ours if type(value) is float]
        assert numbers == pytest.approx([value for value in theirs if type(value) is float], rel=1e-13)
    np.testing.assert_allclose(model.transform(X), distances(X, centers, model.gamma_), rtol=1e-9)
    np.testing.assert_array_equal(model.predict(X), model.labels_)
    assert -model.score(X, sample_weight=weights) == model.inertia_
    assert (np.diff(model.inertia_history_) <= 0).all()
    for i, row in enumerate(model.medoid_indices_):
        members = np.flatnonzero(labels == i)
        assert row == members[model.transform(X)[members, i].argmin()]


# The example of kmodes (examples/stocks.csv): the ten largest companies and two more, market cap, sector and country.
STOCKS = [
    [738.5, "tech", "USA"],
    [369.5, "nrg", "USA"],
    [368.2, "tech", "USA"],
    [346.7, "tech", "USA"],
    [343.5, "fin", "USA"],
    [282.4, "fin", "USA"],
    [282.1, "tel", "CN"],
    [279.7, "cons", "USA"],
    [257.2, "cons", "USA"],
    [205.2, "tel", "USA"],
    [192.1, "tech", "USA"],
    [195.7, "nrg", "NL"],
]


@pytest.mark.parametrize(
    ("rows", "cost", "labels"),
    [
        ([0, 1, 2, 3], 11515.51216717644, [0, 1, 1, 2, 2, 3, 3, 3, 3, 3, 3, 3]),
        ([0, 4, 6, 11], 1664.4708549504871, [0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3]),
        ([1, 2, 4, 6], 11515.512167176443, [0, 1, 1, 2, 2, 3, 3, 3, 3, 3, 3, 3]),
        ([0, 5, 8, 10], 1664.4708549504871, [0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3]),
    ],
)
def test_stocks_cost_what_kmodes_says(rows, cost, labels):
    """kmodes 0.12.2, with the table as X, and codes in the order of the alphabet of its categories.

    m = KPrototypes(4, init=[X[rows, :1].astype(float), codes[rows]], n_init=1).fit(X, categorical=[1, 2]): cost_ and
    labels_. gamma is its default, and 1664.47... is also the cost of its own example, init="Cao".
    """
    model = KPrototypes(4, init=[STOCKS[row] for row in rows]).fit(STOCKS)
    assert model.gamma_ == pytest.approx(69.90333603547751, rel=1e-15)  # m.gamma
    assert model.inertia_ == pytest.approx(cost, rel=1e-14)
    assert model.labels_.tolist() == labels


def test_stocks_are_predicted_as_kmodes_predicts_them():
    """kmodes/tests/test_kprototypes.py, test_kprotoypes_predict_stocks: clusters of [1, 1, 3, 1] beside its labels."""
    new = [[134.1, "fin", "USA"], [190.2, "cons", "USA"], [389.1, "nrg", "CA"], [150.4, "mat", "USA"]]
    model = KPrototypes(4, init=[STOCKS[row] for row in [5, 11, 0, 4]]).fit(STOCKS)
    assert model.labels_.tolist() == [2, 3, 3, 3, 3, 0, 0, 0, 0, 1, 1, 1]
    assert model.predict(new).tolist() == [1, 1, 3, 1]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("n_threads", [1, 2, 3])
def test_threads_and_order_change_nothing(seed, n_threads):
    X = mixture(300, seed, n_numbers=3, n_categories=3)
    weights = np.random.default_rng(seed).uniform(0, 2, 300)
    model = KPrototypes(5, init=X[:5]).fit(X, sample_weight=weights)
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(300), rng.permutation(6)
    other = KPrototypes(5, init=X.iloc[:5, columns], n_threads=n_threads)
    other.fit(X.iloc[rows, columns], sample_weight=weights[rows])
    assert other.gamma_ == pytest.approx(model.gamma_, rel=1e-15)
    np.testing.assert_array_equal(other.labels_, model.labels_[rows])
    same_columns = KPrototypes(5, init=X[:5], n_threads=n_threads).fit(X.iloc[rows], sample_weight=weights[rows])
    assert same_columns.gamma_ == model.gamma_
    assert same_columns.inertia_ == model.inertia_
    assert same_columns.cluster_centers_.tolist() == model.cluster_centers_.tolist()
    for name in ("inertia_history_", "cluster_inertia_", "cluster_sizes_"):
        assert bits(getattr(same_columns, name)) == bits(getattr(model, name))


@pytest.mark.parametrize("seed", range(3))
def test_weights_are_copies(seed):
    X = mixture(60, seed)
    weights = np.random.default_rng(seed).integers(1, 4, 60)
    parameters = {"n_clusters": 4, "init": X[:4], "gamma": 2.5}
    weighted = KPrototypes(**parameters).fit(X, sample_weight=weights)
    copied = KPrototypes(**parameters).fit(X.loc[np.repeat(np.arange(60), weights)])
    assert weighted.inertia_ == copied.inertia_
    assert weighted.cluster_centers_.tolist() == copied.cluster_centers_.tolist()
    np.testing.assert_array_equal(weighted.cluster_sizes_, copied.cluster_sizes_)
    np.testing.assert_array_equal(np.repeat(weighted.labels_, weights), copied.labels_)


def test_runs():
    X = mixture(100, 0)
    one = [KPrototypes(5, init="random", n_init=1, random_state=seed).fit(X).inertia_ for seed in range(5)]
    assert len(set(one)) > 1
    assert KPrototypes(5, init="random", random_state=0).fit(X).inertia_ <= one[0]
    again = KPrototypes(5, n_init=3, random_state=0).fit(X)
    assert again.inertia_ == KPrototypes(5, n_init=3, random_state=0).fit(X).inertia_
    with pytest.warns(RuntimeWarning, match="performing only one init in KPrototypes instead of n_init=4"):
        KPrototypes(2, init=X[:2], n_init=4).fit(X)
    with pytest.warns(pykmeans.ConvergenceWarning, match=re.escape("(1) found smaller than n_clusters (2)")):
        KPrototypes(2).fit([[1.0, "a"]] * 3)


# ---------------------------------------------------------------------------------------------------------------------
# Gamma
# ---------------------------------------------------------------------------------------------------------------------


def test_gamma():
    X = pd.DataFrame({"x": [1.0, 3.0], "y": [10.0, 20.0], "c": ["a", "b"]})
    assert KPrototypes(1).fit(X).gamma_ == 0.5 * (1 + 5) / 2
    assert KPrototypes(1).fit(X, sample_weight=[1, 100]).gamma_ == 1.5
    assert KPrototypes(1).fit(X.astype({"x": np.float32, "y": np.float32})).gamma_ == 1.5
    assert KPrototypes(1).fit(X[["c"]]).gamma_ == 1
    assert KPrototypes(1).fit(X.assign(x=7, y=7)).gamma_ == 1
    assert KPrototypes(1, gamma=0.25).fit(X).inertia_ == 2 + 50 + 0.25
    assert KPrototypes(1, gamma=np.float32(0.25)).fit(X).gamma_ == 0.25
    assert KPrototypes(1, gamma=0).fit(X).inertia_ == 52


def test_gamma_is_exact_whatever_the_order():
    values = np.random.default_rng(0).lognormal(sigma=8, size=400)
    expected = 0.5 * math.sqrt(math.fsum((v - math.fsum(values) / 400) ** 2 for v in values) / 400)
    found = {
        KPrototypes(1).fit(pd.DataFrame({"x": np.random.default_rng(seed).permutation(values), "c": "a"})).gamma_
        for seed in range(5)
    }
    assert len(found) == 1 and found.pop() == pytest.approx(expected, rel=1e-15)


# ---------------------------------------------------------------------------------------------------------------------
# Tables
# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", TABLES)
def test_every_kind_of_table_has_the_same_fit(kind):
    X = TABLES[kind]
    model = KPrototypes(2, random_state=0, store_medoids=True).fit(X)
    assert model.categorical_features_.tolist() == [0, 2]
    assert model.labels_.tolist() == [1, 1, 1, 0, 0, 0]
    assert model.cluster_centers_.tolist() == [["cat", 63.0, False, 1.75], ["ant", 33.0, True, 1.5]]
    assert [type(value) for value in model.cluster_centers_[0]] == [str, float, bool, float]
    assert model.gamma_ == KPrototypes(2).fit(FRAME).gamma_
    np.testing.assert_array_equal(model.predict(X), model.labels_)
    np.testing.assert_array_equal(model.transform(X), clone(model).fit_transform(X))
    np.testing.assert_array_equal(clone(model).fit_predict(X), model.labels_)
    assert model.transform(X).dtype == np.float64
    assert -model.score(X) == model.inertia_
    assert hasattr(model, "feature_names_in_") == ("list" not in kind and kind != "objects")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for other in TABLES.values():
            np.testing.assert_array_equal(model.predict(other), model.labels_)
            np.testing.assert_array_equal(model.transform(other), model.transform(X))
            assert KPrototypes(2, init=pd.DataFrame(other)[:2].to_numpy(dtype=object)).fit(X).n_iter_ > 1


@pytest.mark.parametrize(
    ("categorical", "positions"),
    [
        (None, [0, 2]),
        (["name", "flag"], [0, 2]),
        (["flag", "age", "name"], [0, 1, 2]),
        ([2, 0], [0, 2]),
        (np.array([0, 2]), [0, 2]),
        (("name", 2), [0, 2]),
        (pd.Index(["name"]), [0]),
        ([True, False, True, False], [0, 2]),
        (np.array([True, True, True, True]), [0, 1, 2, 3]),
        (["name", "name"], [0]),
    ],
    ids=str,
)
def test_categorical(categorical, positions):
    model = KPrototypes(2, categorical=categorical, gamma=1, random_state=0).fit(FRAME)
    assert model.categorical_features_.tolist() == positions
    for j, name in enumerate(FRAME.columns):
        for value in model.cluster_centers_[:, j]:
            assert value in FRAME[name].tolist() if j in positions else type(value) is float
    np.testing.assert_array_equal(model.predict(FRAME), model.labels_)


def test_numbers_can_be_categories():
    X = np.array([[1, 7], [2, 7], [10, 8], [11, 8], [12, 7]])
    model = KPrototypes(2, categorical=[1], gamma=1, init=X[[0, 2]]).fit(X)
    assert model.cluster_centers_.tolist() == [[1.5, 7], [11.0, 8]]
    assert [type(value) for value in model.cluster_centers_[0]] == [float, int]
    assert model.inertia_ == 0.5 + 2 + 1
    wide = KPrototypes(2, categorical=[1], gamma=1, init=X[[0, 2]].astype(float)).fit(X.astype(np.float32))
    assert wide.cluster_centers_.tolist() == model.cluster_centers_.tolist() and wide.inertia_ == model.inertia_
    assert wide.transform(X.astype(np.float32)).dtype == np.float32


def test_objects_are_numbers_if_all_of_them_are():
    X = np.array([[1, 1.5, True, True, "a", decimal.Decimal(1)], [2.5, 2, False, 2, 1, 2]], dtype=object)
    for table in (X, pd.DataFrame(X)):
        model = KPrototypes(2, init=X).fit(table)
        assert model.categorical_features_.tolist() == [2, 3, 4]
        assert model.cluster_centers_.tolist() == X.tolist()
        np.testing.assert_array_equal(model.predict(X), [0, 1])


def test_numbers_alone():
    X = np.random.default_rng(0).normal(size=(50, 3))
    model = KPrototypes(4, init=X[:4]).fit(X)
    plain = KMeans(4, init=X[:4]).fit(X)
    assert model.categorical_features_.tolist() == []
    np.testing.assert_array_equal(model.labels_, plain.labels_)
    assert model.cluster_centers_.tolist() == plain.cluster_centers_.tolist()
    assert model.inertia_ == plain.inertia_
    np.testing.assert_array_equal(
        model.transform(X), np.array([pykmeans.assign(X, c[None])[1] for c in plain.cluster_centers_]).T
    )


@pytest.mark.parametrize("gamma", ["auto", 0.1])
def test_categories_alone(gamma):
    X = mixture(50, 0, n_numbers=0, n_categories=3)
    model = KPrototypes(4, init=X[:4], gamma=gamma).fit(X)
    plain = KMeans(4, metric="hamming", init=X[:4]).fit(X)
    assert model.gamma_ == (1 if gamma == "auto" else 0.1)
    np.testing.assert_array_equal(model.labels_, plain.labels_)
    assert model.cluster_centers_.tolist() == plain.cluster_centers_.tolist()
    assert model.inertia_ == pytest.approx(model.gamma_ * plain.inertia_, rel=1e-15)
    np.testing.assert_array_equal(model.transform(X), model.gamma_ * plain.transform(X))
    one = KPrototypes(2, init=[["ant"], ["bee"]]).fit(X[["c0"]])
    assert one.cluster_centers_.tolist() == [["ant"], ["bee"]]


def test_many_categories():
    X = pd.DataFrame({"x": np.arange(700) % 7, "c": [f"{i:03}" for i in range(700)], "d": "one"})
    model = KPrototypes(7, init=X[:7]).fit(X)
    np.testing.assert_array_equal(model.labels_, X.x)
    assert model.inertia_ == pytest.approx(model.gamma_ * (700 - 7), rel=1e-15)
    assert model.transform(X).dtype == np.float64
    assert KPrototypes(7, init=X[:7]).fit(X.astype({"x": np.float32})).transform(X[:1]).dtype == np.float64
    only = KPrototypes(7, init=X[:7].iloc[:, 1:]).fit(X.iloc[:, 1:])
    assert only.inertia_ == 693 and only.transform(X.iloc[:, 1:]).dtype == np.float64


def test_float32():
    X = mixture(100, 3).astype({"x0": np.float32, "x1": np.float32})
    narrow, wide = (
        KPrototypes(3, init=X[:3]).fit(X),
        KPrototypes(3, init=X[:3]).fit(X.astype({"x0": float, "x1": float})),
    )
    assert narrow.gamma_ == wide.gamma_
    np.testing.assert_array_equal(narrow.labels_, wide.labels_)
    assert narrow.transform(X).dtype == np.float32 and wide.transform(X.astype({"x0": float})).dtype == np.float64
    assert all(value == float(np.float32(value)) for value in narrow.cluster_centers_[:, 0])
    assert any(value != float(np.float32(value)) for value in wide.cluster_centers_[:, 0])
    np.testing.assert_array_equal(narrow.predict(X), narrow.labels_)
    assert -narrow.score(X.astype({"x0": float})) == narrow.inertia_
    with pytest.raises(
        ValueError, match=re.escape("init holds 1e+39 at row 1, column 1 ('x1'), which is too large for float32")
    ):
        KPrototypes(3, init=X[:3].astype({"x1": float}).assign(x1=[0, 1e39, 0])).fit(X)


def test_an_unseen_category_differs_from_every_center():
    model = KPrototypes(2, gamma=10, init=[[0, "a"], [14, "b"]]).fit([[0, "a"], [14, "b"], [1, "c"]])
    assert model.cluster_centers_.tolist() == [[0.5, "a"], [14.0, "b"]]
    assert model.transform([[14, "z"], [14, "c"], [14, "b"]]).tolist() == [[192.25, 10], [192.25, 10], [192.25, 0]]


def test_centers_of_the_user():
    model = KPrototypes(2, gamma=10, init=[[0, "a"], [14, "b"]]).fit([[0, "a"], [14, "b"]])
    model.cluster_centers_ = np.array([["1", "z"]], dtype=object)
    model.cluster_centers_[0, 0] = 1.0
    assert model.transform([[1, "z"], [2, "a"]]).tolist() == [[0], [11]]


def test_a_callable_init_gets_what_fit_got():
    seen = []

    def first_rows(X, n_clusters, random_state):
        seen.append(X)
        return X[:n_clusters]

    model = KPrototypes(2, init=first_rows, n_init=2).fit(FRAME)
    assert len(seen) == 2 and seen[0] is FRAME
    assert model.inertia_ == KPrototypes(2, init=FRAME[:2]).fit(FRAME).inertia_


def test_x_is_not_changed():
    for X in (FRAME.copy(), FRAME.to_numpy(dtype=object)):
        before = copy.deepcopy(X)
        KPrototypes(2, random_state=0).fit(X).predict(X)
        assert (np.asarray(X, dtype=object) == np.asarray(before, dtype=object)).all()
