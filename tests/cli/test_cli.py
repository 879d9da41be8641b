"""pykmeans cluster, predict and elbow: the numbers are those of the library, and tables come out as they went in."""

import io
import json
import re
import sys

import numpy as np
import polars as pl
import pytest
from command_line import READERS, WRITERS, command, customers, refused

from pykmeans import KMeans, KPrototypes, _core, select_k, silhouette_score

CHOSEN = ("--categorical", "plan", "--exclude", "country,customer_id")
NUMBERS = ["age", "income", "visits"]


@pytest.fixture
def table(tmp_path):
    frame = customers()
    path = tmp_path / "customers.csv"
    frame.write_csv(path)
    return path


def standardised(frame, weight=None):
    X = frame.select(NUMBERS).to_numpy().astype(float)
    mean = np.average(X, axis=0, weights=weight)
    return (X - mean) / np.sqrt(np.average((X - mean) ** 2, axis=0, weights=weight))


def labels_in(path):
    return pl.read_csv(path)["cluster"].to_numpy()


@pytest.mark.parametrize("metric", ["euclidean", "manhattan", "cosine"])
def test_unscaled_labels_are_those_of_kmeans(table, capsys, metric):
    out = table.parent / "out.csv"
    words = ["--columns", ",".join(NUMBERS), "--scale", "none", "--metric", metric, "--seed", 3, "--n-init", 4]
    done = command(capsys, "cluster", table, "-k", 3, *words, "--out", out)
    assert (done.status, done.err) == (0, "")
    X = customers().select(NUMBERS).to_numpy()
    refine = None if metric == "manhattan" else "swaps"
    model = KMeans(3, metric=metric, random_state=3, n_init=4, refine=refine).fit(X)
    np.testing.assert_array_equal(labels_in(out), model.labels_)
    assert f"inertia {model.inertia_:.6g}" in done.out


def test_the_default_is_standardised_with_seed_0_and_10_runs_that_are_refined(table, capsys):
    out = table.parent / "out.csv"
    done = command(capsys, "cluster", table, "-k", 20, "--columns", ",".join(NUMBERS), "--out", out)
    X = standardised(customers())
    model = KMeans(20, random_state=0, n_init=10, refine="swaps").fit(X)
    assert model.n_accepted_swaps_ > 0 and model.inertia_ < KMeans(20, random_state=0, n_init=10).fit(X).inertia_
    np.testing.assert_array_equal(labels_in(out), model.labels_)
    assert "numbers scaled to mean 0 and standard deviation 1" in done.out
    assert f"mean silhouette {silhouette_score(X, model.labels_):.2f}" in done.out


@pytest.mark.parametrize("refine", ["none", *_core.REFINEMENTS])
def test_refine_says_how_runs_go_on(table, capsys, refine):
    out, saved, report = (table.parent / name for name in ("out.csv", "model.json", "report.html"))
    words = ["--columns", ",".join(NUMBERS), "--n-init", 1, "--refine", refine, "--save", saved, "--report", report]
    done = command(capsys, "cluster", table, "-k", 9, *words, "--out", out)
    assert (done.status, done.err) == (0, "")
    model = KMeans(9, random_state=0, n_init=1, refine=None if refine == "none" else refine)
    model.fit(standardised(customers()))
    np.testing.assert_array_equal(labels_in(out), model.labels_)
    loaded = KMeans.load(saved)
    assert loaded.refine == model.refine and loaded.inertia_ == pytest.approx(model.inertia_, rel=1e-12)
    said = f"{model.inertia_:.6g}, refined from {getattr(model, 'unrefined_inertia_', 0):.6g}"
    assert (said in report.read_text()) == (f"1 run that was refined by {refine}," in report.read_text())
    assert (said in report.read_text()) == (refine != "none")


