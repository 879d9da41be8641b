"""The table of hostile input: what it says of pykmeans, and that its judge sees a wrong result."""

import numpy as np
import pytest
from native import ROOT


@pytest.fixture(autouse=True)
def tree(monkeypatch):
    """bench/ is no part of the package: it is imported from the tree."""
    monkeypatch.syspath_prepend(ROOT)


REFUSED = {
    "values around 1e160": "ValueError: the inertia",
    "values around 1e300": "ValueError: the inertia",
    "int64 beyond 2^53": "ValueError: X holds the integer",
}


@pytest.mark.filterwarnings("ignore:.*distinct")
def test_no_line_has_a_wrong_answer():
    from bench.hostile.libraries import LIBRARIES
    from bench.hostile.problems import PROBLEMS
    from bench.hostile.worker import outcome

    for case in PROBLEMS:
        kind, words = outcome(LIBRARIES["pykmeans"], case)
        if case in REFUSED:
            assert kind == "refused" and words.startswith(REFUSED[case]), (case, words)
        else:
            assert kind in ("right", "not offered"), (case, words)


def test_the_judge():
    from bench.hostile.problems import PROBLEMS, expected_of, judged

    problem = PROBLEMS["nothing hostile"]()
    expected = expected_of(problem)
    labels, centers = expected[0], np.array([[float(v) for v in center] for center in expected[1]])
    assert judged(problem, expected, labels, centers) == "right"
    assert judged(problem, expected, 2 - labels, centers) == "wrong labels (40 of 60)"
    assert judged(problem, expected, labels, centers * 1.001) == "wrong centers"
    assert judged(problem, expected, labels, centers * np.nan) == "NaN centers"
    assert judged(problem, expected, labels, np.full((3, 2), np.inf)) == "infinite centers"
    flawed = PROBLEMS["NaN in X"]()
    assert judged(flawed, expected_of(flawed), labels, centers).startswith("no error")
    equal = PROBLEMS["all points equal"]()
    assert judged(equal, None, np.zeros(60, int), equal.start + 1) == "rows that are not at their centers"


def test_what_became_of_a_process():
    from bench.hostile.__main__ import run

    assert run("NaN in X", "pykmeans", 60)[0] == "right"
    assert run("no such case", "pykmeans", 60)[0] == "refused"
    assert run("Ctrl-C in a long fit", "pykmeans", 0.01) == ("died", "hang (not done after 0.01 s)")


def test_labels_that_belong_to_other_centers():
    from bench.hostile.behaviours import belong

    X = np.array([[0.0], [1.0], [4.0], [5.0]])
    centers = np.array([[0.0], [5.0]])
    assert belong(X, np.array([0, 0, 1, 1]), centers) == "right"
    assert belong(X, np.array([0, 1, 1, 1]), centers) == "labels of other centers (1 of 4)"
