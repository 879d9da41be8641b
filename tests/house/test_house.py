"""House rules: what may include or import what, one version, what the binaries hold. docs/design.md has the reasons."""

import ast
import platform
import re
import subprocess
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pytest
from native import ROOT, install, library, program, run

import pykmeans
from pykmeans import _core

CPP = ROOT / "src" / "cpp"
PACKAGE = ROOT / "src" / "pykmeans"
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads ELF files")


def relative(path, folder=ROOT):
    return path.relative_to(folder).as_posix()


# ---------------------------------------------------------------- C++ includes

# layer: what its files may include of the others. From core, kernels are seen through table.hpp only; bits.hpp is a
# helper that both need.
LAYERS = {
    "include": set(),
    "kernels": set(),
    "core": {"include", "kernels/table.hpp", "kernels/bits.hpp"},
    "bindings": {"include"},
}

# Headers that are not the C++ standard library's, and the only files that may include them.
FOREIGN = {
    "core/machine/float_environment.hpp": {"xmmintrin.h"},
    "core/machine/granted.cpp": {"sched.h"},
    "core/machine/large_array.cpp": {"sys/mman.h"},
    "core/machine/memory_limit.cpp": {"sys/resource.h", "unistd.h", "windows.h"},
    "core/machine/parallel.cpp": {"omp.h", "pthread.h"},
    "kernels/vec_avx2.hpp": {"immintrin.h"},
    "kernels/vec_avx512.hpp": {"immintrin.h"},
    "kernels/vec_avx512vnni.hpp": {"immintrin.h"},
    "kernels/vec_avxvnni.hpp": {"immintrin.h"},
    "kernels/vec_portable.hpp": {"math.h"},
    "bindings/arrays.hpp": {"pybind11/numpy.h", "pybind11/pybind11.h"},
}

# What files that are compiled for an instruction set may use of the standard library: types and constants, no functions
# or containers, since an inline function compiled for AVX could be linked into everything else.
KERNEL_STANDARD = {"cstddef", "cstdint", "cstring", "limits", "type_traits"}

CPP_FILES = sorted(path for path in CPP.rglob("*") if path.suffix in (".cpp", ".hpp"))


def includes(path):
    """(angle, quoted) names that a C++ file includes."""
    text = path.read_text(encoding="utf-8")
    angle = re.findall(r"^\s*#\s*include\s*<([^>]+)>", text, re.MULTILINE)
    quoted = re.findall(r'^\s*#\s*include\s*"([^"]+)"', text, re.MULTILINE)
    assert len(angle) + len(quoted) == len(re.findall(r"#\s*include", text)), f"{path}: an include that is not plain"
    return angle, quoted


def resolved(path, name):
    """The file of the house that a quoted include means, relative to src/cpp."""
    for folder in (path.parent, CPP / "include"):
        if (folder / name).is_file():
            return relative((folder / name).resolve(), CPP.resolve())
    raise AssertionError(f'{relative(path)} includes "{name}", which is no file of src/cpp')


def test_there_are_files_in_each_layer():
    assert {relative(path, CPP).split("/")[0] for path in CPP_FILES} == set(LAYERS)


@pytest.mark.parametrize("path", CPP_FILES, ids=lambda path: relative(path, CPP))
def test_includes_point_one_way(path):
    place = relative(path, CPP)
    layer = place.split("/")[0]
    angle, quoted = includes(path)
    for name in quoted:
        target = resolved(path, name)
        allowed = target.split("/")[0] in {layer, *LAYERS[layer]} or target in LAYERS[layer]
        assert allowed, f"{place} must not include {target}"
    for name in angle:
        standard = re.fullmatch(r"[a-z_0-9]+", name)
        assert standard or name in FOREIGN.get(place, ()), f"{place} must not include <{name}>"


# Inside core, from the top to the bottom: a file includes files of its own place and of lower lines only. A place is a
# folder without those in it that have places of their own, or a file; "." has the files directly in core.
CORE_ORDER = [
    ["."],
    ["distance/metrics", "refine"],  # the table of metrics, which names what each is used for
    ["update"],
    ["assign", "seeding", "silhouette"],
    ["assign/bounds", "assign/boxes", "assign/lloyd", "assign/tiles"],
    ["assign/algorithm.hpp"],  # what algorithms are
    ["assign/policy.hpp"],
    ["assign/thread_sums.hpp", "assign/thresholds.hpp"],
    ["filter", "measure"],
    ["rows"],
    ["distance"],
    ["exact"],
    ["machine"],
]
CORE_RANK = {place: rank for rank, places in enumerate(CORE_ORDER) for place in places}
CORE_FILES = [path for path in CPP_FILES if relative(path, CPP).startswith("core/")]


