"""What the values of a column stand for: numbers with signs, dates, times, categories; as they look, or as one says."""

import datetime
import json

import numpy as np
import polars as pl
import pytest
from command_line import command, refused


def written(folder, rows, name="t.csv", separator=","):
    """A table with a column a, and one of numbers beside it."""
    path = folder / name
    frame = pl.DataFrame({"a": rows, "b": [i % 2 for i in range(len(rows))]})
    frame.write_csv(path, separator=separator, quote_style="necessary")
    return path


def clustered_values(capsys, folder, path, *words):
    """What column a was clustered as: with as many clusters as rows, the centers are the rows."""
    model = folder / "m.json"
    done = command(capsys, "cluster", path, "-k", 4, "--scale", "none", *words, "--save", model, "--force")
    assert done.status == 0, done
    tree = json.loads(model.read_text())
    place = [column["name"] for column in tree["table"]["columns"]].index("a")
    centers = next(iter(tree["fitted"]["cluster_centers_"].values()))
    return sorted(row[place] for row in centers), tree["table"]["columns"][place], done


@pytest.mark.parametrize(
    "rows, expected, unit",
    [
        (["19%", "5 %", "-2.5%", "100%"], [-2.5, 5, 19, 100], "%"),
        (["8,863", "12", "1,234,567", "-1,000.5"], [-1000.5, 12, 8863, 1234567], ""),
        (["$13.50", "-$2", "$1,000", "$ .5"], [-2, 0.5, 13.5, 1000], "$"),
        (["3 €", "4€", "\u22125 €", "6,50 €"], [-5, 3, 4, 6.5], "€"),
        (["2,5", "1", "0,125", "-7,25"], [-7.25, 0.125, 1, 2.5], ""),
        (["1'000", "2", "3", "4"], [2, 3, 4, 1000], ""),
    ],
)
def test_numbers_with_signs_are_converted_with_a_word(tmp_path, capsys, rows, expected, unit):
    values, column, done = clustered_values(capsys, tmp_path, written(tmp_path, rows))
    assert values == expected and column.get("unit", "") == unit
    assert (
        f"Note: Read as numbers (to treat them as categories: --as COLUMN=category):\n    'a': {rows[0]!r} as "
        in done.err
    )
    assert "Note" not in clustered_values(capsys, tmp_path, written(tmp_path, rows), "--as", "a=number")[2].err


def test_decimal_commas_and_points_between_thousands(tmp_path, capsys):
    path = written(tmp_path, ["1.234,5", "2", "3,25", "1.000.000"], separator=";")
    assert clustered_values(capsys, tmp_path, path)[0] == [2, 3.25, 1234.5, 1_000_000]


@pytest.mark.parametrize("rows", [["1,5", "2.5", "3", "4"], ["$1", "€2", "$3", "$4"], ["5%", "5", "6%", "7%"],
                                  ["1,23,4", "2", "3", "4"], ["0,1234,567", "1", "2", "3"], ["12 kg", "3 kg", "1", "2"],
                                  ["1-2", "2", "3", "4"], ["1.2.3", "1", "2", "3"]])  # fmt: skip
def test_what_is_not_all_of_one_kind_is_refused(tmp_path, capsys, rows):
    said = refused(capsys, "cluster", written(tmp_path, rows), "-k", 2)
    assert "the column 'a' holds text" in said and "--categorical a\n" in said
    assert " is not a number" in refused(capsys, "cluster", written(tmp_path, rows), "-k", 2, "--as", "a=number")


def test_two_signs_are_no_number(tmp_path, capsys):
    assert "'--5' in row 1" in refused(capsys, "cluster", written(tmp_path, ["--5", "1,000", "+-7"]), "-k", 2)


def test_numbers_with_signs_may_be_categories(tmp_path, capsys):
    path = written(tmp_path, ["5%", "5%", "7%", "7%"])
    done = command(capsys, "cluster", path, "-k", 2, "--as", "a=category")
    assert (done.status, done.err) == (0, "") and "KPrototypes" in done.out