@pytest.mark.parametrize(
    "words, phrase",
    [
        (("--columns", "age", "--metric", "manhattan", "--refine", "swaps"), "the metric manhattan. Choose none."),
        (("--columns", "age", "--metric", "cosine", "--refine", "moves"), "cosine. Choose none, splits or swaps."),
        ((*CHOSEN, "--refine", "splits"), "--refine splits does not work with a table of numbers and categories."),
        (("--columns", "plan", "--categorical", "plan", "--refine", "moves"), "the metric hamming. Choose none."),
    ],
)
def test_refinements_that_a_metric_has_not(table, capsys, words, phrase):
    for arguments in (("cluster", table, "-k", 2), ("elbow", table)):
        assert phrase in refused(capsys, *arguments, *words)
    words = ["none" if word in _core.REFINEMENTS else word for word in words]
    assert command(capsys, "cluster", table, "-k", 2, *words).status == 0


def test_categories_are_clustered_by_kprototypes_and_alone_by_hamming(table, capsys):
    out = table.parent / "out.csv"
    command(capsys, "cluster", table, "-k", 3, *CHOSEN, "--out", out)
    frame = customers()
    X = pl.DataFrame(standardised(frame), schema=NUMBERS).insert_column(2, frame["plan"])
    np.testing.assert_array_equal(labels_in(out), KPrototypes(3, random_state=0, n_init=10).fit(X).labels_)

    done = command(capsys, "cluster", table, "-k", 3, "--columns", "plan", "--categorical", "plan")
    assert "KMeans, metric hamming; inertia 0" in done.out


def test_hamming_takes_all_columns_as_categories(table, capsys):
    out = table.parent / "out.csv"
    words = ["--columns", "plan,visits", "--metric", "hamming"]
    assert command(capsys, "cluster", table, "-k", 3, *words, "--out", out).err == ""
    X = customers().select("plan", pl.col("visits").cast(pl.String))
    expected = KMeans(3, metric="hamming", random_state=0, n_init=10).fit(X).labels_
    np.testing.assert_array_equal(labels_in(out), expected)


def test_a_weight_counts_as_copies(table, capsys):
    whole = table.parent / "whole.csv"
    repeated = table.parent / "repeated.csv"
    frame = customers().select(*NUMBERS)
    frame.select(pl.all().repeat_by("visits").explode()).write_csv(repeated)
    for scale in ("standard", "robust"):
        words = ["--scale", scale, "--columns", "age,income", "--force", "--save", whole]
        weighted = command(capsys, "cluster", table, "-k", 3, *words, "--weight", "visits")
        first = json.loads(whole.read_text())["table"]["columns"]
        assert weighted.status == command(capsys, "cluster", repeated, "-k", 3, *words).status == 0
        assert json.loads(whole.read_text())["table"]["columns"] == first


def test_robust_scaling_is_by_median_and_quartiles(table, capsys):
    model = table.parent / "model.json"
    command(capsys, "cluster", table, "-k", 3, "--columns", "age", "--scale", "robust", "--save", model)
    (column,) = json.loads(model.read_text())["table"]["columns"]
    lower, median, upper = np.quantile(customers()["age"], [0.25, 0.5, 0.75], method="inverted_cdf")
    assert column == {"name": "age", "offset": median, "divisor": upper - lower}


def test_robust_scaling_where_the_quartiles_are_equal(tmp_path, capsys):
    path = tmp_path / "zeros.csv"
    path.write_text("a\n" + "0\n" * 9 + "10\n")
    done = command(capsys, "cluster", path, "-k", 2, "--scale", "robust", "--save", tmp_path / "m.json")
    assert "At least half of the values of 'a' are equal" in done.err
    assert json.loads((tmp_path / "m.json").read_text())["table"]["columns"][0]["divisor"] == 3.0


@pytest.mark.parametrize("kind", WRITERS)
def test_every_format_goes_in_and_comes_out(tmp_path, capsys, kind):
    frame = customers()
    path, out = tmp_path / f"in.{kind}", tmp_path / f"out.{kind}"
    WRITERS[kind](frame, path)
    assert command(capsys, "cluster", path, "-k", 3, *CHOSEN, "--out", out).status == 0
    found = READERS[kind](out)
    assert found.columns == [*frame.columns, "cluster"]
    assert found.drop("cluster").equals(frame)

    csv = tmp_path / "csv.csv"
    frame.write_csv(csv)
    command(capsys, "cluster", csv, "-k", 3, *CHOSEN, "--out", tmp_path / "labelled.csv")
    np.testing.assert_array_equal(found["cluster"].to_numpy(), labels_in(tmp_path / "labelled.csv"))


