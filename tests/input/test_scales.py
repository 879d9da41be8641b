"""A column of numbers so large that it decides alone is named, once; where that would be no help, nothing is said."""

import warnings

import numpy as np
import pytest

from pykmeans import KMeans, KPrototypes, ScaleWarning, elbow, select_k

rng = np.random.default_rng(3)
AGE, INCOME, VISITS = rng.normal(40, 10, 60), rng.normal(40_000, 8_000, 60), rng.normal(20, 5, 60)
X = np.column_stack([AGE, INCOME, VISITS])


def table():
    """The same with words, in which the numbers stand elsewhere."""
    pandas = pytest.importorskip("pandas")
    words = [["web", "shop"][i % 2] for i in range(len(X))]
    return pandas.DataFrame({"how": words, "age": AGE, "income": INCOME, "visits": VISITS})


def said(call):
    """What a call warns of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    assert {each.category for each in caught} <= {ScaleWarning}
    assert {each.filename for each in caught} <= {__file__}  # the line that called us
    return [str(each.message) for each in caught]


CALLS = {
    "select_k": lambda: select_k(X, [2, 3], random_state=0),
    "elbow": lambda: elbow(X, [2, 3], random_state=0),
    "manhattan": lambda: elbow(X, [2, 3], estimator=KMeans(metric="manhattan"), random_state=0),
    "gap": lambda: select_k(X, [2, 3], criteria=["gap"], n_references=2, random_state=0),
    "of prototypes": lambda: select_k(table(), [2, 3], estimator=KPrototypes(), random_state=0),
    "prototypes": lambda: KPrototypes(2, random_state=0).fit(table()),
    "prototypes of objects": lambda: KPrototypes(2, random_state=0).fit_predict(table().to_numpy()),
}


@pytest.mark.parametrize("name", CALLS)
def test_it_is_said_once_for_all_fits(name):
    (message,) = said(CALLS[name])
    column = {"prototypes": "'income'", "of prototypes": "'income'", "prototypes of objects": "2 of X"}.get(
        name, "1 of X"
    )
    share = 100 * INCOME.var() / (AGE.var() + INCOME.var() + VISITS.var())
    assert message.startswith(f"Column {column} has {min(np.floor(10 * share) / 10, 99.9)}% of the variance")
    divided = "numbers / numbers.std()" if "prototypes" in name else "X / X.std(axis=0)"
    for advice in ("StandardScaler", divided, 'filterwarnings("ignore", category=pykmeans.ScaleWarning)'):
        assert advice in message


def test_what_it_advises_works():
    assert said(lambda: select_k(X / X.std(axis=0), [2, 3], random_state=0)) == []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", category=ScaleWarning)
        select_k(X, [2, 3], random_state=0)


@pytest.mark.parametrize("factor", [0.99, 1.01])
def test_it_is_said_above_95_percent(factor):
    two = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]) * [1.0, np.sqrt(19.0) * factor]
    assert len(said(lambda: elbow(two, [1, 2], random_state=0))) == (factor > 1)


def test_the_variance_is_found_far_from_zero():
    far = 1e9 + X[:, [0, 2]]  # squares of the values would have lost it
    assert said(lambda: elbow(far, [2], random_state=0)) == []
    far[:, 0] = 1e9 + 10 * AGE
    assert said(lambda: elbow(far, [2], random_state=0))[0].startswith("Column 0 of X has 99.")


SILENT = {
    "one column": lambda: elbow(X[:, 1:2], [2, 3], random_state=0),
    "one that varies": lambda: elbow(X * [0, 1, 0], [2, 3], random_state=0),
    "none that varies": lambda: elbow(np.ones((3, 2)), [1], random_state=0),
    "KMeans": lambda: KMeans(2, random_state=0).fit(X),
    "directions": lambda: elbow(X, [2, 3], estimator=KMeans(metric="cosine"), random_state=0),
    "categories": lambda: elbow(X.round(), [2, 3], estimator=KMeans(metric="hamming"), random_state=0),
    "bytes": lambda: elbow(np.uint8([[0, 7], [1, 255], [0, 99], [1, 0]]), [2], random_state=0),
    "one column and words": lambda: KPrototypes(2, random_state=0).fit(table()[["how", "income"]]),
    "words": lambda: KPrototypes(2, random_state=0).fit([["a", "b"], ["a", "c"], ["b", "b"]]),
    "numbers whose squares are infinite": lambda: elbow(
        X * 1e160, [2], estimator=KMeans(metric="manhattan"), random_state=0
    ),
}


@pytest.mark.parametrize("name", SILENT)
def test_nothing_is_said_where_it_would_be_no_help(name):
    assert said(SILENT[name]) == []


def test_a_choice_of_k_does_not_silence_what_comes_after_it():
    with pytest.raises(ValueError, match="callback"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        elbow(X, [2, 3], estimator=KMeans(callback=fail), random_state=0)
    assert len(said(CALLS["prototypes"])) == 1


def fail(iteration, inertia, shift):
    """A callback that raises."""
    raise ValueError("the callback")


def test_the_command_line_does_not_advise_against_what_was_asked_of_it(tmp_path, capsys):
    pytest.importorskip("typer")
    from command_line import command

    path = tmp_path / "table.csv"
    np.savetxt(path, X, header="age,income,visits", comments="", delimiter=",")
    done = command(capsys, "elbow", path, "--scale", "none", "--max-k", 3)
    assert done.status == 0 and "variance" not in done.err


def test_rows_without_weight_do_not_count():
    X = np.array([[1.0, 5], [2, 6], [3, 9], [1e6, 5]])
    with warnings.catch_warnings():
        warnings.simplefilter("error", ScaleWarning)
        select_k(X, [1, 2], sample_weight=[1, 1, 1, 0], criteria=("elbow",))
    with pytest.warns(ScaleWarning):
        select_k(X, [1, 2], sample_weight=[1, 1, 1, 0.1], criteria=("elbow",))