DATES = [
    datetime.date(2024, 1, 5),
    datetime.date(2023, 12, 31),
    datetime.date(1969, 12, 31),
    datetime.date(2024, 2, 29),
]
DAYS = [-1, 19722, 19727, 19782]


@pytest.mark.parametrize(
    "format_", ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d %b %Y", "%B %d, %Y", "%Y/%m/%d", "%d-%b-%Y"]
)
def test_dates_become_days_when_asked(tmp_path, capsys, format_):
    path = written(tmp_path, [date.strftime(format_) for date in DATES])
    said = refused(capsys, "cluster", path, "-k", 2)
    assert "the column 'a' holds dates: " in said and "To turn dates into days: --as a=date\n" in said
    assert "--categorical" not in said
    values, column, done = clustered_values(capsys, tmp_path, path, "--as", "a=date")
    assert values == DAYS and column["kind"] == "date"
    assert done.err == ""


def test_dates_are_shown_as_dates_and_have_times_of_day(tmp_path, capsys):
    path = written(tmp_path, ["2024-01-05T06:00:00", "2024-01-05T18:00:00", "", "2024-01-05T12:00:00.000"])
    done = command(capsys, "cluster", path, "-k", 3, "--as", "a=date", "--drop-missing", "--scale", "none")
    assert "a 2024-01-05" in done.out
    path = written(tmp_path, ["2024-01-05 06:00", "2024-01-06 18:00", "2024-01-01 00:00", "2024-01-08 12:00"])
    assert clustered_values(capsys, tmp_path, path, "--as", "a=date")[0] == [19723, 19727.25, 19728.75, 19730.5]


def test_years_of_two_and_of_four_digits(tmp_path, capsys):
    path = written(tmp_path, ["05.01.24", "31.12.99", "31.12.70", "1.1.00"])
    assert clustered_values(capsys, tmp_path, path, "--as", "a=date")[0] == [364, 10956, 10957, 19727]
    path = written(tmp_path, ["05.01.2024", "05.01.24", "1.1.2000", "2.1.2000"])  # or the second is of the year 24
    assert "is not a date" in refused(capsys, "cluster", path, "-k", 2, "--as", "a=date")


@pytest.mark.parametrize("kind", ["date", "time"])
def test_dates_and_times_of_formats_that_know_them(tmp_path, capsys, kind):
    path = tmp_path / "t.parquet"
    times = [datetime.time(0, 30), datetime.time(6), datetime.time(12, 15), datetime.time(23)]
    pl.DataFrame({"a": DATES if kind == "date" else times, "b": [0, 1, 0, 1]}).write_parquet(path)
    assert f"the column 'a' holds {kind}s: " in refused(capsys, "cluster", path, "-k", 2)
    expected = DAYS if kind == "date" else [0.5, 6, 12.25, 23]
    assert clustered_values(capsys, tmp_path, path, "--as", f"a={kind}")[0] == expected


def test_times_become_hours_when_asked(tmp_path, capsys):
    path = written(tmp_path, ["13:45", "9:15", "00:00", "23:30"])
    assert "To turn times into hours: --as a=time\n" in refused(capsys, "cluster", path, "-k", 2)
    assert clustered_values(capsys, tmp_path, path, "--as", "a=time")[0] == [0, 9.25, 13.75, 23.5]
    assert "a 23:30 (11:38)" in command(capsys, "cluster", path, "-k", 4, "--as", "a=time").out
    path = written(tmp_path, ["1:30 PM", "12:15 am", "6:00 PM", "9:00 AM"])
    assert clustered_values(capsys, tmp_path, path, "--as", "a=time")[0] == [0.25, 9, 13.5, 18]


