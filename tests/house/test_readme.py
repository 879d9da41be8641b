"""What the README shows is what its commands and examples print."""

import contextlib
import io
import re
import sys

import matplotlib
import pytest
from native import ROOT, build, install, run, workspace

matplotlib.use("Agg")
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)


def without_time(output):
    return re.sub(r"^Time: .*? ms", "Time: ... ms", output, flags=re.MULTILINE).strip()


def test_the_first_two_commands_are_one_line_each():
    demo, tests = blocks("bash")[:2]
    for block in (demo, tests):
        assert block.startswith("python3 -m venv .venv") and block.count("\n") == 1
    assert "pykmeans demo" in demo and "pytest" in tests


def test_the_demo_prints_what_is_shown(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (shown,) = blocks("text")
    assert without_time(run(sys.executable, "-m", "pykmeans", "demo")) == without_time(shown)
    for name in re.findall(r"\w+\.png", shown):
        assert (tmp_path / "pykmeans-demo" / name).is_file()


@pytest.mark.parametrize("code", blocks("python"))
def test_each_example_stands_alone_and_prints_what_it_says(code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    expected = re.findall(r"^print\(.*\)  # (.*)$", code, re.MULTILINE)
    assert len(expected) == code.count("print(") > 0
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {})
    assert printed.getvalue().splitlines() == expected


def test_the_program_in_cpp():
    (cmake,), (cpp,) = blocks("cmake"), blocks("cpp")
    source = workspace() / "readme"
    source.mkdir()
    (source / "CMakeLists.txt").write_text(cmake, encoding="utf-8")
    (source / "main.cpp").write_text(cpp, encoding="utf-8")
    folder = build(source, "readme-build", f"-DCMAKE_PREFIX_PATH={install()}")
    (program,) = (p for p in folder.rglob("example*") if p.is_file() and p.suffix in ("", ".exe"))
    assert run(program).strip() == re.search(r"// (.*)$", cpp, re.MULTILINE)[1]


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))], ids=lambda page: page.name
)
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if not target.startswith("https://"):
            assert (page.parent / target).exists(), target
