"""The column of clusters: what it is called, and how one of an earlier run is known again."""

import polars as pl
import pytest
from command_line import READERS, WRITERS, command, customers, refused

from pykmeans import KMeans

LEFT_OUT = "is taken for clusters that pykmeans wrote, and left out"


@pytest.fixture
def labelled(tmp_path, capsys):
    """A table that --out wrote: by age and visits, without a cluster where the age is missing."""
    path, out = tmp_path / "in.csv", tmp_path / "labelled.csv"
    frame = customers().select("age", "visits").with_columns(age=pl.col("age").replace({60: None}))
    frame.write_csv(path)
    command(capsys, "cluster", path, "-k", 3, "--drop-missing", "--out", out)
    assert pl.read_csv(out)["cluster"].null_count() == frame["age"].null_count() > 0
    return out


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_clusters_of_an_earlier_run_are_left_out_with_a_word(labelled, capsys, kind):
    path = labelled.parent / f"again.{kind}"
    WRITERS[kind](pl.read_csv(labelled), path)
    for words in (["cluster", path, "-k", 2], ["elbow", path, "--max-k", 3]):
        done = command(capsys, *words, "--drop-missing")
        assert done.status == 0
        assert f"The column 'cluster' of {path} {LEFT_OUT}" in done.err
        assert "by 2 columns: 'age' and 'visits'" in done.out


@pytest.mark.parametrize(
    "words, columns",
    [
        (["--columns", "visits,cluster"], "2 columns: 'visits' and 'cluster'"),
        (["--categorical", "cluster"], "3 columns: 'age', 'visits' and 'cluster'"),
        (["--exclude", "cluster"], "2 columns: 'age' and 'visits'"),
        (["--weight", "cluster"], "2 columns: 'age' and 'visits'"),
    ],
)
def test_what_options_name_is_not_guessed(labelled, capsys, words, columns):
    done = command(capsys, "cluster", labelled, "-k", 2, "--drop-missing", *words)
    assert LEFT_OUT not in done.err
    assert f"by {columns}" in done.out


@pytest.mark.parametrize("values", [["north", "south", "east"], [0.5, 1.5, 2], [-1, 0, 1]])
def test_a_column_of_this_name_that_holds_something_else_is_as_any_other(tmp_path, capsys, values):
    path = tmp_path / "t.csv"
    pl.DataFrame({"a": [1, 2, 9], "cluster": values}).write_csv(path)
    words = ["--categorical", "cluster"] if isinstance(values[0], str) else []
    done = command(capsys, "cluster", path, "-k", 2, *words)
    assert LEFT_OUT not in done.err
    assert "by 2 columns: 'a' and 'cluster'" in done.out


def test_another_name_keeps_both(labelled, capsys):
    out, again = labelled.parent / "out.csv", labelled.parent / "again.csv"
    words = ["-k", 2, "--drop-missing", "--name", "segment"]
    assert "already has a column 'cluster'" in refused(capsys, "cluster", labelled, *words[:3], "--out", out)
    done = command(capsys, "cluster", labelled, *words, "--out", out)
    assert "Wrote" in done.out and "the table with a column 'segment'" in done.out
    assert pl.read_csv(out).drop("segment").equals(pl.read_csv(labelled))
    # Both are known again.
    done = command(capsys, "cluster", out, *words, "--out", again, "--force")
    assert "The columns 'cluster' and 'segment' of" in done.err and "by 2 columns: 'age' and 'visits'" in done.out


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_force_replaces_the_column_and_nothing_else(labelled, capsys, kind):
    path = labelled.parent / f"again.{kind}"
    WRITERS[kind](pl.read_csv(labelled).select("cluster", "age", "visits"), path)
    done = command(capsys, "cluster", path, "-k", 2, "--drop-missing", "--out", path, "--force")
    assert done.status == 0
    found = READERS[kind](path)
    assert found.columns == ["cluster", "age", "visits"]
    assert found.drop("cluster").equals(pl.read_csv(labelled).drop("cluster"))
    assert found["cluster"].drop_nulls().max() == 1


def test_force_says_that_it_replaces_what_is_not_ours(tmp_path, capsys):
    path, out, model = tmp_path / "t.csv", tmp_path / "o.csv", tmp_path / "m.json"
    path.write_text("a,segment\n1,north\n2,south\n")
    KMeans(2, random_state=0).fit(pl.DataFrame({"a": [1, 2]})).save(model)
    words = ["--name", "segment", "--out", out]
    for done in (["cluster", path, "-k", 2, "--columns", "a"], ["predict", model, path]):
        assert "already has a column 'segment'" in refused(capsys, *done, *words)
        assert "The column 'segment' of" in (said := command(capsys, *done, *words, "--force").err)
        assert "is replaced" in said
        assert sorted(pl.read_csv(out)["segment"]) == [0, 1]
        out.unlink()
    assert "needs a name" in refused(capsys, "predict", model, path, "--name", "", "--out", out)
