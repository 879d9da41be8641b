"""segment and demo, and how the program as a whole begins and ends."""

import io
import os
import re
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from command_line import command, customers, refused

from pykmeans import __version__, segment_image
from pykmeans.__main__ import main

# `python -m pykmeans`, without scikit-learn: its import takes two seconds, and no command needs it.
LEAN = "import sys; sys.modules['sklearn'] = None; from pykmeans.__main__ import main; sys.exit(main())"
PROGRAM = [sys.executable, "-c", LEAN]


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    """A photograph, small."""
    from matplotlib.cbook import get_sample_data
    from PIL import Image

    path = tmp_path_factory.mktemp("photo") / "photo.png"
    Image.open(get_sample_data("grace_hopper.jpg", asfileobj=False)).resize((96, 112)).save(path)
    return path


def colors_of(path):
    from PIL import Image

    with Image.open(path) as image:
        return np.asarray(image)


@pytest.mark.parametrize("space", ["lab", "rgb"])
@pytest.mark.parametrize("suffix", ["png", "tif", "webp"])
def test_segment(photo, tmp_path, capsys, suffix, space):
    out = tmp_path / f"out.{suffix}"
    done = command(capsys, "segment", photo, "--colors", 8, "--space", space, "--seed", 2, "--out", out)
    assert (done.status, done.err) == (0, "")
    expected = segment_image(photo, 8, space=space, random_state=2)
    found = colors_of(out)
    np.testing.assert_array_equal(found, expected.image)
    assert len(np.unique(found.reshape(-1, 3), axis=0)) == 8
    assert "96 x 112 pixels, 8 colors" in done.out
    rows = re.findall(r"^(#\w{6})\s+(.*)%$", done.out, re.MULTILINE)
    assert [code for code, _ in rows] == ["#" + bytes(color).hex() for color in expected.palette]
    assert [share for _, share in rows] == [f"{100 * share:.1f}" for share in expected.shares]


def test_segment_of_grey(tmp_path, capsys):
    from PIL import Image

    path = tmp_path / "grey.png"
    Image.fromarray(np.array([[0, 0, 255], [0, 250, 254]], dtype=np.uint8)).save(path)
    done = command(capsys, "segment", path, "--colors", 2, "--space", "rgb")
    assert (done.status, done.err) == (0, "")
    assert "#000000   50.0%" in done.out and "#fdfdfd   50.0%" in done.out


def test_images_to_standard_output(photo, capsysbinary):
    assert main(["segment", str(photo), "--colors", "2", "--out", "-"]) == 0
    out, err = capsysbinary.readouterr()
    assert out.startswith(b"\x89PNG")
    assert b"96 x 112 pixels" in err


def test_images_that_are_refused(photo, tmp_path, capsys):
    assert refused(capsys, "segment", "no.jpg") == "Error: There is no file no.jpg.\n"
    text = tmp_path / "t.csv"
    text.write_text("a\n1\n")
    assert "Pillow can read" in refused(capsys, "segment", text)
    assert "keeps each color as it is: .png" in refused(capsys, "segment", photo, "--out", tmp_path / "o.jpg")


# ---------------------------------------------------------------- the demo


def test_the_demo_draws_three_pictures(tmp_path, capsys):
    folder = tmp_path / "pictures"
    done = command(capsys, "demo", "--out", folder)
    assert (done.status, done.err) == (0, "")
    names = ["iris.png", "elbow.png", "portrait.png"]
    assert sorted(os.listdir(folder)) == sorted(names)
    for name in names:
        assert f"  {name}  " in done.out
        assert (folder / name).read_bytes().startswith(b"\x89PNG")

    (folder / "elbow.png").write_text("precious")
    (folder / "iris.png").unlink()
    assert "elbow.png is there already. To replace it: --force" in refused(capsys, "demo", "--out", folder)
    assert (folder / "elbow.png").read_text() == "precious"
    assert not (folder / "iris.png").exists()
    assert command(capsys, "demo", "--out", folder, "--force").status == 0
    assert (folder / "elbow.png").read_bytes().startswith(b"\x89PNG")