def test_a_date_that_may_be_either_way_round_is_asked_for(tmp_path, capsys):
    path = written(tmp_path, ["01/02/2024", "03/04/2024", "05/06/2024", "07/08/2024"])
    said = refused(capsys, "cluster", path, "-k", 2, "--as", "a=date")
    assert "'01/02/2024' in row 1 may be read in several ways" in said
    assert "Say which: --as 'a=date:%d/%m/%Y' or --as 'a=date:%m/%d/%Y'\n" in said
    days = {}
    for format_ in ("%d/%m/%Y", "%m/%d/%Y"):
        values, column, _ = clustered_values(capsys, tmp_path, path, "--as", f"a=date:{format_}")
        assert column["format"] == format_
        days[format_] = values[0]
    assert days == {"%d/%m/%Y": 19754, "%m/%d/%Y": 19724}  # the first of February, the second of January
    new = written(tmp_path, ["13/02/2024"], "new.csv")  # the model was made with the other way round
    said = refused(capsys, "predict", tmp_path / "m.json", new)
    assert "the column 'a' holds text: '13/02/2024' in row 1, not a date like %m/%d/%Y" in said


def test_predict_doubts_what_the_fit_had_no_format_for(tmp_path, capsys):
    path, model = tmp_path / "t.parquet", tmp_path / "m.json"
    pl.DataFrame({"a": DATES, "b": [1, 2, 3, 5]}).write_parquet(path)
    command(capsys, "cluster", path, "-k", 2, "--as", "a=date", "--save", model)
    said = refused(capsys, "predict", model, written(tmp_path, ["01/02/2024"]))
    assert "holds dates that may be read in several ways: '01/02/2024' in row 1\n" in said
    done = command(capsys, "predict", model, written(tmp_path, ["2024-02-01"]))
    assert (done.status, done.err) == (0, "")
    path = tmp_path / "t.csv"
    path.write_text('a,b\n2024-02-01,"1,234"\n')
    assert "Note: Read as numbers:\n    'b': '1,234' as 1234\n" in command(capsys, "predict", model, path).err


def test_numbers_may_be_dates(tmp_path, capsys):
    path = written(tmp_path, [20240105, 20231231, 19691231, 20240229])
    assert clustered_values(capsys, tmp_path, path, "--as", "a=date")[0] == DAYS


@pytest.mark.parametrize(
    "option, phrase",
    [
        ("a", "write COLUMN=KIND"),
        ("a=size", "Kinds are number, category, date (in days) and time (in hours)"),
        ("a=number:%d", "write COLUMN=KIND"),
        ("c=number", "--as names 'c', but"),
        ("a=number", "--as a=number: 'x' in row 1 is not a number"),
        ("a=date", "--as a=date: 'x' in row 1 is not a date"),
        ("a=date:%Q", "--as a=date: 'x' in row 1 is not a date like %Q"),
        ("a=time", "--as a=time: 'x' in row 1 is not a time"),
        ("b=date", "--as b=date: '0' in row 1 is not a date"),
    ],
)
def test_kinds_that_cannot_be(tmp_path, capsys, option, phrase):
    path = written(tmp_path, ["x", "y", "x", "y"])
    assert phrase in refused(capsys, "cluster", path, "-k", 2, "--as", option)


def test_kinds_and_other_options_that_contradict_each_other(tmp_path, capsys):
    path = written(tmp_path, ["x", "y", "x", "y"])
    words = ["cluster", path, "-k", 2, "--as", "b=number"]
    assert "contradict each other" in refused(capsys, *words, "--categorical", "b")
    assert "which the other options leave out" in refused(capsys, *words, "--columns", "a")
    assert "--metric hamming compares categories, and 'b' is to be a number" in refused(
        capsys, *words, "--metric", "hamming"
    )


def test_names_with_signs_in_them(tmp_path, capsys):
    path = tmp_path / "t.csv"
    path.write_text('"a,b","c=d",e\n1,5%,x\n2,7%,y\n')
    done = command(capsys, "cluster", path, "-k", 2, "--as", '"a,b=number",c=d=number', "--as", "e=category")
    assert done.status == 0 and "Note" not in done.err


