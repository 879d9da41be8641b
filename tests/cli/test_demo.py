"""The demo and the command line: what they print is what the library computes."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_iris as scikit_learn_iris

import pykmeans
from pykmeans import KMeans
from pykmeans.__main__ import main
from pykmeans._demo import load_iris

SCRIPT = shutil.which("pykmeans", path=sysconfig.get_path("scripts"))
ENTRY_POINTS = {"console script": [SCRIPT], "python -m": [sys.executable, "-m", "pykmeans"]}


def run(entry: str, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess:
    words = [*ENTRY_POINTS[entry], *arguments]
    return subprocess.run(words, capture_output=True, text=True, check=False, cwd=cwd)


def test_demo(tmp_path: Path) -> None:
    done = run("console script", "demo", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    words = done.stdout.split()
    X, features, species = load_iris()
    model = KMeans(n_clusters=3, n_init=10, random_state=0, refine="swaps").fit(X)
    for feature in features:
        assert all(word in words for word in feature.split())
    for value in [*model.cluster_centers_.ravel(), *model.cluster_inertia_]:
        assert f"{value:.2f}" in words
    for value in [*model.inertia_history_, model.unrefined_inertia_, model.inertia_]:
        assert f"{value:.3f}" in words
    assert "78.851" in words  # the best known inertia of three clusters
    assert f"Stopped after {model.n_iter_} iterations:\n  no flower changed its cluster" in done.stdout
    for line in ("50           0           0   mostly setosa", "134 of 150 flowers (89.3%)", "Time:"):
        assert line in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert set(species) <= set(words)


def test_species_table(capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert main(["demo"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines() if "mostly" in line]
    X, _, species = load_iris()
    labels = KMeans(n_clusters=3, n_init=10, random_state=0, refine="swaps").fit(X).labels_
    names = sorted(set(species))
    for i, row in enumerate(rows):
        expected = [int(np.sum((labels == i) & (np.array(species) == name))) for name in names]
        assert [int(count) for count in row[1:4]] == expected
        assert row[-1] == names[int(np.argmax(expected))]


def test_iris_is_the_one_that_scikit_learn_ships() -> None:
    X, features, species = load_iris()
    theirs = scikit_learn_iris()
    np.testing.assert_array_equal(X, theirs.data)
    assert species == theirs.target_names[theirs.target].tolist()
    assert [f"{feature} (cm)" for feature in features] == theirs.feature_names


@pytest.mark.parametrize("entry", ENTRY_POINTS)
def test_info(entry: str) -> None:
    done = run(entry, "info")
    assert done.returncode == 0
    facts = dict(line.split("  ", 1) for line in done.stdout.splitlines())
    assert facts["version"].strip() == pykmeans.__version__
    assert int(facts["threads"]) >= 1


@pytest.mark.parametrize("arguments", [[], ["dance"], ["demo", "twice"]])
def test_wrong_commands(arguments: list[str]) -> None:
    done = run("python -m", *arguments)
    assert done.returncode == 2
    assert "usage: pykmeans" in done.stderr
