"""Values that are missing or infinite: what is said of them, and how they are filled in."""

import json
import shlex

import numpy as np
import polars as pl
import pytest
from command_line import WRITERS, command, refused

SPARSE = pl.DataFrame(
    {
        "full": list(range(0, 40, 2)) * 5,
        "a": [i if i < 60 else None for i in range(100)],  # lacks 40
        "b": [i % 7 if i % 2 else None for i in range(100)],  # lacks 50
        "c": [i % 5 if i != 7 else None for i in range(100)],  # lacks 1, where a and b have one
    }
)


def written(folder, content, name="t.csv"):
    path = folder / name
    path.write_text(content)
    return path


def test_what_is_missing_is_listed_with_what_each_choice_leaves(tmp_path, capsys):
    path = tmp_path / "t.csv"
    SPARSE.write_csv(path)
    said = refused(capsys, "cluster", path, "-k", 1)
    assert said.splitlines()[1:] == [
        "    'a' lacks 40 values, the first in row 61",
        "    'b' lacks 50 values, the first in row 1",
        "    'c' lacks 1 value, in row 8",
        "  To keep all 100 rows, filled in: --fill median",
        "  To keep all 100 rows without these 3 columns: --exclude a,b,c",
        "  To keep 99 rows of 100 without these 2 columns: --exclude a,b --drop-missing",
        "  To keep 29 rows of 100: --drop-missing",
    ]
    for options, n_rows in ((["--exclude", "a,b", "--drop-missing"], 99), (["--drop-missing"], 29)):
        assert f"t.csv: {n_rows} rows" in command(capsys, "cluster", path, "-k", 1, *options).out


def test_categories_and_words_for_nothing_are_missing_too(tmp_path, capsys):
    path = written(tmp_path, "a,b,c\n1,,x\n2,5,x\n?,NA,y\n4,6,\n")
    said = refused(capsys, "cluster", path, "-k", 1, "--categorical", "c")
    assert "'a' lacks 1 value, in row 3\n" in said
    assert "'b' lacks 2 values, the first in row 1\n" in said
    assert "'c' lacks 1 value, in row 4\n" in said
    assert "To keep 1 row of 4: --drop-missing\n" in said
    assert "--exclude a,b,c\n" not in said  # nothing would be left


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_infinite_values_are_not_missing(tmp_path, capsys, suffix):
    path = tmp_path / f"t.{suffix}"
    WRITERS[suffix](pl.DataFrame({"a": [1.0, float("inf"), float("nan"), None, 2], "b": [1, 2, 1, 2, 2]}), path)
    said = refused(capsys, "cluster", path, "-k", 1)
    assert "values are missing or infinite" in said
    assert "'a' lacks 2 values, the first in row 3\n" in said and "'a' has 1 infinite value, in row 2\n" in said
    done = command(capsys, "cluster", path, "-k", 1, "--drop-missing")
    assert "3 rows of 5 left out, as values are missing or infinite; they get no cluster." in done.err
    said = refused(capsys, "cluster", path, "-k", 1, "--fill", "median")
    assert "values are infinite" in said and "To count infinite values as missing: --na inf,-inf\n" in said
    assert "filled in: --fill" not in said  # which is what one did
    assert (
        "'a': 3 values, now 1" in command(capsys, "cluster", path, "-k", 1, "--fill", "median", "--na", "inf,-inf").err
    )


def test_no_row_is_whole(tmp_path, capsys):
    path = written(tmp_path, "a,b\n1,\n,2\n")
    for options in ([], ["--drop-missing"]):
        said = refused(capsys, "cluster", path, "-k", 1, *options)
        assert "every row lacks a value" in said and "To keep all 2 rows, filled in: --fill median" in said
        assert "To keep 0" not in said
    done = command(capsys, "cluster", path, "-k", 1, "--fill", "median")
    assert "'a': 1 value, now 1\n" in done.err and "'b': 1 value, now 2\n" in done.err


TABLE = "n,c,x\n1,u,0\n3,v,0\n3,v,1\n9,,1\n,v,1\n10,u,5\n"


@pytest.mark.parametrize("how", ["median", "most-frequent"])
def test_a_filled_table_is_clustered_as_one_that_is_whole(tmp_path, capsys, how):
    holes = written(tmp_path, TABLE)
    whole = written(tmp_path, TABLE.replace("9,,", "9,v,").replace("\n,", "\n3,"), "w.csv")
    first = command(
        capsys, "cluster", holes, "-k", 2, "--categorical", "c", "--fill", how, "--save", tmp_path / "m.json"
    )
    assert first.status == 0 and "'n': 1 value, now 3\n" in first.err and "'c': 1 value, now 'v'\n" in first.err
    second = command(capsys, "cluster", whole, "-k", 2, "--categorical", "c")
    assert first.out.splitlines()[1:-1] == second.out.splitlines()[1:]
    columns = json.loads((tmp_path / "m.json").read_text())["table"]["columns"]
    assert [column["fill"] for column in columns] == [3, "v", 1]


@pytest.mark.parametrize("how, expected", [("median", 2.0), ("most-frequent", 1.0)])
def test_which_value_is_filled_in(tmp_path, capsys, how, expected):
    """Of 1, 1, 2, 5, 5, 6 the median is the lower of 2 and 5, and of 1 and 5, which are as frequent, 1 is the least."""
    path = written(tmp_path, "a\n5\n1\n6\n1\n5\n2\nNA\n")
    command(capsys, "cluster", path, "-k", 1, "--fill", how, "--save", tmp_path / "m.json")
    (column,) = json.loads((tmp_path / "m.json").read_text())["table"]["columns"]
    assert column["fill"] == expected