def test_text_in_a_format_that_has_numbers_is_a_number_when_asked(tmp_path, capsys):
    path = tmp_path / "t.parquet"
    pl.DataFrame({"a": ["4", "2", "1", "3"], "b": [1, 2, 3, 5]}).write_parquet(path)
    said = refused(capsys, "cluster", path, "-k", 2)
    assert "the column 'a' holds numbers as text" in said and "To read text as numbers: --as a=number\n" in said
    assert clustered_values(capsys, tmp_path, path, "--as", "a=number")[0] == [1, 2, 3, 4]


def test_categories_of_formats_that_know_them(tmp_path, capsys):
    path = tmp_path / "t.parquet"
    column = pl.Series(["x", "y", "unknown", "y"], dtype=pl.Categorical)
    pl.DataFrame({"a": column, "b": [1, 2, 3, 5], "c": pl.Series([None] * 4, dtype=pl.String)}).write_parquet(path)
    assert "the column 'a' holds text: 'x' in row 1" in refused(capsys, "cluster", path, "-k", 2)
    words = ["--categorical", "a", "--na", "unknown"]
    said = refused(capsys, "cluster", path, "-k", 2, *words)
    assert "'a' lacks 1 value, in row 3\n" in said and "'c' has no value\n" in said
    assert command(capsys, "cluster", path, "-k", 2, *words, "--exclude", "c", "--fill", "median").status == 0


def test_names_of_rows_are_left_out(tmp_path, capsys):
    names = [f"item {i}" for i in range(10)]
    done = command(capsys, "cluster", written(tmp_path, names), "-k", 2)
    assert "'a' is left out: it is different in every row" in done.err and "--as a=category" in done.err
    assert (
        "'a' is left out" not in command(capsys, "cluster", written(tmp_path, names), "-k", 2, "--as", "a=category").err
    )
    for rows in (
        names[:9],
        [*names[:9], names[0]],
        [*names[:9], None],
        [*names[:9], "12"],
    ):  # "12": or numbers, damaged
        assert "holds text" in refused(capsys, "cluster", written(tmp_path, rows), "-k", 2)


def test_a_weight_may_have_a_sign(tmp_path, capsys):
    path = written(tmp_path, ["$1", "$2", "$3", "$4"])
    done = command(capsys, "cluster", path, "-k", 1, "--weight", "a")
    assert "4       10   100.0%" in done.out


def test_predict_converts_as_the_fit_did(tmp_path, capsys):
    path, model = tmp_path / "t.csv", tmp_path / "m.json"
    lines = ["share,price,when", '10%,"2,5",5.1.24', '90%,"1,125",6.1.24', '12%,"2,25",5.1.24']
    path.write_text("\n".join(lines) + "\n")
    words = ["--as", "when=date", "--scale", "none", "--save", model, "--out", tmp_path / "first.csv"]
    assert command(capsys, "cluster", path, "-k", 3, *words).status == 0
    labels = pl.read_csv(tmp_path / "first.csv")["cluster"].to_list()
    for i, line in enumerate(lines[1:]):  # one row alone: "1,125" might be a thousand
        path.write_text(lines[0] + "\n" + line + "\n")
        done = command(capsys, "predict", model, path, "--out", tmp_path / "o.csv", "--force")
        assert (done.status, done.err) == (0, "")
        assert pl.read_csv(tmp_path / "o.csv")["cluster"].to_list() == [labels[i]]
    path.write_text("share,price,when\n0.9,1,5.1.24\n")
    said = command(capsys, "predict", model, path).err
    assert "Numbers in 'share' had '%' beside them in the fit and have nothing now" in said