def core_place(path):
    """The place that CORE_ORDER has for a file of core."""
    name, folder = relative(path, CPP / "core"), relative(path.parent, CPP / "core")
    return name if name in CORE_RANK else folder


def test_the_order_inside_core_is_current():
    assert {core_place(path) for path in CORE_FILES} == set(CORE_RANK)


@pytest.mark.parametrize("path", CORE_FILES, ids=lambda path: relative(path, CPP))
def test_includes_inside_core_point_down(path):
    here = core_place(path)
    for target in (resolved(path, name) for name in includes(path)[1]):
        if not target.startswith("core/"):
            continue
        there = core_place(CPP / target)
        assert there == here or CORE_RANK[there] > CORE_RANK[here], f"{relative(path, CPP)} must not include {target}"


@pytest.mark.parametrize("path", [p for p in CPP_FILES if p.parent.name == "kernels"], ids=lambda path: path.name)
def test_kernels_use_no_functions_of_the_standard_library(path):
    if path.name == "cpu.cpp":  # it chooses, and is compiled for every CPU
        return
    angle, _ = includes(path)
    foreign = FOREIGN.get(relative(path, CPP), set())
    assert set(angle) - foreign <= KERNEL_STANDARD


def test_the_list_of_foreign_headers_is_current():
    for place, names in FOREIGN.items():
        assert names <= set(includes(CPP / place)[0]), place


def test_the_umbrella_includes_every_public_header():
    folder = CPP / "include" / "pykmeans"
    _, quoted = includes(folder / "pykmeans.hpp")
    assert {*quoted, "pykmeans.hpp"} == {path.name for path in folder.iterdir()}


def test_every_source_is_built():
    core = (CPP / "CMakeLists.txt").read_text(encoding="utf-8")
    module = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    built = {*re.findall(r"[\w/]+\.cpp", core), *re.findall(r"src/cpp/([\w/]+\.cpp)", module)}
    assert built == {relative(path, CPP) for path in CPP_FILES if path.suffix == ".cpp"}


# ---------------------------------------------------------------- Python imports

# From the top to the bottom: a module imports modules of lower lines only.
ORDER = [
    ["__main__"],
    ["_cli"],
    ["_demo"],
    ["_report"],
    ["_selection"],
    ["_k_selection"],
    ["_image"],
    ["_segmentation"],
    ["plot"],
    ["_separation"],
    ["_colors"],
    ["_criteria"],
    ["_gap", "_knee", "_spread"],
    ["_solutions"],
    ["_kmeans", "_kprototypes", "_functions", "_silhouette"],
    ["_clusterer"],
    ["_model_file"],
    ["_model_rules"],
    ["_fit"],
    ["_seeding"],
    ["_validate"],
    ["_bases"],
    ["_plain"],
    ["_counts"],
    ["_errors"],
    ["_json_values"],
    ["_progress"],
    ["_optional"],
    ["_scikit_learn", "_core", "_cpp", "_words"],
]
RANK = {name: rank for rank, names in enumerate(ORDER) for name in names}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")

# What is optional comes through _optional.optional(). Who may name it in an import statement, and whether that may run
# on import; besides, anybody may for type checkers.
STATEMENTS = {
    "_scikit_learn": ({"sklearn"}, False),
    "_bases": ({"sklearn"}, False),
    "_cli": ({"polars", "rich", "typer"}, True),
}
FOR_TYPES = {"pandas", "polars", "typing_extensions"}


def unit(path):
    """The name that ORDER has for a file."""
    return relative(path, PACKAGE).split("/")[0].removesuffix(".py")


def nodes_below(tree, kinds, is_meant=lambda node: True):
    return {
        id(below) for node in ast.walk(tree) if isinstance(node, kinds) and is_meant(node) for below in ast.walk(node)
    }