def test_text_comes_out_as_it_went_in(tmp_path, capsys):
    path, out = tmp_path / "t.csv", tmp_path / "o.csv"
    path.write_text('number,name,value\n007,"a, ""b""",1.50\n010,,2e3\n')
    command(capsys, "cluster", path, "-k", 2, "--columns", "value", "--out", out)
    assert out.read_text() == 'number,name,value,cluster\n007,"a, ""b""",1.50,1\n010,,2e3,0\n'


def test_text_gets_types_in_formats_that_have_them(tmp_path, capsys):
    path, out = tmp_path / "t.csv", tmp_path / "o.parquet"
    path.write_text("a,b,c,d\n1,1.5,x,TRUE\n2,NA,,false\n")
    command(capsys, "cluster", path, "-k", 2, "--columns", "a", "--out", out)
    expected = {"a": [1, 2], "b": [1.5, None], "c": ["x", None], "d": [True, False]}
    assert pl.read_parquet(out).drop("cluster").to_dict(as_series=False) == expected


def test_semicolons_and_decimal_commas(tmp_path, capsys):
    path, out = tmp_path / "t.csv", tmp_path / "o.csv"
    path.write_text("a;b\n1,5;2\n9,5;3\n")
    assert command(capsys, "cluster", path, "-k", 2, "--out", out).status == 0
    assert out.read_text() == "a;b;cluster\n1,5;2;1\n9,5;3;0\n"


def test_a_byte_order_mark_and_empty_lines_are_no_part_of_the_table(tmp_path, capsys):
    path, out = tmp_path / "t.csv", tmp_path / "o.csv"
    path.write_bytes(b"\xef\xbb\xbfa,b\r\n1,2\r\n5,6\r\n\r\n\r\n")
    assert command(capsys, "cluster", path, "-k", 2, "--columns", "a", "--out", out).status == 0
    assert out.read_text() == "a,b,cluster\n1,2,1\n5,6,0\n"


def standard_input(monkeypatch, content):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


@pytest.mark.parametrize("kind", ["csv", "tsv", "jsonl"])
def test_standard_input_and_output(table, capsys, monkeypatch, kind):
    frame = customers()
    content = io.BytesIO()
    WRITERS[kind](frame, content)
    standard_input(monkeypatch, content.getvalue())
    format_ = () if kind == "csv" else ("--format", kind)
    done = command(capsys, "cluster", "-", "-k", 3, *CHOSEN, *format_, "--out", "-")
    assert done.status == 0
    found = READERS[kind](io.BytesIO(done.out.encode()))
    assert found.drop("cluster").equals(frame)
    assert "standard input: 120 rows, 3 clusters" in done.err  # the summary does not mix with the table


@pytest.mark.parametrize("kind", ["parquet", "tsv", "csv"])
def test_standard_output_is_csv_whatever_went_in(tmp_path, capsys, kind):
    path = tmp_path / f"in.{kind}"
    WRITERS[kind](customers(), path)
    done = command(capsys, "cluster", path, "-k", 3, *CHOSEN, "--out", "-")
    assert pl.read_csv(done.out.encode()).drop("cluster").equals(customers())


