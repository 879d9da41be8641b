"""What the commands refuse: a sentence that says where and what to do, status 2, and no file."""

import io
import json
import os
import sys

import pandas as pd
import polars as pl
import pytest
from command_line import command, customers, refused

from pykmeans import KMeans


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "customers.csv"
    customers().write_csv(path)
    return path


def written(folder, content, name="t.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# What is in the file, and what is said of it.
BROKEN = {
    "nothing": ("", "is empty"),
    "blank lines": ("\n \n", "is empty"),
    "only names": ("a,b\n", "has column names, but no rows"),
    "a name twice": ("a,b,a\n1,2,3\n", "has several columns named 'a'"),
    "a line too long": ("a,b\n1,2\n3,4,5\n", "has 2 columns, but line 3 has 3 fields"),
    "Latin-1": (b"a,b\n1,2\n3,\xe9\n", "is not UTF-8 text: see line 3"),
    "UTF-16": ("a,b\n1,2\n".encode("utf-16"), "is not UTF-8 text: see line 1"),
    "an open quote": ('a,b\n"1,2\n', "cannot be read as csv"),
}


@pytest.mark.parametrize("content, phrase", BROKEN.values(), ids=BROKEN)
def test_broken_tables(tmp_path, capsys, content, phrase):
    path = written(tmp_path, content)
    assert f"t.csv {phrase}" in refused(capsys, "cluster", path, "-k", 1)


@pytest.mark.parametrize("kind", ["parquet", "arrow", "jsonl"])
def test_files_that_are_of_another_format(tmp_path, capsys, kind):
    path = written(tmp_path, "a,b\n1,2\n", f"t.{kind}")
    assert f"t.{kind} cannot be read as {kind}: " in refused(capsys, "cluster", path, "-k", 1)


def arrow_that_polars_panics_at():
    """A file of which one byte is another one: polars finds lengths that cannot be, and gives up."""
    file = io.BytesIO()
    pl.DataFrame({"a": [1.0, 2, 3], "b": [1, 2, 3]}).write_ipc(file)
    content = file.getvalue()
    for place in range(len(content)):
        damaged = content[:place] + b"\xff" + content[place + 1 :]
        try:
            pl.read_ipc(io.BytesIO(damaged))
        except pl.exceptions.PanicException:
            return damaged
        except (pl.exceptions.PolarsError, OSError):
            pass
    return pytest.skip("this polars panics at none")


def test_a_file_that_polars_panics_at(tmp_path, capsys):
    path = written(tmp_path, arrow_that_polars_panics_at(), "t.arrow")
    assert "t.arrow cannot be read as arrow: it is damaged." in refused(capsys, "cluster", path, "-k", 1)


@pytest.mark.parametrize("name", ["t.doc", "t"])
def test_formats_that_are_not_known(tmp_path, capsys, name):
    said = refused(capsys, "cluster", written(tmp_path, "a\n1\n", name), "-k", 1)
    assert "Use one of .csv, .tsv" in said


@pytest.mark.parametrize("command_", ["cluster", "elbow", "predict"])
def test_files_that_are_not_there(tmp_path, table, capsys, command_):
    model = tmp_path / "model.json"
    KMeans(2, random_state=0).fit(customers().select("age")).save(model)
    words = {"cluster": ["no.csv", "-k", 2], "elbow": ["no.csv"], "predict": [model, "no.csv"]}[command_]
    assert refused(capsys, command_, *words) == "Error: There is no file no.csv.\n"
    assert refused(capsys, "predict", "no.json", table) == "Error: There is no file no.json.\n"


def test_a_first_line_of_numbers_is_doubted(tmp_path, capsys):
    done = command(capsys, "cluster", written(tmp_path, "5.1,3.5\n4.9,3\n4,4\n"), "-k", 1)
    assert done.status == 0
    assert "was read as names of columns, but holds only numbers: '5.1' and '3.5'" in done.err


def test_text_columns(table, capsys):
    said = refused(capsys, "cluster", table, "-k", 3, "--out", table.parent / "o.csv")
    assert "the column 'plan' holds text: 'silver' in row 1\n" in said
    assert "the column 'country' holds text: 'AT' in row 1\n" in said
    assert "--categorical plan,country\n" in said and "--exclude plan,country\n" in said
    assert sorted(os.listdir(table.parent)) == ["customers.csv"]


def test_the_text_among_numbers_is_shown(tmp_path, capsys):
    path = written(tmp_path, "a\n1\n\n2;5\n")
    assert "the column 'a' holds text: '2;5' in row 3" in refused(capsys, "cluster", path, "-k", 1)


@pytest.mark.parametrize(
    "column, words",
    [
        (pl.date_range(pl.date(2026, 1, 1), pl.date(2026, 1, 3), eager=True), "dates: '2026-01-01' in row 1"),
        (pl.Series([[1], [2], [3]]), "values of type List"),
    ],
    ids=["dates", "lists"],
)
def test_columns_of_other_types(tmp_path, capsys, column, words):
    path = tmp_path / "t.parquet"
    pl.DataFrame({"a": [1, 2, 3], "b": column}).write_parquet(path)
    said = refused(capsys, "cluster", path, "-k", 2)
    assert f"the column 'b' holds {words}" in said and "--exclude b" in said


def test_names_are_quoted_as_a_shell_wants_them(tmp_path, capsys):
    path = written(tmp_path, 'a,"first, last",it\'s\n1,x,y\n')
    said = refused(capsys, "cluster", path, "-k", 1)
    assert "--exclude '\"first, last\",it'\\''s'\n" in said
    assert command(capsys, "cluster", path, "-k", 1, "--exclude", '"first, last",it\'s').status == 0


@pytest.mark.parametrize(
    "words, phrase",
    [
        (["--exclude", "ages"], "--exclude names 'ages', but"),
        (["--exclude", "ages"], "Did you mean 'age'?"),
        (["--columns", "x"], "Its columns are 'customer_id', 'age', 'income', 'plan', 'country' and 'visits'."),
        (["--columns", "age", "--exclude", "age"], "No column of"),
        (
            ["--columns", "age", "--categorical", "plan"],
            "--categorical names 'plan', which the other options leave out",
        ),
        (["--columns", "age,plan", "--categorical", "plan", "--metric", "cosine"], "--metric cosine measures numbers"),
        (
            ["--columns", "plan", "--categorical", "plan", "--scale", "robust"],
            "there are no columns of numbers to scale",
        ),
        (["--columns", "plan", "--categorical", "plan", "--plot", "p.png"], "--plot draws columns of numbers"),
        (["--columns", "age", "--weight", "plan"], "--weight plan: the column holds text"),
        (["--columns", "age", "--weight", "weight"], "--weight names 'weight'"),
        (["--columns", "age", "-k", 121], "-k 121: there are only 120 rows to cluster"),
    ],
)
def test_options_that_do_not_go_together(table, capsys, words, phrase, monkeypatch):
    monkeypatch.chdir(table.parent)
    assert phrase in refused(capsys, "cluster", table, *([] if "-k" in words else ["-k", 2]), *words)
    assert os.listdir() == ["customers.csv"]


@pytest.mark.parametrize("weights, phrase", [("1,-2", "but row 2 has -2"), ("0,0", "all weights are 0")])
def test_weights(tmp_path, capsys, weights, phrase):
    first, second = weights.split(",")
    path = written(tmp_path, f"a,w\n1,{first}\n2,{second}\n")
    assert phrase in refused(capsys, "cluster", path, "-k", 1, "--weight", "w")


def test_rows_of_zeros_have_no_direction(tmp_path, capsys):
    path = written(tmp_path, "a,b\n1,2\n,3\n0,0\n")
    said = refused(capsys, "cluster", path, "-k", 1, "--metric", "cosine", "--drop-missing")
    assert "the first is row 3" in said


# ---------------------------------------------------------------- outputs


@pytest.mark.parametrize("option", ["--out", "--plot", "--save"])
def test_nothing_is_overwritten_without_force(table, capsys, option):
    suffix = {"--out": "csv", "--plot": "png", "--save": "json"}[option]
    path = written(table.parent, "precious", f"there.{suffix}")
    words = ["cluster", table, "-k", 2, "--columns", "age", option, path]
    assert "the file already exists. To replace it: --force" in refused(capsys, *words)
    assert path.read_text() == "precious"
    assert command(capsys, *words, "--force").status == 0
    assert path.read_bytes() != b"precious"


def test_outputs_are_judged_before_the_table_is_read(tmp_path, capsys):
    path = written(tmp_path, "precious", "there.csv")
    for words in (["cluster", "no.csv", "-k", 2], ["elbow", "no.csv"], ["predict", "no.json", "no.csv"]):
        assert "the file already exists" in refused(capsys, *words, "--out", path)
    assert "the file already exists" in refused(
        capsys, "segment", "no.jpg", "--out", written(tmp_path, "precious", "there.png")
    )


def test_outputs_that_cannot_be(table, capsys):
    folder = table.parent
    words = ["cluster", table, "-k", 2, "--columns", "age"]
    assert "this is a folder" in refused(capsys, *words, "--out", folder)
    assert "there is no folder" in refused(capsys, *words, "--out", folder / "no" / "o.csv")
    assert "name the same file" in refused(capsys, *words, "--out", folder / "o.csv", "--save", folder / "o.csv")
    assert "Use one of .csv" in refused(capsys, *words, "--out", folder / "o.xlsx")
    assert "the name must end with the format of the picture: .png" in refused(
        capsys, *words, "--plot", folder / "o.csv"
    )
    assert "a model cannot go to standard output" in refused(capsys, *words, "--save", "-")
    assert os.listdir(folder) == ["customers.csv"]


def test_a_folder_that_one_may_not_write_into(table, capsys, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write everywhere
    said = refused(capsys, "cluster", table, "-k", 2, "--columns", "age", "--out", table.parent / "o.csv")
    assert "you have no permission to write in" in said


def test_a_disk_that_is_full(table, capsys, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device", "o.csv")

    monkeypatch.setattr(os, "replace", full)
    done = command(capsys, "cluster", table, "-k", 2, "--columns", "age", "--out", table.parent / "o.csv")
    assert done.status == 2
    assert "o.csv cannot be read or written: No space left on device." in done.err
    assert os.listdir(table.parent) == ["customers.csv"]


def test_input_and_output_may_be_the_same_file(table, capsys):
    words = ["cluster", table, "-k", 2, "--columns", "age", "--out", table]
    refused(capsys, *words)
    assert command(capsys, *words, "--force").status == 0
    assert pl.read_csv(table).drop("cluster").equals(customers())


# ---------------------------------------------------------------- models


def test_models_that_are_none(tmp_path, table, capsys):
    path = tmp_path / "model.json"
    for content in (b"1,2\n", b"a,b\n1,2\n", b"\xff\xfe"):
        path.write_bytes(content)
        said = refused(capsys, "predict", path, table)
        assert "is not a model that can be loaded: pykmeans cluster --save did not write it" in said
        assert "char" not in said and "codec" not in said
    KMeans(2, random_state=0).fit(customers().select("age").to_numpy()).save(path)
    assert "does not name its columns" in refused(capsys, "predict", path, table)
    command(capsys, "cluster", table, "-k", 2, "--columns", "age,visits", "--save", path, "--force")
    text = path.read_text()
    for old, new in [('"divisor"', '"x"'), ('"name": "visits"', '"nome": "visits"'), ('"scaling"', '"x"')]:
        path.write_text(text.replace(old, new))
        assert 'its "table" is invalid' in refused(capsys, "predict", path, table)


# Where the "table" of a model of age, plan and visits is something else, and what is said of it.
OTHER_TABLES = {
    "an array for columns": (["columns"], {"$float64": [[1.0]]}, "columns is array([[1.]]), which must be a list"),
    "a number for a column": (["columns", 0], 3, "3 is not a column"),
    "an offset beyond float64": (["columns", 0, "offset"], 10**400, "which must be a finite number"),
    "a divisor beyond float64": (["columns", 0, "divisor"], 10**400, "which must be a finite number > 0"),
    "a divisor of 0": (["columns", 0, "divisor"], 0.0, "divisor is 0.0, which must be a finite number > 0"),
    "text for a number": (["columns", 0, "offset"], "1", "offset is '1', which must be a finite number"),
    "a name twice": (["columns", 2, "name"], "age", "its columns are not those of the estimator, 'age', 'plan' and"),
    "a number for a name": (["columns", 1, "name"], 3, "name is 3, which must be text"),
    "numbers for categories": (["columns", 1, "categories"], [1, 2], "categories is [1, 2], which must be a list of"),
    "categories for numbers": (["columns", 0, "categories"], ["a"], "its columns are not those of the estimator"),
    "a scaling": (["scaling"], "log", "scaling is 'log', which must be one of standard, robust, none"),
}


@pytest.mark.parametrize("way, value, phrase", OTHER_TABLES.values(), ids=OTHER_TABLES)
def test_models_of_which_the_table_was_changed(tmp_path, table, capsys, way, value, phrase):
    path = tmp_path / "model.json"
    words = ["--columns", "age,plan,visits", "--categorical", "plan", "--n-init", 1]
    assert command(capsys, "cluster", table, "-k", 2, *words, "--save", path).status == 0
    found = json.loads(path.read_text())
    place = found["table"]
    for key in way[:-1]:
        place = place[key]
    place[way[-1]] = value
    path.write_text(json.dumps(found))
    said = refused(capsys, "predict", path, table)
    assert 'its "table" is invalid' in said and phrase in said


def test_a_model_from_python_with_two_columns_of_one_name(tmp_path, table, capsys):
    X = pd.DataFrame([[1.0, 2.0], [3.0, 5.0]], columns=["age", "age"])
    KMeans(2, random_state=0).fit(X).save(tmp_path / "model.json")
    assert "has several columns with the same name" in refused(capsys, "predict", tmp_path / "model.json", table)


def test_tables_that_lack_what_a_model_needs(tmp_path, table, capsys):
    model = tmp_path / "model.json"
    command(capsys, "cluster", table, "-k", 2, "--columns", "age,visits", "--save", model)
    other = written(tmp_path, "age,size\n30,x\n", "other.csv")
    assert "lacks the column 'visits', which the model was made with" in refused(capsys, "predict", model, other)
    other.write_text("age,visits\n30,x\n")
    said = refused(capsys, "predict", model, other)
    assert "the column 'visits' holds text: 'x' in row 1" in said and "Correct these values" in said
    other.write_text("age,visits\n30,\n40,2\n")
    said = refused(capsys, "predict", model, other)
    assert "'visits' lacks 1 value, in row 1" in said and "To keep 1 row of 2: --drop-missing\n" in said
    assert "--exclude" not in said  # which predict does not have
    assert command(capsys, "predict", model, other, "--drop-missing").status == 0


# ---------------------------------------------------------------- what is not installed


@pytest.mark.parametrize("library", ["polars", "rich", "typer"])
def test_the_extra_is_named(table, capsys, monkeypatch, library):
    monkeypatch.setitem(sys.modules, library, None)
    for words in (["cluster", table, "-k", 2], ["predict", "m.json", table], ["elbow", table], ["segment", "a.jpg"]):
        said = refused(capsys, *words)
        expected = f"pykmeans {words[0]} needs {library}, which is not installed: pip install 'pykmeans[cli]'."
        assert said == f"Error: {expected}\n"


def test_pictures_name_their_extra(table, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    words = ["cluster", table, "-k", 2, "--columns", "age", "--plot", table.parent / "p.png"]
    assert "--plot needs matplotlib, which is not installed: pip install 'pykmeans[plot]'." in refused(capsys, *words)
    assert os.listdir(table.parent) == ["customers.csv"]


@pytest.mark.parametrize("words", [["cluster"], ["cluster", "a.csv"], ["cluster", "a.csv", "-k", "0"],
                                   ["cluster", "a.csv", "-k", "2", "--metric", "x"], ["elbow", "--what"],
                                   ["segment", "a.jpg", "--colors", "0"], ["predict", "m.json"]])  # fmt: skip
def test_wrong_options(capsys, words):
    assert f"Usage: pykmeans {words[0]}" in refused(capsys, *words)


def test_values_that_are_too_large(tmp_path, capsys):
    path = written(tmp_path, "a,b\n1e200,1\n-1e200,2\n")
    for words in (["cluster", path, "-k", 1], ["cluster", path, "-k", 1, "--scale", "none"], ["elbow", path]):
        said = refused(capsys, *words)
        assert said.startswith(f"Error: The column 'a' of {path} holds 1e+200, whose square exceeds the largest")
        assert "Use a larger unit for it, or leave it out with --exclude.\n" in said
        assert " X" not in said and "sample_weight" not in said
    done = command(capsys, "cluster", path, "-k", 2, "--scale", "none")
    assert (done.status, done.err) == (0, "")


def test_weights_that_are_too_large(tmp_path, capsys):
    path = written(tmp_path, "a,w\n1,1e308\n2,1e308\n")
    for words in (["cluster", path, "-k", 1], ["elbow", path]):
        said = refused(capsys, *words, "--weight", "w")
        assert said.startswith("Error: --weight: weights reach 1e+308, so sums exceed the largest")
        assert "sample_weight" not in said


def test_new_values_that_are_too_large(tmp_path, table, capsys):
    model, other = tmp_path / "model.json", written(tmp_path, "age\n1e308\n-1e308\n", "other.csv")
    command(capsys, "cluster", written(tmp_path, "age\n1e-9\n2e-9\n"), "-k", 2, "--save", model)
    assert "The column 'age' of" in (said := refused(capsys, "predict", model, other)) and "holds 1e+308" in said
    assert "--exclude" not in said  # which predict does not have


def test_counts_agree_with_their_nouns(tmp_path, table, capsys):
    one = written(tmp_path, "a\n1\n")
    assert "-k 2: there is only 1 row to cluster." in refused(capsys, "cluster", one, "-k", 2)
    assert "--max-k 2: there is only 1 row to cluster." in refused(capsys, "elbow", one, "--max-k", 2)
    assert "Its only column is 'a'." in refused(capsys, "cluster", one, "-k", 1, "--exclude", "b")
    assert "has 1 column, but line 2 has 2 fields" in refused(
        capsys, "cluster", written(tmp_path, "a\n1,2\n", "long.csv"), "-k", 1
    )
    assert "t.csv: 1 row, 1 cluster by 1 column: 'a'" in command(capsys, "cluster", one, "-k", 1).out
    assert "t.csv: 1 row, k = 1 by 1 column: 'a'" in command(capsys, "elbow", one).out


def test_lists_do_not_fit_into_csv(tmp_path, capsys):
    path = tmp_path / "t.parquet"
    pl.DataFrame({"a": [1, 2], "b": [[1], [2]]}).write_parquet(path)
    words = ["cluster", path, "-k", 2, "--columns", "a", "--save", tmp_path / "m.json", "--out"]
    assert "cannot be written as csv" in refused(capsys, *words, tmp_path / "o.csv")
    assert os.listdir(tmp_path) == ["t.parquet"]
    assert command(capsys, *words, tmp_path / "o.jsonl").status == 0
