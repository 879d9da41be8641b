"""Files as one has them: compressed, from spreadsheets, in other encodings, with other words for what is missing."""

import datetime
import gzip
import io
import json
import sys

import polars as pl
import pytest
from command_line import READERS, WRITERS, command, customers, refused

PLAIN = customers().select("age", "income")


def written(folder, content, name="t.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def labels(capsys, folder, path, *words):
    out = folder / "labels.jsonl"
    done = command(capsys, "cluster", path, "-k", 3, *words, "--out", out, "--force")
    assert (done.status, done.err) == (0, "")
    return pl.read_ndjson(out)["cluster"].to_list()


@pytest.fixture
def expected(tmp_path, capsys):
    PLAIN.write_csv(tmp_path / "expected.csv")
    return labels(capsys, tmp_path, tmp_path / "expected.csv")


def as_columns(frame):
    """As pandas writes JSON: {column: {row: value}}."""
    columns = frame.to_dict(as_series=False)
    return json.dumps({name: {str(i): value for i, value in enumerate(values)} for name, values in columns.items()})


CONTENTS = {
    "t.json": lambda frame: frame.write_json().encode(),
    "columns.json": lambda frame: as_columns(frame).encode(),
    "lists.json": lambda frame: json.dumps(frame.to_dict(as_series=False)).encode(),
    "lines.json": lambda frame: frame.write_ndjson().encode(),
    "tab.txt": lambda frame: frame.write_csv(separator="\t").encode(),
    "comma.txt": lambda frame: frame.write_csv().encode(),
    "semicolon.txt": lambda frame: frame.write_csv(separator=";").encode(),
    "blanks.txt": lambda frame: frame.write_csv(separator=" ").replace(" ", "   ").replace("\n", " \n ").encode(),
    "bar.csv": lambda frame: frame.write_csv(separator="|").encode(),
    "t.csv.gz": lambda frame: gzip.compress(frame.write_csv().encode()),
    "t.jsonl.gz": lambda frame: gzip.compress(frame.write_ndjson().encode()),
    "compressed.csv": lambda frame: gzip.compress(frame.write_csv().encode()),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_files_of_many_kinds(tmp_path, capsys, expected, name):
    path = written(tmp_path, CONTENTS[name](PLAIN), name)
    assert labels(capsys, tmp_path, path) == expected


def test_spreadsheets(tmp_path, capsys, expected):
    path = tmp_path / "t.xlsx"
    PLAIN.write_excel(path)
    assert labels(capsys, tmp_path, path) == expected
    said = refused(capsys, "cluster", path, "-k", 2, "--out", tmp_path / "o.xlsx")
    assert "this format can be read, but not written. Use one of .csv, .tsv, " in said and ".xlsx." not in said
    done = command(capsys, "cluster", path, "-k", 2, "--out", "-")
    assert done.out.startswith("age,income,cluster\n")


def test_what_spreadsheets_hold(tmp_path, capsys):
    path = tmp_path / "t.xlsx"
    dates = [datetime.date(2024, 1, day) for day in (1, 2, 30, 31)]
    pl.DataFrame({"a": [1, None, 3, 4], "when": dates, "b": ["x", "x", "y", "y"]}).write_excel(path)
    said = refused(capsys, "cluster", path, "-k", 2)
    assert "--as when=date" in said and "--categorical b" in said
    done = command(capsys, "cluster", path, "-k", 2, "--as", "when=date,b=category", "--fill", "median")
    assert done.status == 0 and "'a': 1 value, now 3" in done.err


@pytest.mark.parametrize("library", ["fastexcel"])
def test_spreadsheets_name_their_extra(tmp_path, capsys, monkeypatch, library):
    path = written(tmp_path, b"PK", "t.xlsx")
    assert "t.xlsx cannot be read as xlsx: " in refused(capsys, "cluster", path, "-k", 1)
    monkeypatch.setitem(sys.modules, library, None)
    said = refused(capsys, "cluster", path, "-k", 1)
    assert "needs fastexcel, which is not installed: pip install 'pykmeans[excel]'." in said


@pytest.mark.parametrize("name", ["o.csv.gz", "o.jsonl.gz"])
def test_what_is_named_gz_is_compressed(tmp_path, capsys, expected, name):
    out = tmp_path / name
    assert command(capsys, "cluster", tmp_path / "expected.csv", "-k", 3, "--out", out).status == 0
    found = READERS[name.split(".")[1]](io.BytesIO(gzip.decompress(out.read_bytes())))
    assert found["cluster"].to_list() == expected
    assert out.read_bytes()[4:8] == bytes(4)  # no time, so that the same table gives the same file


@pytest.mark.parametrize("name", ["json", "txt"])
def test_json_and_txt_come_out(tmp_path, capsys, expected, name):
    out = tmp_path / f"o.{name}"
    assert command(capsys, "cluster", tmp_path / "expected.csv", "-k", 3, "--out", out).status == 0
    found = pl.read_json(out) if name == "json" else pl.read_csv(out, separator="\t")
    assert found.drop("cluster").equals(PLAIN) and found["cluster"].to_list() == expected


@pytest.mark.parametrize("content", ["[1, 2]", '{"a": 1', "3", '{"a": [1, 2], "b": [1]}', "[" * 100_000, '{"a": [{}]}',
                                     f'{{"a": [{10**400}, 1]}}'])  # fmt: skip
def test_json_that_is_no_table(tmp_path, capsys, content):
    said = refused(capsys, "cluster", written(tmp_path, content, "t.json"), "-k", 1)
    assert "t.json" in said


def test_damaged_gzip(tmp_path, capsys):
    content = gzip.compress(PLAIN.write_csv().encode())
    for damaged in (content[:-9], content[:2] + b"x", content[:40] + b"xxx" + content[43:]):
        said = refused(capsys, "cluster", written(tmp_path, damaged, "t.csv.gz"), "-k", 1)
        assert "t.csv.gz cannot be decompressed: it is damaged." in said


# ---------------------------------------------------------------- encodings


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "latin-1"])
@pytest.mark.parametrize("suffix", ["csv", "json"])
def test_other_encodings(tmp_path, capsys, encoding, suffix):
    frame = pl.DataFrame({"größe": [1, 2, 8, 9], "b": [1, 1, 2, 2]})
    content = frame.write_csv() if suffix == "csv" else frame.write_json()
    path = written(tmp_path, content.encode(encoding), f"t.{suffix}")
    said = refused(capsys, "cluster", path, "-k", 2)
    guess = "utf-16" if encoding == "utf-16" else "cp1252"
    assert "is not UTF-8 text: see line 1." in said and "größe" in said and f"--encoding {guess}\n" in said
    done = command(capsys, "cluster", path, "-k", 2, "--encoding", encoding, "--out", tmp_path / f"o.{suffix}")
    assert (done.status, done.err) == (0, "")
    assert "größe" in (tmp_path / f"o.{suffix}").read_text(encoding="utf-8")


