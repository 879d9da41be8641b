"""What clusters have in each column: the file of centers, and the words of the summary."""

import io

import numpy as np
import polars as pl
import pytest
from command_line import READERS, command, customers, refused

from pykmeans._cli._traits import number


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "customers.csv"
    customers().write_csv(path)
    return path


def clustered(capsys, table, *words, suffix="csv"):
    """The labelled table and the centers of a command."""
    out, centers = table.parent / "out.csv", table.parent / f"centers.{suffix}"
    done = command(capsys, "cluster", table, "-k", 3, *words, "--out", out, "--centers", centers)
    assert done.status == 0 and f"Wrote {centers}: the centers, in the units of the table." in done.out
    return pl.read_csv(out), READERS[suffix](centers)


@pytest.mark.parametrize("scale", ["standard", "robust", "none"])
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_centers_are_means_in_the_units_of_the_table(table, capsys, scale, suffix):
    words = ["--columns", "age,income", "--scale", scale]
    labelled, found = clustered(capsys, table, *words, suffix=suffix)
    groups = labelled.group_by("cluster").agg(pl.len().alias("rows"), pl.mean("age", "income")).sort("cluster")
    assert found.columns == groups.columns
    assert found["rows"].to_list() == groups["rows"].to_list()
    np.testing.assert_allclose(found.to_numpy(), groups.to_numpy(), rtol=1e-12)


def test_medians_come_out_as_they_are_in_the_table(table, capsys):
    labelled, found = clustered(capsys, table, "--columns", "age,income", "--metric", "manhattan")
    for name in ("age", "income"):
        assert set(found[name]) <= set(labelled[name])  # 23911.37, not 23911.370000000003


def test_centers_have_modes_and_weights_and_names_of_their_own(tmp_path, capsys):
    path = tmp_path / "t.csv"
    path.write_text("rows,plan,w\n1,a,1\n2,a,3\n9,b,2\n10,b,1\n11,c,1\n")
    words = ["-k", 2, "--categorical", "plan", "--weight", "w", "--name", "segment", "--centers", "-"]
    done = command(capsys, "cluster", path, *words)
    found = pl.read_csv(io.StringIO(done.out)).sort("rows").drop("segment")
    assert found.rows() == [(2, 4.0, 1.75, "a"), (3, 4.0, 9.75, "b")]
    assert found.columns == ["rows_", "weight", "rows", "plan"]
    assert "t.csv: 5 rows, 2 clusters" in done.err  # the summary does not mix with the table


def test_a_direction_has_no_unit_so_cosine_shows_means(table, capsys):
    labelled, found = clustered(capsys, table, "--columns", "age,visits", "--metric", "cosine")
    means = labelled.group_by("cluster").agg(pl.mean("age", "visits")).sort("cluster")
    np.testing.assert_allclose(found.drop("rows").to_numpy(), means.to_numpy(), rtol=1e-12)


def test_two_tables_do_not_go_to_standard_output(table, capsys):
    said = refused(capsys, "cluster", table, "-k", 3, "--columns", "age", "--out", "-", "--centers", "-")
    assert said == "Error: --out and --centers both write to standard output: give one of them a file.\n"


# ---------------------------------------------------------------- the summary


def test_a_cluster_like_all_rows_shows_its_numbers(tmp_path, capsys):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "0,0\n" * 5 + "10,1000\n" * 5 + "5,500\n5,510\n")
    done = command(capsys, "cluster", path, "-k", 3)
    assert "like all rows:" in done.out and "b 505 (501)" in done.out and "a 5.00 (5.00)" in done.out


def test_the_rounding_of_0_is_0(tmp_path, capsys):
    path, centers = tmp_path / "t.csv", tmp_path / "c.csv"
    path.write_text("a,b\n0.1,1\n0.2,1\n-0.3,1\n0.1,5\n0.2,5\n-0.3,5\n")  # 0.1 + 0.2 - 0.3 is 5.6e-17
    assert sum([0.1, 0.2, -0.3]) != 0
    done = command(capsys, "cluster", path, "-k", 2, "--scale", "none", "--columns", "a,b", "--centers", centers)
    assert pl.read_csv(centers)["a"].to_list() == [0.0, 0.0]
    assert "e-1" not in done.out + centers.read_text()


def test_small_numbers_of_a_column_of_small_numbers_stay(tmp_path, capsys):
    path, centers = tmp_path / "t.csv", tmp_path / "c.csv"
    path.write_text("a\n1e-20\n3e-20\n9e-20\n")
    command(capsys, "cluster", path, "-k", 2, "--centers", centers)
    assert sorted(pl.read_csv(centers)["a"]) == [2e-20, 9e-20]


def test_names_in_brackets_are_shown(tmp_path, capsys):
    path = tmp_path / "t.csv"
    path.write_text("length [red],[b]\n1,2\n9,5\n")
    done = command(capsys, "cluster", path, "-k", 2)
    assert "length [red] 1.00 (5.00)" in done.out and "[b] 2.00 (3.50)" in done.out


@pytest.mark.parametrize(
    "value, expected",
    [(0.0, "0"), (0.01234, "0.0123"), (12.345, "12.3"), (12345.6, "12,346"), (-5.0, "-5.00"), (1.5e-9, "1.5e-09")],
)
def test_numbers_show_three_digits_that_count(value, expected):
    assert number(value) == expected
