"""Files that somebody else made: tables for the command line and models. What cannot be read is refused in words."""

import gzip
import json
from contextlib import suppress

import numpy as np
import polars as pl
import pytest
from budget import examples
from command_line import WRITERS, command, customers
from hypothesis import given, note
from hypothesis import strategies as st

from pykmeans import KMeans, KPrototypes
from pykmeans.__main__ import main

# ---------------------------------------------------------------- tables


def compressed(frame, path):
    path.write_bytes(gzip.compress(frame.write_csv().encode()))


CELLS = st.one_of(
    st.integers(0, 9).map(str),
    st.floats(-10, 10).map(str),
    st.sampled_from(
        [
            "",
            "?",
            "NA",
            "nan",
            "inf",
            "1e400",
            "1,5",
            " 7 ",
            "true",
            "FALSE",
            "a",
            "ä",
            "0x10",
            "1_000",
            "-",
            "5%",
            "$1,000",
            "1.000,5",
            "2024-02-30",
            "1/2/24",
            "9:61",
            "24:00",
        ]
    ),
    st.text(max_size=6),
)
TABLES = {**WRITERS, "xlsx": pl.DataFrame.write_excel, "csv.gz": compressed}
SEPARATORS = st.sampled_from([",", ",", ",", ";", "\t", "|"])


@st.composite
def lines_of_fields(draw):
    """A table in text, or something near one."""
    width = draw(st.integers(1, 4))
    names = draw(
        st.lists(st.one_of(st.sampled_from(["a", "b", "c", "d", "1", ""]), CELLS), min_size=width, max_size=width)
    )
    column = st.one_of(st.integers(0, 9).map(str), st.integers(0, 9).map(str), CELLS)
    rows = draw(st.lists(st.lists(column, min_size=width, max_size=width), max_size=6))
    if draw(st.integers(0, 3)) == 0:
        rows += draw(st.lists(st.lists(CELLS, max_size=5), max_size=2))
    quoted = draw(st.booleans())
    separator, ending = draw(SEPARATORS), draw(st.sampled_from(["\n", "\r\n", "\r", "\n\n"]))
    lines = [separator.join(f'"{cell}"' if quoted else cell for cell in row) for row in [names, *rows]]
    return ending.join(lines).encode("utf-8", "surrogatepass")


@st.composite
def damaged(draw, content):
    """The same bytes with some of them changed, left out, doubled or cut off."""
    content = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        if not content:
            break
        at, other = draw(st.integers(0, len(content) - 1)), draw(st.integers(0, len(content)))
        how = draw(st.sampled_from(["set", "cut", "drop", "double", "insert"]))
        if how == "set":
            content[at] = draw(st.integers(0, 255))
        elif how == "cut":
            del content[at:]
        elif how == "drop":
            del content[min(at, other) : max(at, other)]
        elif how == "double":
            content[at:at] = content[at : at + 40]
        else:
            content[at:at] = draw(st.sampled_from([b'"', b",", b"\n", b"\0", b"\xff", b"[", b"{", b"1e999", b"null"]))
    return bytes(content)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="module")
def good_tables(folder):
    """{format: the bytes of a good table}"""
    found = {}
    for kind, write in TABLES.items():
        path = folder / f"good.{kind}"
        write(customers(12).drop("plan", "country"), path)
        found[kind] = path.read_bytes()
    return found


def assert_clustered_or_refused(capsys, folder, content, kind, *options):
    """A command ends with 0 and a label for each row, or with 2 and a sentence; and leaves no file behind then."""
    note(f"{kind}: {content!r} {options}")
    path, out = folder / f"t.{kind}", folder / "out.csv"
    path.write_bytes(content)
    out.unlink(missing_ok=True)
    done = command(capsys, "cluster", path, "-k", 2, "--out", out, *options)
    assert "Traceback" not in done.err
    if done.status == 0:
        labels = pl.read_csv(out, infer_schema=False)["cluster"].drop_nulls()
        assert set(labels) <= {"0", "1", ""}
    else:
        assert done.status == 2 and done.err and done.out == ""
        assert not out.exists()


OPTIONS = st.lists(
    st.sampled_from(
        [
            "--drop-missing",
            "--fill=median",
            "--fill=most-frequent",
            "--as=a=date",
            "--as=b=time",
            "--na=5,a",
            "--metric=manhattan",
            "--metric=hamming",
            "--scale=none",
            "--scale=robust",
            "--weight=a",
        ]
    ),
    max_size=2,
    unique_by=lambda option: option.split("=")[0],
)


@examples(60)
@given(lines_of_fields(), st.sampled_from(["csv", "csv", "tsv"]), OPTIONS)
def test_tables_of_text(folder, capsys, content, kind, options):
    assert_clustered_or_refused(capsys, folder, content, kind, *options)


@pytest.mark.parametrize("kind", TABLES)
@examples(20)
@given(st.data())
def test_damaged_tables(folder, capsys, good_tables, kind, data):
    assert_clustered_or_refused(capsys, folder, data.draw(damaged(good_tables[kind])), kind)


# ---------------------------------------------------------------- models