def test_the_line_is_shown_as_it_would_be(tmp_path, capsys):
    path = written(tmp_path, "a,b\n1,2\n3,Jos\u00e9\n".encode("cp1252"))
    said = refused(capsys, "cluster", path, "-k", 1)
    assert "see line 3.\n" in said and "Read as cp1252, that line says '3,Jos\u00e9'." in said
    path.write_bytes(b"a,b\n1,2\n3,\x81\n")  # which is nothing in cp1252
    assert "--encoding latin-1\n" in refused(capsys, "cluster", path, "-k", 1)
    said = refused(capsys, "cluster", path, "-k", 1, "--encoding", "latin-1", "--columns", "c")
    assert "--columns names 'c'" in said  # so it was read
    said = refused(capsys, "cluster", path, "-k", 1, "--encoding", "cp1252")
    assert "is not cp1252 text: see line 3" in said and "--encoding latin-1\n" in said


def test_encodings_that_cannot_be(tmp_path, capsys):
    path = written(tmp_path, "a,b\n1,\u00e9\n")
    assert "there is no such encoding" in refused(capsys, "cluster", path, "-k", 1, "--encoding", "utf-9")
    assert "there is no such encoding" in refused(capsys, "cluster", path, "-k", 1, "--encoding", "base64")
    assert "is not ascii text: see line 2" in refused(capsys, "cluster", path, "-k", 1, "--encoding", "ascii")
    parquet = tmp_path / "t.parquet"
    PLAIN.write_parquet(parquet)
    said = refused(capsys, "cluster", parquet, "-k", 1, "--encoding", "cp1252")
    assert "t.parquet is parquet, not text" in said


