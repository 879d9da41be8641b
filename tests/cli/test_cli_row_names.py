"""Columns that number the rows are left out, and measurements are not."""

import numpy as np
import polars as pl
import pytest
from command_line import command, customers, refused

WITH_GAPS = [1, 2, 4, 5, 7, 8, 12, 13, 15, 16]
SHUFFLED = [5, 4, 6, 9, 8, 7, 1, 3, 2, 0]


def left_out(capsys, folder, name, values, *words):
    """Whether a column beside another one is left out."""
    path = folder / "t.csv"
    pl.DataFrame({name: values, "b": [i % 2 for i in range(len(values))]}).write_csv(path)
    done = command(capsys, "cluster", path, "-k", 2, *words)
    assert done.status == 0
    assert ("by 1 column: 'b'" in done.out) == ("is left out" in done.err)
    return "is left out" in done.err


@pytest.mark.parametrize(
    "name, values, is_left_out",
    [
        ("value", WITH_GAPS, True),
        ("value", WITH_GAPS[::-1], True),  # the newest first
        ("value", [float(value) for value in WITH_GAPS], True),
        ("value", [2**62 + value for value in WITH_GAPS], True),  # which are equal as float64
        ("value", SHUFFLED, True),  # without gaps
        ("customerId", [7, 3, 90], True),
        ("nr", [7, 3, 90], True),
        ("", [0, 1, 2], True),
        ("value", WITH_GAPS[:9], False),  # too few to say
        ("value", [*WITH_GAPS[:9], 15], False),
        ("value", [value + 0.5 for value in WITH_GAPS], False),
        ("value", [9, *WITH_GAPS[1:]], False),
        ("paid", [7, 3, 90], False),
        ("id", [1.5, 2.5, 7], False),
        ("id", [7, 7, 90], False),
    ],
)
def test_what_is_left_out(tmp_path, capsys, name, values, is_left_out):
    assert left_out(capsys, tmp_path, name, values) == is_left_out


def test_a_missing_value_says_that_a_column_is_no_number_of_rows(tmp_path, capsys):
    assert not left_out(capsys, tmp_path, "id", [*WITH_GAPS, None], "--drop-missing")


NAMES = [f"A-{i:04}" for i in range(12)]


@pytest.mark.parametrize(
    "values, is_left_out",
    [
        (NAMES, True),
        ([f"order {i}" for i in range(12)], True),
        ([f"{i} kg" for i in range(2)] + NAMES[:10], True),
        ([f"${i}.50" if i % 2 else f"{i},10 €" for i in range(12)], False),
        ([f"{i} kg" for i in range(12)], False),
        ([f"-{i}h 14m" for i in range(19)] + ["broken"], False),
    ],
)
def test_text_with_units_is_no_name_of_rows(tmp_path, capsys, values, is_left_out):
    if is_left_out:
        assert left_out(capsys, tmp_path, "value", values)
        return
    path = tmp_path / "t.csv"
    pl.DataFrame({"value": values, "b": [i % 2 for i in range(len(values))]}).write_csv(path)
    said = refused(capsys, "cluster", path, "-k", 2)
    assert f"the column 'value' holds text: {values[0]!r} in row 1\n" in said and "--exclude value" in said


def test_measurements_that_differ_in_every_row_are_used(tmp_path, capsys):
    path = tmp_path / "t.csv"
    rng = np.random.default_rng(0)
    pl.DataFrame({"height": rng.normal(size=200), "income": rng.permutation(10**6)[:200]}).write_csv(path)
    done = command(capsys, "cluster", path, "-k", 2)
    assert (done.status, done.err) == (0, "")
    assert "2 columns: 'height' and 'income'" in done.out


def test_the_index_that_pandas_writes(tmp_path, capsys):
    path, out = tmp_path / "t.parquet", tmp_path / "o.parquet"
    frame = customers().select("age", "income").to_pandas()
    frame.sample(frac=0.5, random_state=0).to_parquet(path)
    assert "__index_level_0__" in pl.read_parquet(path).columns
    done = command(capsys, "cluster", path, "-k", 2, "--out", out)
    assert "The column '__index_level_0__' is left out: it is the index of a pandas table" in done.err
    assert "2 columns: 'age' and 'income'" in done.out
    assert pl.read_parquet(out)["__index_level_0__"].equals(pl.read_parquet(path)["__index_level_0__"])


def test_what_is_named_is_used_all_the_same(tmp_path, capsys):
    path = tmp_path / "t.csv"
    customers().select("customer_id", "age").write_csv(path)
    assert "'customer_id' is left out" in command(capsys, "cluster", path, "-k", 2).err
    for words in (["--columns", "customer_id,age"], ["--categorical", "customer_id"]):
        done = command(capsys, "cluster", path, "-k", 2, *words)
        assert "left out" not in done.err and "2 columns: 'customer_id' and 'age'" in done.out


def test_several_are_named_together_and_one_column_alone_is_used(tmp_path, capsys):
    path = tmp_path / "t.csv"
    pl.DataFrame({"id": WITH_GAPS, "nr": SHUFFLED, "a": [1, 1, 1, 1, 1, 9, 9, 9, 9, 9]}).write_csv(path)
    said = command(capsys, "cluster", path, "-k", 2).err
    assert "2 columns are left out" in said and "'id' rises from row to row" in said and "'nr' numbers the rows" in said
    assert "Every column of" in refused(capsys, "cluster", path, "-k", 2, "--exclude", "a")
    assert command(capsys, "cluster", path, "-k", 2, "--exclude", "a,nr").err == ""