@pytest.mark.parametrize("how", ["median", "most-frequent"])
def test_a_weight_counts_as_copies(tmp_path, capsys, how):
    path = written(tmp_path, "a,c,w\n1,u,5\n2,v,1\n3,v,1\n3,v,1\n,,1\n")
    words = ["--categorical", "c", "--weight", "w", "--fill", how]
    said = command(capsys, "cluster", path, "-k", 1, *words).err
    assert "'a': 1 value, now 1\n" in said and "'c': 1 value, now 'u'\n" in said


def test_weights_are_not_filled_in(tmp_path, capsys):
    path = written(tmp_path, "a,w\n1,1\n2,\n,1\n")
    said = refused(capsys, "cluster", path, "-k", 1, "--weight", "w", "--fill", "median")
    assert "'w' lacks 1 value, in row 2\n" in said and "'a' lacks" not in said
    assert said.splitlines()[-1] == "  To keep 2 rows of 3: --drop-missing"
    done = command(capsys, "cluster", path, "-k", 1, "--weight", "w", "--fill", "median", "--drop-missing")
    assert "t.csv: 2 rows" in done.out


def test_a_column_without_a_value_cannot_be_filled(tmp_path, capsys):
    path = written(tmp_path, "a,b\n1,\n2,\n")
    said = refused(capsys, "cluster", path, "-k", 1, "--fill", "median")
    assert "no row has a value in 'b'" in said and "--exclude b" in said


def test_what_is_offered_works(tmp_path, capsys):
    """Each choice is what one types: none repeats the error."""
    for content, n_choices in (
        ("a,b\n1,2\n2,inf\n3,4\n", 3),
        ("a,b\n1,\n2,\n", 1),
        ("a,b,c\n1,,1\n2,,\n3,,inf\n", 2),
        ("a,b\n,\n,\n", 0),
        ("a,b\n1,inf\n2,-inf\n", 1),
    ):
        path = written(tmp_path, content)
        said = refused(capsys, "cluster", path, "-k", 1)
        assert ("'b' has no value" in said) == (",," in content or ",\n" in content)
        choices = [line.rpartition(": ")[2].split() for line in said.splitlines() if line.startswith("  To ")]
        assert len(choices) == n_choices
        for choice in choices:
            assert command(capsys, "cluster", path, "-k", 1, *choice).status == 0, choice
    assert "--exclude" not in refused(capsys, "cluster", written(tmp_path, "a,b\n,\n"), "-k", 1, "--fill", "median")


def test_predict_fills_in_what_the_fit_did(tmp_path, capsys):
    path, model = written(tmp_path, TABLE), tmp_path / "m.json"
    command(capsys, "cluster", path, "-k", 2, "--categorical", "c", "--fill", "median", "--save", model)
    new = written(tmp_path, "n,c,x\n,u,\n100,,3\n", "new.csv")
    whole = written(tmp_path, "n,c,x\n3,u,1\n100,v,3\n", "whole.csv")
    found = []
    for name in (new, whole):
        done = command(capsys, "predict", model, name, "--out", tmp_path / "o.csv", "--force")
        assert done.status == 0
        found.append(pl.read_csv(tmp_path / "o.csv")["cluster"].to_numpy())
    np.testing.assert_array_equal(*found)


def test_fill_values_of_a_model_are_judged(tmp_path, capsys):
    path, model = written(tmp_path, TABLE), tmp_path / "m.json"
    command(capsys, "cluster", path, "-k", 2, "--categorical", "c", "--fill", "median", "--save", model)
    text = model.read_text()
    for old, new in (('"fill": "v"', '"fill": 1.5'), ('"fill": 3.0', '"fill": "v"'), ('"fill": 3.0', '"fill": 1e999')):
        assert old in text
        model.write_text(text.replace(old, new))
        assert 'its "table" is invalid' in refused(capsys, "predict", model, path)


def test_infinite_values_are_not_what_is_filled_in(tmp_path, capsys):
    path, model = written(tmp_path, "a,b\ninf,1\ninf,2\ninf,3\n1,4\n,9\n2,7\n"), tmp_path / "m.json"
    done = command(capsys, "cluster", path, "-k", 2, "--fill", "median", "--drop-missing", "--save", model)
    assert "'a': 1 value, now 1" in done.err and "3 rows of 6 left out" in done.err
    assert command(capsys, "predict", model, path, "--drop-missing").status == 0


@pytest.mark.parametrize("title", ['3.5" disk', "a,b", " a"])
def test_names_are_shown_as_they_are_to_be_typed(tmp_path, capsys, title):
    path = tmp_path / "t.parquet"
    pl.DataFrame({title: ["x", "y", "x"], "n": [1, 2, 5]}).write_parquet(path)
    (advice,) = [line for line in refused(capsys, "cluster", path, "-k", 2).split("--exclude ")[1:]]
    (typed,) = shlex.split(advice.rstrip("\n"))
    assert "by 1 column: 'n'" in command(capsys, "cluster", path, "-k", 2, "--exclude", typed).out