# ---------------------------------------------------------------- what stands for nothing


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_words_for_what_is_missing(tmp_path, capsys, suffix):
    path = tmp_path / f"t.{suffix}"
    frame = pl.DataFrame({"a": [1.0, -999.0, 3.0], "b": ["x", "unknown", "y"], "c": [1.0, 2.0, float("inf")]})
    WRITERS[suffix](frame, path)
    words = ["--categorical", "b", "--na", "-999,Unknown,inf"]
    said = refused(capsys, "cluster", path, "-k", 1, *words)
    assert "'a' lacks 1 value, in row 2" in said and "'b' lacks 1 value, in row 2" in said
    assert "'c' lacks 1 value, in row 3" in said
    out = tmp_path / f"o.{suffix}"
    assert command(capsys, "cluster", path, "-k", 1, *words, "--drop-missing", "--out", out).status == 0
    assert READERS[suffix](out).drop("cluster").equals(READERS[suffix](path))


def test_usual_words_are_values_of_categories_unless_named(tmp_path, capsys):
    path = written(tmp_path, "a,b\n1,x\n-,?\n3,n/a\n")
    said = refused(capsys, "cluster", path, "-k", 1, "--categorical", "b")
    assert "'a' lacks" in said and "'b' lacks" not in said
    said = refused(capsys, "cluster", path, "-k", 1, "--categorical", "b", "--na", "-,n/a,?")
    assert "'b' lacks 2 values" in said


def test_a_few_words_among_numbers_may_be_missing_values(tmp_path, capsys):
    path = written(tmp_path, "a,b\n1,1\nn.d.,2\n3,3\nNA,4\n5,5\nnot asked,6\n7,1\n8,2\n")
    said = refused(capsys, "cluster", path, "-k", 1)
    assert "the column 'a' holds text: 'n.d.' in row 2" in said
    assert "To count 'n.d.' and 'not asked' as missing: --na 'n.d.,not asked'\n" in said
    done = command(capsys, "cluster", path, "-k", 1, "--na", "n.d.,not asked", "--drop-missing")
    assert "3 rows of 8 left out" in done.err
    path.write_text("a,b\n1,1\nx,2\ny,3\nz,4\n")
    assert "--na" not in refused(capsys, "cluster", path, "-k", 1)


def test_predict_knows_the_words_of_the_fit(tmp_path, capsys):
    path, model = written(tmp_path, "a,b\n1,1\n2,1\n-999,2\n9,3\n"), tmp_path / "m.json"
    assert command(capsys, "cluster", path, "-k", 2, "--na", "-999", "--fill", "median", "--save", model).status == 0
    assert "'a': 1 value, now 2\n" in command(capsys, "predict", model, path).err
    path.write_text("a,b\nnot asked,1\n")
    assert "--na" in refused(capsys, "predict", model, path)
    assert "'a': 1 value, now 2\n" in command(capsys, "predict", model, path, "--na", "not asked").err
    text = model.read_text()
    for value in ('"-999"', '["-999", 3]'):
        model.write_text(text.replace(json.dumps(["-999"]), value))
        assert model.read_text() != text
        assert 'its "table" is invalid' in refused(capsys, "predict", model, path)


def test_a_field_longer_than_pythons_reader_takes(tmp_path, capsys):
    path = tmp_path / "t.csv"
    path.write_text(f"a,b\n{'x' * 200_000},1\n1,2,3\n")
    assert "t.csv" in refused(capsys, "cluster", path, "-k", 1)


def test_integers_of_128_bits(tmp_path, capsys):
    path = tmp_path / "t.parquet"
    frame = pl.DataFrame({"x": [1, 2, 9, 8], "i": pl.Series([2**70, 1, 2, 3], dtype=pl.Int128)})
    try:
        frame.write_parquet(path)
    except pl.exceptions.ComputeError:
        pytest.skip("this polars does not write them")
    assert "2 columns: 'x' and 'i'" in command(capsys, "cluster", path, "-k", 2).out
