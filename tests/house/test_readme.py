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


TUTORIALS = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "tutorials").glob("*.md")}
WRONG = """
from pykmeans import KMeans, assign, elbow, k_means, select_k
KMeans(metric="euclid")  # type: ignore[arg-type]
KMeans(algorithm="loyd")  # type: ignore[arg-type]
KMeans(init="kmeans++")  # type: ignore[arg-type]
KMeans(n_init="all")  # type: ignore[arg-type]
k_means([[0.0]], 1, metric="l1")  # type: ignore[arg-type]
assign([[0.0]], [[0.0]], metric="l1")  # type: ignore[arg-type]
select_k([[0.0]], criteria=["silhouettes"])  # type: ignore[list-item]
k: int = elbow([[0.0]]).best_k
KMeans(k).fit([[0.0]]).predict([[0.0]]).tolist()
print(select_k([[0.0]]).best_model.inertia_ + 1.0)
"""


def test_the_examples_and_the_tutorials_pass_mypy_strict(tmp_path, request):
    """So do right words; each wrong one is an error, or what ignores it would be."""
    api = pytest.importorskip("mypy.api")
    pytest.importorskip("numpy", minversion="2.2", reason="np.ndarray wants parameters before")
    cell = re.compile(r"^```\{code-cell\}[^\n]*\n(?::[^\n]*\n+)*(.*?)^```", re.DOTALL | re.MULTILINE)
    sources = {f"readme_{number}": code for number, code in enumerate(blocks("python"))}
    sources |= {name: "\n".join(cell.findall(text)) for name, text in TUTORIALS.items()} | {"wrong": WRONG}
    assert len(TUTORIALS) == 4 and all("import" in code for code in sources.values())
    for name, code in sources.items():
        (tmp_path / f"{name}.py").write_text(code, encoding="utf-8")
    others = "ignore_missing_imports = True\n[mypy-matplotlib.*,pandas.*,polars.*,sklearn.*]\nfollow_imports = skip\n"
    (tmp_path / "mypy.ini").write_text(f"[mypy]\nstrict = True\n{others}", encoding="utf-8")  # they take long
    options = [f"--config-file={tmp_path / 'mypy.ini'}", f"--cache-dir={request.config.cache.mkdir('mypy')}"]
    out, err, status = api.run([*options, *map(str, tmp_path.glob("*.py"))])
    assert status == 0, out + err


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