def test_rows_that_lack_values_come_out_without_a_cluster(tmp_path, capsys):
    path, out = tmp_path / "t.csv", tmp_path / "o.csv"
    path.write_text("a,b\n1,x\n,y\n9,z\nnan,w\n")
    done = command(capsys, "cluster", path, "-k", 2, "--columns", "a", "--drop-missing", "--out", out)
    assert done.err == "Warning: 2 rows of 4 left out, as values are missing; they get no cluster.\n"
    assert "t.csv: 2 rows, 2 clusters" in done.out
    assert out.read_text() == "a,b,cluster\n1,x,1\n,y,\n9,z,0\nnan,w,\n"


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_predict_remembers_columns_scaling_and_categories(table, capsys, suffix):
    folder = table.parent
    model, first = folder / "model.json", folder / "first.csv"
    command(capsys, "cluster", table, "-k", 3, *CHOSEN, "--save", model, "--out", first)
    other = customers().select(pl.lit("new").alias("more"), *reversed(customers().columns))  # columns are found by name
    new, out = folder / f"new.{suffix}", folder / f"out.{suffix}"
    WRITERS[suffix](other, new)
    done = command(capsys, "predict", model, new, "--out", out)
    assert (done.status, done.err) == (0, "")
    np.testing.assert_array_equal(READERS[suffix](out)["cluster"].to_numpy(), labels_in(first))
    assert "share in the fit" in done.out

    one = folder / "one.csv"  # a single row is scaled as the table was
    customers()[:1].write_csv(one)
    command(capsys, "predict", model, one, "--out", folder / "one-out.csv")
    assert labels_in(folder / "one-out.csv")[0] == labels_in(first)[0]


def test_predict_warns_of_categories_that_the_fit_had_not(table, capsys):
    model, new = table.parent / "model.json", table.parent / "new.csv"
    command(capsys, "cluster", table, "-k", 3, *CHOSEN, "--save", model)
    customers().with_columns(pl.lit("platinum").alias("plan")).write_csv(new)
    done = command(capsys, "predict", model, new)
    assert done.status == 0
    assert "Warning: The column 'plan' has values that the model has never seen, so they match no center: " in done.err
    assert "'platinum'" in done.err


def test_predict_with_models_that_were_saved_from_python(table, capsys):
    model, out = table.parent / "model.json", table.parent / "out.csv"
    X = customers().select(NUMBERS)
    estimator = KMeans(3, random_state=0).fit(X)
    estimator.save(model)
    assert command(capsys, "predict", model, table, "--out", out).status == 0
    np.testing.assert_array_equal(labels_in(out), estimator.labels_)


def test_the_summary_says_what_is_typical(table, capsys):
    done = command(capsys, "cluster", table, "-k", 3, *CHOSEN)
    frame = customers()
    X = pl.DataFrame(standardised(frame), schema=NUMBERS).insert_column(2, frame["plan"])
    labels = KPrototypes(3, random_state=0, n_init=10).fit(X).labels_
    for i in range(3):
        members = frame.filter(pl.Series(labels == i))
        assert f"{len(members)}   {len(members) / len(frame):.1%}" in done.out
        share = members["plan"].value_counts(sort=True)["count"][0] / len(members)
        assert f"{members['plan'].mode()[0]}: {share:.0%}" in done.out
    assert f"({frame['age'].mean():.1f})" in done.out
    assert "Separation: strong" in done.out
    assert "Nearby: of k = 2 to 5, k = 3 separates best" in done.out


def test_names_that_look_like_markup_are_shown_as_they_are(tmp_path, capsys):
    path = tmp_path / "t.csv"
    pl.DataFrame({"[/red]": [1, 2, 9, 8], ":cat:": ["[b]x", "[b]x", "y[/]", "y[/]"]}).write_csv(path)
    done = command(capsys, "cluster", path, "-k", 2, "--categorical", ":cat:")
    assert done.status == 0 and done.err == ""
    for words in ("[/red] 1.50 (5.00)", ":cat: [b]x: 100% (50%)", ":cat: y[/]: 100% (50%)"):
        assert words in done.out


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_column_without_a_name_keeps_it_in_a_model(tmp_path, capsys, suffix):
    path, model = tmp_path / f"t.{suffix}", tmp_path / "m.json"
    WRITERS[suffix](pl.DataFrame({"": [1.5, 2.5, 9.5, 8.5], "b": [2.0, 1.5, 7.0, 6.5]}), path)
    assert command(capsys, "cluster", path, "-k", 2, "--save", model).status == 0
    assert KMeans.load(model).feature_names_in_.tolist() == ["", "b"]
    done = command(capsys, "predict", model, path)
    assert (done.status, done.err) == (0, "")


