"""cluster --report: the page of pykmeans.report, in the units of the table."""

import sys

import polars as pl
import pytest
from command_line import command, customers, refused
from report_page import Page

from pykmeans import __version__, _separation

WORDS = ("-k", 3, "--columns", "age,income,plan", "--categorical", "plan")


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "customers.csv"
    customers().write_csv(path)
    return path


def test_numbers_are_in_the_units_of_the_table(table, capsys):
    path, centers = table.parent / "report.html", table.parent / "centers.csv"
    done = command(capsys, "cluster", table, *WORDS, "--report", path, "--centers", centers)
    assert (done.status, done.err) == (0, "")
    assert f"Wrote {path}: the report" in done.out
    page, found = Page(path), pl.read_csv(centers)
    assert page.titles == [
        "customers.csv: 3 clusters of 120 rows", "What is in each cluster", "The clusters", "What distinguishes them",
        "How well they are separated", "How many clusters", "How this was made",
    ]  # fmt: skip
    assert len(page.pictures) == 4 and page.loaded == []
    mean = customers()["income"].mean()
    assert page.row("rows") == [*map(str, found["rows"]), "120"]
    assert page.row("income") == [*(f"{value:,.0f}" for value in found["income"]), f"{mean:,.0f}"]
    assert [cell.split()[0] for cell in page.row("plan")[:3]] == found["plan"].to_list()
    for sentence in done.out.splitlines():
        if sentence.startswith(("Separation", "Nearby")):
            assert f"<p>{sentence}</p>" in page.text


def test_it_says_how_it_was_made(table, capsys):
    path = table.parent / "report.html"
    frame = customers().with_columns(age=pl.when(pl.col("age") == 60).then(None).otherwise("age"))
    frame.write_csv(table)
    done = command(capsys, "cluster", table, *WORDS, "--drop-missing", "--seed", 7, "--n-init", 1, "--report", path)
    page = Page(path)
    (typed,) = page.row("command")
    assert typed.startswith("pykmeans cluster ") and typed.endswith(f"--seed 7 --n-init 1 --report {path}")
    assert page.row("start") == ["the best of 1 run, seed 7"]
    assert page.row("table") == [f"customers.csv: 120 rows, {frame['age'].null_count()} left out"]
    assert page.row("clustered by") == ["age, income, plan"]
    assert page.row("made with") == [f"pykmeans {__version__}"]
    assert page.row("method")[0] in done.out

    first = path.read_bytes()
    command(capsys, "cluster", table, *WORDS, "--drop-missing", "--seed", 7, "--n-init", 1, "--report", path, "--force")
    assert path.read_bytes() == first.replace(b"report.html<", b"report.html --force<")


def test_a_sample_is_named_where_it_is_shown(table, capsys, monkeypatch):
    monkeypatch.setattr(_separation, "_MOST_FOR_ALL_ROWS", 0)
    monkeypatch.setattr(_separation, "MOST_IN_A_SECOND", 80**2)
    path = table.parent / "report.html"
    done = command(capsys, "cluster", table, "-k", 3, "--columns", "age", "--report", path)
    assert (done.status, done.err) == (0, "")
    text = path.read_text()
    assert "The silhouette of each row of a sample of 80 rows: " in text
    assert "The curves are of a sample of 40 rows." in text  # of k = 2 to 5, four times


@pytest.mark.parametrize(
    "words",
    [
        ("-k", 1, "--columns", "age"),
        ("-k", 3, "--columns", "plan", "--categorical", "plan"),
        ("-k", 2, "--columns", "age,visits", "--metric", "cosine"),
        ("-k", 2, "--columns", "age", "--weight", "visits"),
    ],
)
def test_any_clusters_have_a_report(table, capsys, words):
    path = table.parent / "report.html"
    done = command(capsys, "cluster", table, *words, "--report", path)
    assert (done.status, done.err) == (0, "")
    page = Page(path)
    assert ("The clusters" in page.titles) == ("plan" not in words)
    assert ("How well they are separated" in page.titles) == (words[1] > 1)
    assert any(cells[0] == "weight" for cells in page.rows) == ("--weight" in words)


def test_rows_that_are_all_the_same_have_no_number_of_clusters(tmp_path, capsys):
    table, path = tmp_path / "t.csv", tmp_path / "report.html"
    table.write_text("a\n" + "1\n" * 9)
    assert command(capsys, "cluster", table, "-k", 2, "--report", path).status == 0
    assert Page(path).titles[1:] == ["What is in each cluster", "The clusters", "What distinguishes them",
                                     "How this was made"]  # fmt: skip


def test_reports_that_are_refused(table, capsys, monkeypatch):
    words = ["cluster", table, *WORDS, "--report"]
    assert "its name must end with .html" in refused(capsys, *words, table.parent / "report.pdf")
    assert "its name must end with .html" in refused(capsys, *words, "-")
    path = table.parent / "report.html"
    path.write_text("precious")
    assert "the file already exists" in refused(capsys, *words, path)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    said = refused(capsys, *words, table.parent / "other.html")
    assert "--report needs matplotlib, which is not installed: pip install 'pykmeans[plot]'." in said
    assert path.read_text() == "precious" and len(list(table.parent.iterdir())) == 2
