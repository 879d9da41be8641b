"""The benchmarks run, and their judge sees a wrong result."""

import json
import math
import os
import subprocess
import sys

import numpy as np
import pytest
from native import ROOT

from pykmeans import KMeans


@pytest.fixture(autouse=True)
def tree(monkeypatch):
    """bench/ is no part of the package: it is imported from the tree."""
    monkeypatch.syspath_prepend(ROOT)


def run_bench(*words, status=0):
    command = [sys.executable, "-m", "bench", *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    return done


@pytest.fixture(scope="module")
def three_cases(tmp_path_factory):
    """A fit from given centers, a whole fit and one by a metric that scikit-learn has not: what is said of them."""
    path = tmp_path_factory.mktemp("bench") / "out.json"
    words = ("--peers", "scikit_learn", "--threads", 1, "--types", "float64", "--repeats", 2)
    done = run_bench("--only", "iris", "whole-iris", "manhattan-iris", *words, "--json", path)
    return done, json.loads(path.read_text(encoding="utf-8"))


def test_iris_beside_scikit_learn(three_cases):
    done, found = three_cases
    assert "| iris float64 | 150 x 4 | 3 | 10 | 1 |" in done.stdout
    runs = {run["peer"]: run for run in found["runs"] if run["case"] == "iris"}
    assert set(runs) == {"pykmeans", "scikit_learn"}
    for run in runs.values():
        assert (run["status"], run["fault"], run["runs"], run["n_iter"]) == ("done", "", 2, 10)
        assert run["seconds"] > 0
        assert run["inertia"] == pytest.approx(runs["pykmeans"]["inertia"], rel=1e-12)
    assert found["machine"]["pykmeans"]


def test_a_whole_fit(three_cases):
    done, _ = three_cases
    assert "| whole-iris float64 |" in done.stdout
    assert "disqualified" not in done.stdout


def test_every_way_to_assign_is_compared_with_auto(iris):
    from bench import peers, report
    from bench.__main__ import asked_peers

    ways = [f"pykmeans:{name}" for name in ("lloyd", "elkan", "boxes", "tiles")]
    assert set(asked_peers(["scikit_learn"], ways=True)) == {"pykmeans", "scikit_learn", *ways}
    for way in ways:
        task = peers.Task(iris[:, :2], k=3, start=iris[:3, :2], iterations=4, threads=1, way=way.partition(":")[2])
        assert peers.adapter(way).fit(task).note == task.way
    runs = judged(iris, pykmeans=78.0, pykmeans__lloyd=78.0)
    assert "| iris float64 | 1 | 0.5 | 1 | 2.00 |" in report.of_ways(list(runs.values()))


def test_what_there_is_not_is_named():
    no_case = run_bench("--only", "irises", status=1)
    assert "--only irises: no case begins with it. There are iris, digits," in no_case.stderr
    assert "--peers excel: there are " in run_bench("--peers", "excel", status=1).stderr


def test_images_beside_pillow_and_scikit_learn():
    command = [sys.executable, "-m", "bench.images", "--only", "china", "--colors", "4", "--repeats", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = {line.split(" | ")[2]: line.split(" | ")[4] for line in done.stdout.splitlines() if "china.jpg" in line}
    assert found.keys() >= {"pykmeans, rgb", "pykmeans, lab", "Pillow, median cut", "scikit-learn, all pixels"}
    assert float(found["pykmeans, rgb"]) <= min(map(float, found.values())) * 1.01


def test_choosing_k_beside_scikit_learn_and_kneed():
    command = [sys.executable, "-m", "bench.choosing", "--only", "iris", "--repeats", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    *_, difference, elbows = done.stdout.splitlines()[-1].strip("| ").split(" | ")
    assert float(difference) < 1e-12
    ours, kneed = elbows.split(", ")
    assert ours == kneed != "None"


def fit_of_digits(digits):
    return KMeans(10, init=digits[:10], n_init=1, tol=0, max_iter=5).fit(digits)


def test_inertia_is_that_of_the_labels(digits):
    from bench import verify

    model = fit_of_digits(digits)
    assert verify.inertia(digits, model.labels_, model.cluster_centers_) == pytest.approx(model.inertia_, rel=1e-12)
    assert math.isnan(verify.inertia(digits, np.full(len(digits), 10), model.cluster_centers_))
    np.testing.assert_array_equal(verify.nearest(digits, model.cluster_centers_), model.labels_)


@pytest.mark.parametrize("metric", ["manhattan", "cosine", "hamming"])
def test_inertia_is_that_of_the_metric(digits, metric):
    from bench import verify

    model = KMeans(10, init=digits[:10], n_init=1, metric=metric, max_iter=5).fit(digits)
    found = verify.inertia(digits, model.labels_, model.cluster_centers_, metric)
    assert found == pytest.approx(model.inertia_, rel=1e-12)
    assert verify.inertia(digits, np.roll(model.labels_, 1), model.cluster_centers_, metric) > 1.1 * found


def test_numbers_and_categories_add_up():
    from bench import data, verify

    X = np.zeros((2, data.NUMBERS + 3))
    centers = np.full((1, X.shape[1]), 2.0)
    expected = 2 * (4.0 * data.NUMBERS + 3 * data.GAMMA)
    assert verify.inertia(X, np.zeros(2), centers, "mixed") == expected


def test_a_start_keeps_its_categories():
    from bench import data

    X = data.customers()
    start = data.start(X, 8, 0, "mixed")
    assert set(np.unique(start[:, data.NUMBERS :])) <= set(range(8))
    assert not np.isin(start[:, 0], X[:, 0].astype(np.float32)).any()
    survey = data.survey()
    rows = data.start(survey, 10, 0, "hamming").astype(np.uint8)
    assert set(map(tuple, rows)) <= set(map(tuple, survey))


def test_a_peer_without_the_metric_passes(three_cases):
    done, _ = three_cases
    assert "manhattan-iris float64, 1 threads, scikit_learn: cannot" in done.stderr
    assert "| manhattan-iris float64 | 150 x 4 | 3 | 6 | 1 |" in done.stdout


def test_a_wrong_result_is_disqualified(digits):
    from bench import verify

    model = fit_of_digits(digits)

    def verdict(labels, centers, **how):
        return verify.verdict("fit", verify.inertia(digits, labels, centers), model.inertia_, **how)

    wrong = model.labels_.copy()
    wrong[:20] = (wrong[:20] + 1) % 10
    assert verdict(model.labels_, model.cluster_centers_) == ""
    assert verdict(model.labels_, model.cluster_centers_ * (1 + 1e-6)) == ""
    assert "relative to pykmeans" in verdict(wrong, model.cluster_centers_)
    assert "relative to pykmeans" in verdict(model.labels_, model.cluster_centers_ * 1.05)
    assert verdict(np.full(len(digits), 10), model.cluster_centers_) != ""
    nearly = np.nextafter(model.inertia_, np.inf)
    assert verify.verdict("fit", model.inertia_, model.inertia_, same_bits=True) == ""
    assert verify.verdict("fit", nearly, model.inertia_, same_bits=True) != ""


def some_runs(**inertias):
    """Runs of peers on iris: the later, the faster."""
    facts = {"case": "iris", "dtype": "float64", "threads": 1, "n": 150, "d": 4, "k": 3, "target": 4, "status": "done"}
    more = {"metric": "euclidean", "n_iter": 10, "memory": None, "note": "", "exact": True}
    return [
        {**facts, **more, "peer": peer.replace("__", ":"), "inertia": inertia, "seconds": 1.0 / (i + 1)}
        for i, (peer, inertia) in enumerate(inertias.items())
    ]


def judged(iris, **inertias):
    from bench import cases, measure

    return {run["peer"]: run for run in measure.judged(some_runs(**inertias), cases.BY_NAME["iris"], iris)}


def test_a_disqualified_peer_is_shown_and_does_not_count(iris):
    from bench import report

    runs = judged(iris, pykmeans=78.0, scikit_learn=78.0 * (1 + 1e-6), faiss=79.0)
    assert report.best_exact_peer(runs)["peer"] == "scikit_learn"
    table = report.against_peers(list(runs.values()), {1: {"float32": 1e9}})
    assert "| 0.5 | (0.333) | 1 | 0.5 | 4 |" in table
    assert "faiss: disqualified, inertia 79" in report.remarks(list(runs.values()))


def test_an_approximate_peer_does_not_count(iris):
    from bench import report

    runs = judged(iris, pykmeans=78.0, scikit_learn=78.0, superkmeans=78.0)
    runs["superkmeans"]["exact"] = False
    assert report.best_exact_peer(runs)["peer"] == "scikit_learn"


def test_we_are_judged_too(iris):
    assert judged(iris, pykmeans=78.0, scikit_learn=77.0)["pykmeans"]["fault"]
    # Empty clusters may be filled in several ways: one who agrees is enough.
    assert not judged(iris, pykmeans=78.0, scikit_learn=78.0, faiss=77.0)["pykmeans"]["fault"]
    assert judged(iris, pykmeans=78.0, pykmeans__lloyd=78.0 * (1 - 1e-15))["pykmeans:lloyd"]["fault"]


def test_a_peer_that_fails_is_reported(tmp_path):
    from bench import processes

    job = {"peer": "scikit_learn", "task": "fit", "metric": "euclidean", "threads": 1, "X": "no such file", "k": 3}
    result = processes.run(job, tmp_path, timeout=60)
    assert result["status"] == "failed" and "no such file" in result["reason"]


def test_a_peer_that_is_absent_is_reported(tmp_path, monkeypatch):
    from bench import processes

    (tmp_path / "faiss.py").write_text("raise ImportError('hidden')", encoding="utf-8")
    paths = filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    result = processes.run({"peer": "faiss", "task": "fit", "threads": 1}, tmp_path, timeout=60)
    assert result == {"status": "not installed", "reason": "hidden"}


def test_cases_have_names_of_their_own_and_the_types_of_their_data(iris, china):
    from bench import cases

    assert len({case.name for case in cases.CASES}) == len(cases.CASES)
    assert cases.types(iris) == ["float64", "float32"]
    assert cases.types(china) == ["uint8", "float64"]
    assert {case.name for case in cases.chosen(["vectors"], quick=False)} == {
        "vectors-apart",
        "vectors-medium",
        "vectors-overlap",
    }


def test_instruction_counts_are_compared_with_a_margin():
    from bench.instructions.__main__ import FIGURES, compared

    assert compared({"fit": 100}, {"fit": 125}) == []
    assert compared({"fit": 100}, {"fit": 10}) == []
    assert "26% more than the 100 kept" in compared({"fit": 100}, {"fit": 126})[0]
    assert "no figure" in compared({}, {"fit": 126})[0]
    assert "no such case" in compared({"fit": 100}, {})[0]
    assert json.loads(FIGURES.read_text(encoding="utf-8"))
