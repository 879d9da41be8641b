"""How well the clusters of a table are separated, and whether another number of them is better."""

import re

import numpy as np
import polars as pl
import pytest
from command_line import command

from pykmeans import KMeans, _separation, silhouette_score
from pykmeans._cli._nearby import _sentence


@pytest.fixture
def noise(tmp_path):
    """A table without clusters: its simplified silhouette is that of reasonable ones, its true one is weak."""
    X = np.random.default_rng(0).random((3000, 2))
    path = tmp_path / "noise.csv"
    pl.DataFrame(X, schema=["a", "b"]).write_csv(path)
    return path, X


def said_in(out, word):
    return re.search(rf"^{word}: .*$", out, re.MULTILINE)[0]


@pytest.mark.parametrize("n_sampled", [None, 500])
def test_it_is_judged_by_the_true_silhouette(noise, capsys, monkeypatch, n_sampled):
    path, X = noise
    if n_sampled is not None:
        monkeypatch.setattr(_separation, "_MOST_FOR_ALL_ROWS", 3000**2 * 2 - 1)
        monkeypatch.setattr(_separation, "MOST_IN_A_SECOND", n_sampled**2 * 2)
    said = said_in(command(capsys, "cluster", path, "-k", 4, "--scale", "none").out, "Separation")
    true = silhouette_score(X, KMeans(4, n_init=10, random_state=0, refine="swaps").fit_predict(X))
    found = float(re.search(r"mean silhouette (0\.\d\d)", said)[1])
    assert said.startswith("Separation: weak")
    assert found == pytest.approx(true, abs=0.005 if n_sampled is None else 0.03)
    assert ("of a sample of 500 rows" in said) == (n_sampled is not None)
    assert "simplified" not in said


def test_a_sample_is_the_same_each_time_and_holds_no_rows_of_weight_0():
    weight = np.tile([0.0, 1.0, 2.0, 3.0], 25_000)
    n_sampled = int((_separation.MOST_IN_A_SECOND / 5) ** 0.5)
    rows = _separation.sample(100_000, 1, weight, times=5)
    assert len(np.unique(rows)) == n_sampled
    assert weight[rows].all()
    np.testing.assert_array_equal(rows, _separation.sample(100_000, 1, weight, times=5))
    np.testing.assert_array_equal(_separation.sample(4, 1, weight[:4]), [1, 2, 3])


def test_a_sample_may_miss_the_only_other_cluster(monkeypatch):
    monkeypatch.setattr(_separation, "_MOST_FOR_ALL_ROWS", 0)
    monkeypatch.setattr(_separation, "MOST_IN_A_SECOND", 100)
    X = np.append(np.linspace(0, 1, 999), 1000).reshape(-1, 1)
    found = _separation.separation(KMeans(2, random_state=0).fit(X), X)
    assert found.sentence == "Separation: there is only one cluster in a sample of 10 rows."


def test_all_k_nearby_are_compared_by_the_same_rows(noise, capsys, monkeypatch):
    path, X = noise
    monkeypatch.setattr(_separation, "MOST_IN_A_SECOND", 700**2 * 2 * 5)
    said = said_in(command(capsys, "cluster", path, "-k", 6, "--scale", "none").out, "Nearby")
    rows = X[_separation.sample(*X.shape, times=5)]
    how = {"n_init": 10, "random_state": 0, "refine": "swaps"}
    value = {k: silhouette_score(rows, KMeans(k, **how).fit_predict(rows)) for k in range(4, 9)}
    best = max(value, key=value.get)
    of_sample = "of a sample of 700 rows"
    assert f"of k = 4 to 8, k = {best} separates best (mean silhouette {value[best]:.2f} {of_sample}" in said
    assert f"; {value[6]:.2f} with k = 6)" in said


@pytest.mark.parametrize(
    "values, expected",
    [
        ({2: 0.5, 3: 0.6, 4: 0.4}, "k = 3 separates best (mean silhouette 0.60; 0.50 with k = 2)."),
        ({2: 0.7, 3: 0.6, 4: 0.4}, "k = 2 separates best (mean silhouette 0.70; 0.60 with k = 3)."),
        ({2: 0.601, 3: 0.599, 4: 0.4}, "k = 2 and 3 separate best, and equally well (mean silhouette 0.60; 0.40 with"),
        ({2: 0.601, 3: 0.2, 4: 0.599}, "k = 2 and 4 separate best, and equally well (mean silhouette 0.60; 0.20 with"),
        ({2: 0.5, 3: 0.5, 4: 0.5}, "k = 2, 3 and 4 separate best, and equally well (mean silhouette 0.50)."),
        ({2: np.nan, 3: 0.5, 4: 0.4}, "k = 3 separates best (mean silhouette 0.50; 0.40 with k = 4)."),
    ],
)
def test_nobody_wins_by_nothing(values, expected):
    assert _sentence(values, 3, "").startswith(f"Nearby: of k = 2 to 4, {expected}")


def test_weights_that_sum_to_one_are_judged_as_weights_of_one(tmp_path, capsys):
    values = [0.0, 0.1, 0.2, 0.3, 9.0, 9.1, 9.2, 9.3]
    said = []
    for name, weight in (("ones", 1.0), ("parts", 0.1)):
        path = tmp_path / f"{name}.csv"
        pl.DataFrame({"a": values, "w": [weight] * 8}).write_csv(path)
        out = command(capsys, "cluster", path, "-k", 2, "--weight", "w").out
        said.append((said_in(out, "Separation"), said_in(out, "Nearby")))
    assert said[0] == said[1]
    assert "strong" in said[0][0]


def test_all_rows_that_weigh_something_are_no_sample(monkeypatch):
    monkeypatch.setattr(_separation, "_MOST_FOR_ALL_ROWS", 1)
    X, weight = np.arange(10.0).reshape(-1, 1) ** 2, np.repeat([1.0, 0.0], 5)
    model = KMeans(2, random_state=0).fit(X, sample_weight=weight)
    assert not _separation.separation(model, X, weight).is_sample