@pytest.fixture(scope="module")
def good_models(folder):
    """The content of two models."""
    KMeans(2, random_state=0).fit(np.arange(12.0).reshape(6, 2)).save(folder / "kmeans.json")
    table = np.array([["red", 1.0], ["red", 2.0], ["blue", 8.0], ["grün", 9.0]], dtype=object)
    KPrototypes(2, categorical=[0], random_state=0).fit(table).save(folder / "kprototypes.json")
    return [(folder / name).read_bytes() for name in ("kmeans.json", "kprototypes.json")]


TAGS = [
    "$float",
    "$bytes",
    "$date",
    "$time",
    "$datetime",
    "$timedelta",
    "$timestamp",
    "$datetime64",
    "$decimal",
    "$$",
    "$",
]
TAGS += ["$float64", "$float32", "$int64", "$uint8", "$bool", "$str", "$object", "$complex64"]
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 9),
    st.sampled_from(
        [2**31, 2**63, 2**200, -1, 1e308, 1e-320, "", "nan", "-inf", "2026-02-30", "12:00", "00ff", "k-means++"]
    ),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(TAGS), st.text(max_size=3)), inner, max_size=2),
        st.tuples(st.sampled_from(TAGS), inner).map(lambda pair: dict([pair])),
    ),
    max_leaves=8,
)


def places(tree, here=()):
    """The way to each place in a tree."""
    yield here
    if isinstance(tree, (dict, list)):
        for key, below in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from places(below, (*here, key))


@st.composite
def changed(draw, tree):
    """A tree of which some places are something else, or gone."""
    tree = json.loads(json.dumps(tree))
    for _ in range(draw(st.integers(1, 3))):
        way = draw(st.sampled_from(sorted(places(tree), key=str)))
        if not way:
            continue
        parent = tree
        for key in way[:-1]:
            parent = parent[key]
        if draw(st.integers(0, 3)) == 0:
            del parent[way[-1]]
        else:
            parent[way[-1]] = draw(TREES)
    return tree


def assert_loaded_or_refused(folder, content):
    note(content.decode(errors="replace"))
    path = folder / "m.json"
    path.write_bytes(content)
    for estimator in (KMeans, KPrototypes):
        try:
            model = estimator.load(path)
        except ValueError as error:
            assert str(error).startswith(f"{path} is not a model that can be loaded: ")
            continue
        X = np.array([["red", 1.5], ["green", 7.0]], dtype=object if estimator is KPrototypes else None)
        for method in ("predict", "transform", "score"):
            with suppress(ValueError):
                found = getattr(model, method)(X if estimator is KPrototypes else [[1.0, 2.0], [8.0, 9.0]])
                assert method != "predict" or set(found) <= set(range(len(model.cluster_centers_)))
        with suppress(ValueError):
            model.save(path)
            assert repr(estimator.load(path)) == repr(model)


@examples(150)
@given(st.data(), st.integers(0, 1))
def test_changed_models(folder, good_models, data, which):
    tree = data.draw(changed(json.loads(good_models[which])))
    assert_loaded_or_refused(folder, json.dumps(tree).encode())


@examples(60)
@given(st.data(), st.integers(0, 1))
def test_damaged_models(folder, good_models, data, which):
    assert_loaded_or_refused(folder, data.draw(damaged(good_models[which])))


@pytest.fixture(scope="module")
def models_of_tables(folder):
    """The table that models of the command line were made of, and what is in their files."""
    path = folder / "customers.csv"
    customers(12).write_csv(path)
    found = []
    for options in (["--columns=age,visits"], ["--columns=age,plan", "--categorical=plan"], ["--metric=hamming"]):
        saved = folder / "saved.json"
        assert main(["cluster", str(path), "-k", "2", "--n-init", "1", "--save", str(saved), "--force", *options]) == 0
        found.append(json.loads(saved.read_bytes()))
    return path, found


@examples(100)
@given(st.data(), st.integers(0, 2))
def test_changed_models_of_tables(folder, capsys, models_of_tables, data, which):
    path, models = models_of_tables
    part = data.draw(st.sampled_from(["table", "fitted", "parameters"]))
    content = {**models[which], part: data.draw(changed(models[which][part]))}
    note(json.dumps(content))
    (folder / "m.json").write_text(json.dumps(content))
    done = command(capsys, "predict", folder / "m.json", path)
    assert done.status in (0, 2) and (done.status == 0 or done.err.startswith("Error: ") or "\nError: " in done.err)


@examples(60)
@given(st.one_of(TREES, TREES.map(lambda tree: {"format": "pykmeans model", "version": 1, "fitted": tree})))
def test_any_json(folder, tree):
    assert_loaded_or_refused(folder, json.dumps(tree).encode())


def test_what_is_not_damaged_is_read(folder, good_models, good_tables, capsys):
    for content, estimator in zip(good_models, (KMeans, KPrototypes), strict=True):
        (folder / "good.json").write_bytes(content)
        assert estimator.load(folder / "good.json").converged_
    for kind, content in good_tables.items():
        (folder / f"good.{kind}").write_bytes(content)
        assert command(capsys, "cluster", folder / f"good.{kind}", "-k", 2).status == 0, kind