def test_the_demo_says_which_extra_draws(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = command(capsys, "demo", "--out", tmp_path / "pictures")
    assert (done.status, done.err) == (0, "")
    assert done.out.endswith("Pictures: none, as matplotlib is not installed: pip install 'pykmeans[plot]'.\n")
    assert os.listdir(tmp_path) == []


def test_a_folder_that_cannot_be_made(tmp_path, capsys):
    assert "cannot be made" in refused(capsys, "demo", "--out", tmp_path / "no" / "pictures")


# ---------------------------------------------------------------- the program


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "customers.csv"
    customers().write_csv(path)
    return path


def test_tables_through_pipes(table):
    words = ["--columns", "age,income", "--out", "-"]
    done = subprocess.run(
        [*PROGRAM, "cluster", "-", "-k", "3", *words], input=table.read_bytes(), capture_output=True, check=False
    )
    assert done.returncode == 0
    lines = done.stdout.decode().splitlines()
    assert lines[0].endswith(",cluster")
    assert [line.rsplit(",", 1)[0] for line in lines] == table.read_text().splitlines()
    assert b"3 clusters" in done.stderr and b"\x1b" not in done.stderr  # no colors where nobody sees them


@pytest.mark.parametrize("out", [(), ("--out", "-")], ids=["summary", "table"])
def test_nobody_reads_the_output(table, out):
    process = subprocess.Popen(
        [*PROGRAM, "cluster", table, "-k", "3", "--columns", "age", "--save", table.parent / "m.json", *out],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.close()
    error = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 1
    assert b"Traceback" not in error and b"Error" not in error and b"Exception" not in error
    assert (table.parent / "m.json").exists()  # files are written before anything is said


def test_output_that_is_not_unicode(table):
    done = subprocess.run(
        [*PROGRAM, "cluster", table, "-k", "3", "--columns", "age"],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"cluster" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGINT for a child alone")
def test_control_c(tmp_path):
    table = io.StringIO()
    numbers = np.random.default_rng(0).standard_normal((20_000, 8))
    np.savetxt(table, numbers, fmt="%.3f", delimiter=",", header="a,b,c,d,e,f,g,h", comments="")
    words = ["-k", "400", "--n-init", "1000", "--out", tmp_path / "o.csv", "--save", tmp_path / "m.json"]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen([*PROGRAM, "cluster", "-", *words], text=True, **pipes) as process:
        # More than a pipe holds: when all is written, the program has begun to read. The fit takes minutes.
        process.stdin.write(table.getvalue())
        process.stdin.close()
        time.sleep(1)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 130
        out, err = process.stdout.read(), process.stderr.read()
    assert out == ""
    assert err == "Interrupted: no file is half written.\n"
    assert os.listdir(tmp_path) == []


def test_what_the_program_can_do(capsys):
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    said = capsys.readouterr().out
    assert command(capsys) == (2, "", said)  # the program alone says the same, as there is something to change
    for name in ("cluster", "predict", "elbow", "segment", "demo", "info"):
        assert f"    {name} " in said


def test_version(capsys):
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"pykmeans {__version__}\n"


@pytest.mark.parametrize("name", ["cluster", "predict", "elbow", "segment"])
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help(capsys, name, option):
    done = command(capsys, name, option)
    assert (done.status, done.err) == (0, "")
    assert f"Usage: pykmeans {name}" in done.out


def test_the_commands_are_listed_as_they_describe_themselves():
    from pykmeans.__main__ import _OF_TABLES
    from pykmeans._cli._app import app

    described = {found.callback.__name__: found.callback.__doc__ for found in app.registered_commands}
    assert {name: words[0].lower() + words[1:].rstrip(".") for name, words in described.items()} == _OF_TABLES