def imports(path):
    """(name, when: "import", "call" or "types") of every import; names of the house are relative to the package."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = nodes_below(tree, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
    types = nodes_below(tree, ast.If, lambda node: ast.unparse(node.test) == "TYPE_CHECKING")
    package = ["pykmeans", *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(tree):
        when = "types" if id(node) in types else "call" if id(node) in inside else "import"
        if isinstance(node, ast.Import):
            yield from ((alias.name, when) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            # "from . import a" imports modules, "from .a import b" may.
            names = [f"{module}.{alias.name}" for alias in node.names] if module == "pykmeans" else [module]
            yield from ((name, when) for name in names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: relative(path, PACKAGE))
def test_imports_point_one_way(path):
    here = unit(path)
    assert here in RANK, f"{here} has no place in ORDER"
    libraries, on_import = STATEMENTS.get(here, (set(), False))
    for name, when in imports(path):
        top, *rest = name.split(".")
        if top == "pykmeans":
            target = rest[0]
            assert target == here or RANK[target] > RANK[here], f"{here} must not import {target}"
        elif top not in {"numpy", *sys.stdlib_module_names}:
            allowed = (when == "types" and top in FOR_TYPES) or (top in libraries and (on_import or when == "call"))
            assert allowed, f"{here} must not import {name} like this"


def test_the_package_itself_imports_nothing_of_its_own():
    names = [name for name, _ in imports(PACKAGE / "__init__.py")]
    assert [name for name in names if name.split(".")[0] not in sys.stdlib_module_names] == []


# ---------------------------------------------------------------- one version


CONFIG = "pykmeans-config-version.cmake"


def test_one_version():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    (declared,) = re.findall(r'^version = "(.+)"$', project, re.MULTILINE)
    newest = re.search(r"^## \[(\d[^\]]*)\]", changes, re.MULTILINE)[1]
    configs = [next(install().rglob(CONFIG)), Path(pykmeans.get_cmake_dir()) / CONFIG]
    built, shipped = (
        re.search(r'set\(PACKAGE_VERSION "(.+)"\)', path.read_text(encoding="utf-8"))[1] for path in configs
    )
    found = {
        "pyproject.toml": declared,
        "the compiled module": _core.__version__,
        "the package": pykmeans.__version__,
        "the installed distribution": version("pykmeans"),
        "the newest entry of CHANGELOG.md": newest,
        "the CMake package of an install": built,
        "the CMake package that Python ships": shipped,
    }
    assert set(found.values()) == {declared}, found


def test_the_oldest_versions_that_ci_installs_are_those_that_are_declared():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    declared = dict(re.findall(r'"([\w-]+)>=([\d.]+)"', project.split("\ndocs = ")[0].split("\ndependencies = ")[1]))
    oldest = dict(re.findall(r"^([\w-]+)==([\d.]+)$", (ROOT / "tests/oldest.txt").read_text(encoding="utf-8"), re.M))
    assert len(declared) == 10
    different = {name: bound for name, bound in declared.items() if oldest[name] not in (bound, f"{bound}.0")}
    assert different == {}


# ---------------------------------------------------------------- binaries


def symbols(path, *options):
    """(member, kind, name) of the symbols that a file defines."""
    member = None
    for line in run(program("nm"), "--defined-only", "-C", *options, path).splitlines():
        if line.endswith(":"):
            member = line[:-1]
        elif line.strip():
            kind, name = line.split(maxsplit=2)[1:] if line[0] != " " else line.split(maxsplit=1)
            yield member, kind, name


def flagged():
    """Object files that are compiled for more than the baseline, by the names that they have in the library.

    All are for x86-64: elsewhere there are none. One is for compilers that know AVX-VNNI.
    """
    if platform.machine() != "x86_64":
        return set()
    names = {f"{path.name}.o" for path in (CPP / "kernels").glob("isa_*.cpp") if path.name != "isa_baseline.cpp"}
    settings = next(install().parent.glob("core/CMakeCache.txt")).read_text(encoding="utf-8")
    return names if "PYKMEANS_AVXVNNI:INTERNAL=1" in settings else names - {"isa_avxvnni.cpp.o"}


@on_linux
def test_the_module_exports_its_entry_and_nothing_else():
    names = {name.split("@")[0] for _, _, name in symbols(_core.__file__, "-D")}
    assert names == {"PyInit__core"}


@on_linux
def test_instruction_set_files_emit_no_weak_symbols():
    found = list(symbols(library()))
    members = {member for member, _, _ in found}
    isa = {member for member in members if member.startswith("isa_")}
    assert isa == flagged() | {"isa_baseline.cpp.o"}
    for member, kind, name in found:
        if member in isa:
            # Weak and unique symbols are those of which the linker keeps one copy for all.
            assert kind not in "WwVvu", f"{member} emits {name}"
            # What others can see is the table.
            assert kind.islower() or re.fullmatch(r"pykmeans::kernels::\w+", name), f"{member} shows {name}"


@cache
def instructions():
    """[(member, function, address, instruction)] of the library."""
    found = []
    member = function = None
    for line in run(program("objdump"), "-d", "-C", "--no-show-raw-insn", library()).splitlines():
        if "file format" in line:
            member = line.split(":")[0]
        elif header := re.match(r"[0-9a-f]+ <(.*)>:$", line):
            function = header[1]
        elif instruction := re.match(r"\s+([0-9a-f]+):\s+(.*)", line):
            found.append((member, function, int(instruction[1], 16), instruction[2]))
    return found


FILTERS = (
    "NearestScore<",
    "score_group<",
    "score_int8<",
    "PanelScores<",
    "quantize<",
    "scale_of_row<",
    "SeedBlocks<",
    "squared_distance<",
)  # kernels whose bounds hold with and without fusing
FUSED = {"x86_64": r"vfn?m(add|sub)", "aarch64": r"fn?m(add|sub|la|ls)\b"}
MULTIPLICATION = {"x86_64": r"v?mul[sp]d", "aarch64": r"fmul"}
known_machine = pytest.mark.skipif(platform.machine() not in FUSED, reason="knows x86-64 and aarch64")


@on_linux
@known_machine
def test_only_filters_fuse_multiplications_and_additions():
    """The referee's order of operations is the definition, with each operation rounded."""
    fused, multiplication = FUSED[platform.machine()], MULTIPLICATION[platform.machine()]
    referees = set()
    for member, function, _, instruction in instructions():
        if re.match(fused, instruction):
            allowed = member.startswith("isa_") and any(name in function for name in FILTERS)
            assert allowed, f"{member}, {function}: {instruction}"
        if "exact_distance<" in function and "Squared" in function and re.match(multiplication, instruction):
            referees.add(member)
    # They were seen, and understood. Files for 8-bit integers have nothing else.
    assert referees == {name for name in flagged() if "vnni" not in name} | {"isa_baseline.cpp.o"}