@pytest.mark.parametrize("old, new", [('"unit": "%"', '"unit": 3'), ('"decimal": "."', '"decimal": "x"'),
                                      ('"kind": "date"', '"kind": "x"'), ('"kind": "date"', '"kind": []'),
                                      ('"kind": "date"', '"kind": "category"')])  # fmt: skip
def test_meanings_in_a_model_are_judged(tmp_path, capsys, old, new):
    path, model = tmp_path / "t.csv", tmp_path / "m.json"
    path.write_text("a,b\n1%,2024-01-05\n2%,2024-01-07\n")
    command(capsys, "cluster", path, "-k", 2, "--as", "b=date", "--save", model)
    text = model.read_text()
    assert old in text
    model.write_text(text.replace(old, new))
    assert 'its "table" is invalid' in refused(capsys, "predict", model, path)


def test_many_rows_of_text_are_read_to_the_end(tmp_path, capsys):
    rows = [f"{i % 50}%" for i in range(3000)]
    assert "Read as numbers" in command(capsys, "cluster", written(tmp_path, rows), "-k", 2).err
    said = refused(capsys, "cluster", written(tmp_path, [*rows, "x%"]), "-k", 2)
    assert "the column 'a' holds text" in said
    dates = [str(datetime.date(2020, 1, 1) + datetime.timedelta(days=i)) for i in range(1500)]
    assert "--as b" not in refused(capsys, "cluster", written(tmp_path, [*dates, "x"]), "-k", 2, "--as", "a=date")
    assert np.ptp(clustered_values(capsys, tmp_path, written(tmp_path, dates), "--as", "a=date")[0]) > 1000


def test_points_beside_decimal_commas_are_asked_for(tmp_path, capsys):
    """2.371 beside 37,5 is 2371, or the table mixes marks: to guess would be wrong by a factor of 1000."""
    rows = ["price;size", "2.371;37,5", "1.205;12,5", "3.410.000;30", "410;1,25"]
    path, model = tmp_path / "t.csv", tmp_path / "m.json"
    for separator in ";,":  # between commas, decimal commas stand in quotes
        lines = rows if separator == ";" else [f'"{row.replace(";", chr(34) + "," + chr(34))}"' for row in rows]
        path.write_text("\n".join(lines).replace("3.410.000", "3.410"))
        said = refused(capsys, "cluster", path, "-k", 2)
        assert "'2.371' in row 1 (2371, or 2.371 with a decimal point)" in said and "'size'" not in said
        assert "--as 'price=number:comma'\n" in said and "--as 'price=number:point'\n" in said
        assert "Say which: --as 'price=number:comma' or" in refused(
            capsys, "cluster", path, "-k", 2, "--as", "price=number"
        )
        for how, prices in (("comma", [410, 1205, 2371, 3410]), ("point", [1.205, 2.371, 3.41, 410])):
            words = ["--as", f"price=number:{how}", "--scale", "none", "--save", model, "--force"]
            assert command(capsys, "cluster", path, "-k", 4, *words).status == 0
            (centers,) = json.loads(model.read_text())["fitted"]["cluster_centers_"].values()
            assert sorted(row[0] for row in centers) == prices
            done = command(capsys, "predict", model, path, "--out", tmp_path / "o.csv", "--force")
            assert done.status == 0
            assert sorted(pl.read_csv(tmp_path / "o.csv", separator=separator)["cluster"]) == [0, 1, 2, 3]
    path.write_text("\n".join(rows))  # where a number has two points, they stand between thousands
    assert "'price': '2.371' as 2371\n" in command(capsys, "cluster", path, "-k", 2).err
    path.write_text("\n".join(rows).replace("3.410.000", "3.41"))  # and where one has no thousands, before decimals
    assert command(capsys, "cluster", path, "-k", 2).err == ""


def test_both_marks_in_one_column(tmp_path, capsys):
    path = written(tmp_path, ["2.371", "37,5", "12", "4"], separator=";")
    assert clustered_values(capsys, tmp_path, path)[0] == [4, 12, 37.5, 2371]