def test_one_cluster_and_as_many_as_rows(tmp_path, capsys):
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n2\n5\n")
    for k in (1, 3):
        done = command(capsys, "cluster", path, "-k", k)
        assert (done.status, done.err) == (0, "")
    path.write_text("a\n1\n")
    assert command(capsys, "cluster", path, "-k", 1).status == 0


def test_warnings_of_the_library_in_plain_words(tmp_path, capsys):
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n1\n5\n")
    done = command(capsys, "cluster", path, "-k", 3)
    assert done.status == 0
    assert "Warning: Number of distinct clusters (2) found smaller than n_clusters (3)." in done.err
    assert "ConvergenceWarning" not in done.err


def test_columns_that_tell_nothing_are_named(table, capsys):
    done = command(capsys, "cluster", table, "-k", 3, "--categorical", "plan,country")
    assert done.status == 0
    assert "Warning: The column 'country' is the same in every row" in done.err
    assert "--exclude country" in done.err
    path = table.parent / "t.csv"
    path.write_text("a,b\n1,x\n5,y\n2,z\n")
    done = command(capsys, "cluster", path, "-k", 2, "--categorical", "b")
    assert "Warning: The column 'b' is different in every row" in done.err


def test_elbow(table, capsys):
    out = table.parent / "k.csv"
    done = command(capsys, "elbow", table, "--columns", ",".join(NUMBERS), "--max-k", 6, "--seed", 1, "--out", out)
    assert (done.status, done.err) == (0, "")
    estimator = KMeans(n_init=10, random_state=1, refine="swaps")
    criteria = ("elbow", "silhouette")
    expected = select_k(standardised(customers()), range(1, 7), criteria=criteria, estimator=estimator)
    found = pl.read_csv(out)
    assert found.columns == list(expected.table.dtype.names)
    np.testing.assert_allclose(found["inertia"].to_numpy(), expected.table["inertia"], rtol=1e-12)
    assert found["silhouette"][0] is None
    assert f"pykmeans cluster -k {expected.best_k}" in done.out
    assert "elbow, silhouette" in done.out


def test_elbow_of_few_rows_tries_as_many_clusters_as_there_are(tmp_path, capsys):
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n2\n7\n8\n")
    done = command(capsys, "elbow", path)
    assert (done.status, done.err) == (0, "")
    assert "k = 1 to 4" in done.out
    assert re.search("^Elbow: .* This depends on the range: another --max-k may move it.$", done.out, re.MULTILINE)


def test_elbow_with_categories_and_weights(table, capsys):
    done = command(capsys, "elbow", table, *CHOSEN, "--weight", "visits", "--max-k", 4)
    assert done.status == 0
    assert "KPrototypes, numbers scaled to mean 0 and standard deviation 1, weighted" in done.out


@pytest.mark.parametrize("columns", ["age", "age,income", "age,income,visits"])
@pytest.mark.parametrize("suffix, begins", [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_pictures(table, capsys, columns, suffix, begins):
    path = table.parent / f"picture.{suffix}"
    done = command(capsys, "cluster", table, "-k", 3, "--columns", columns, "--plot", path)
    assert (done.status, done.err) == (0, "")
    assert path.read_bytes().startswith(begins)


def test_pictures_are_in_the_units_of_the_table(table, capsys):
    path = table.parent / "picture.svg"
    import matplotlib

    with matplotlib.rc_context({"svg.fonttype": "none"}):
        command(capsys, "cluster", table, "-k", 3, "--columns", "age,income", "--plot", path)
    text = path.read_text()
    assert ">40</text>" in text and ">60,000</text>" in text


def test_a_picture_of_the_elbow(table, capsys):
    path = table.parent / "elbow.png"
    assert command(capsys, "elbow", table, "--columns", "age", "--max-k", 4, "--plot", path).status == 0
    assert path.read_bytes().startswith(b"\x89PNG")