@on_linux
@pytest.mark.skipif(platform.machine() != "x86_64", reason="knows which instructions of x86-64 belong to the baseline")
def test_only_instruction_set_files_go_beyond_the_baseline():
    """An older CPU never meets an instruction that it lacks: those of AVX begin with v, or work on wider registers."""
    beyond = {member for member, _, _, instruction in instructions() if re.match(r"v[a-z]|.*%[yz]mm", instruction)}
    assert beyond == flagged()


def inner_loops(member):
    """The instructions of each innermost loop of an object file."""
    code = [(address, instruction) for name, _, address, instruction in instructions() if name == member]
    number = {address: i for i, (address, _) in enumerate(code)}
    end_of_last = -1
    for end, (address, instruction) in enumerate(code):
        jump = re.match(r"j\w+\s+([0-9a-f]+)", instruction)
        if jump and int(jump[1], 16) < address:
            begin = number[int(jump[1], 16)]
            if begin > end_of_last:
                yield [instruction for _, instruction in code[begin : end + 1]]
            end_of_last = end


@on_linux
@pytest.mark.skipif(platform.machine() != "x86_64", reason="knows the instructions of x86-64")
@pytest.mark.parametrize(
    ("member", "product", "sums", "most_loads"),
    [
        ("isa_avx2.cpp.o", "vpmaddubsw", 8, 6),  # four rows, two vectors of centers
        ("isa_avx2.cpp.o", "vpmaddwd", 8, 6),  # two vectors of rows, four centers
        ("isa_avx2.cpp.o", "vfmadd231ps", 8, 10),  # k-means++ reads its rows for each of two candidates
        ("isa_avx2.cpp.o", "vfmadd231ps", 10, 7),  # two vectors of rows, five centers
        ("isa_avx512.cpp.o", "vpmaddubsw", 12, 13),
        ("isa_avx512vnni.cpp.o", "vpdpbusd", 12, 13),
    ],
)
def test_sums_stay_in_registers(member, product, sums, most_loads):
    """The loops that take most of a fit's time store nothing, and load each value once."""
    loops = [loop for loop in inner_loops(member) if sum(line.startswith(product) for line in loop) == sums]
    assert loops
    for loop in loops:
        vectors = [line for line in loop if re.search(r"%[yz]mm", line)]
        assert [line for line in vectors if line.endswith(")")] == []  # the last operand is the destination
        assert len([line for line in vectors if "(" in line]) <= most_loads


@on_linux
@pytest.mark.skipif(platform.machine() != "x86_64", reason="knows the instructions of x86-64")
def test_kernels_clear_small_arrays_without_a_loop_of_the_processor():
    """It takes some thirty cycles to begin: longer than an exact distance in few features."""
    slow = {
        function for member, function, _, line in instructions() if member.startswith("isa_") and "rep stos" in line
    }
    assert slow == set()


# ---------------------------------------------------------------- files


def tracked():
    """Files that git has or would take; all files but the products of work where there is no git."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode == 0:
        paths = [ROOT / name for name in listing.stdout.split("\0") if name]
    else:
        products = re.compile(
            r"(^|/)(\.venv[^/]*|\.git|\.[a-z]+_cache|\.hypothesis|__pycache__|build|dist|[^/]*egg-info)/"
        )
        paths = [path for path in ROOT.rglob("*") if not products.search(relative(path))]
    return sorted(path for path in paths if path.is_file())


def test_no_file_names_a_place_on_one_machine():
    places = re.compile(r"(?<![\w.~/:-])/(?:home|root|Users|work|tmp|private|var/folders)/\w|\b[A-Z]:\\Users\\")
    n_files = 0
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # a picture
            continue
        n_files += 1
        for number, line in enumerate(text.splitlines(), start=1):
            assert not places.search(line), f"{relative(path)}:{number}: {line}"
    assert n_files > 50
