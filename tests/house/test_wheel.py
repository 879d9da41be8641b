"""The installed package: its files, what it links, what importing it costs. Of the wheel, where one was installed."""

import base64
import hashlib
import io
import re
import subprocess
import sys
import sysconfig
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest
from native import program, run

import pykmeans
from pykmeans import _core

on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads ELF files")


def installed():
    """The files of the package that the import finds, as its RECORD names them, and where they are."""
    found = distribution("pykmeans")
    package = found.locate_file("pykmeans").resolve()
    assert package == Path(pykmeans.__file__).resolve().parent, "another copy of pykmeans is imported"
    for file in found.files:
        if "__pycache__" not in file.parts and file.parts[0] != "..":  # compiled files and programs: the installer's
            yield file, found.locate_file(file)


def shared_libraries():
    return [path for file, path in installed() if file.suffix in (".so", ".pyd", ".dll") or ".so." in file.name]


def test_every_file_is_there_as_it_was_built():
    n_hashed = 0
    for file, path in installed():
        assert path.is_file(), f"{file} is missing"
        if file.hash:
            digest = hashlib.new(file.hash.mode, path.read_bytes()).digest()
            assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == file.hash.value, f"{file} was changed"
            n_hashed += 1
    assert n_hashed > 50


# Python, what types it has, the data of `pykmeans demo`, the compiled module; and what a C++ program is built from.
KINDS = {".py", ".pyi", ".typed", ".csv", ".html", sysconfig.get_config_var("EXT_SUFFIX")}
CPP_KINDS = {".hpp", ".inl.hpp", ".cpp", ".cmake", ".txt"}


def test_there_is_nothing_but_the_package():
    kinds, cpp_kinds = set(), set()
    for file, _ in installed():
        top, *inner = file.parts[:-1]
        if top == "pykmeans" and inner[:1] != [".dylibs"]:
            (cpp_kinds if inner[:1] == ["cpp"] else kinds).add("".join(file.suffixes))
        else:  # what it says of itself, and its OpenMP runtime
            assert top in ("pykmeans", "pykmeans.libs", f"pykmeans-{pykmeans.__version__}.dist-info"), file
    assert (kinds, cpp_kinds) == (KINDS, CPP_KINDS)


def test_the_wheel_is_smaller_than_3_mb():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, path in installed():
            archive.write(path, str(file))
    assert 100_000 < packed.tell() < 3_000_000


def dynamic(path, tag):
    """Values of a tag in the dynamic section of an ELF file."""
    return re.findall(rf"\({tag}\).*\[(.*)\]", run(program("readelf"), "-d", path))


# The C and C++ libraries of glibc and musl, and GNU's OpenMP: the system's, or the one that the wheel carries.
SYSTEM = re.compile(
    r"lib(c|m|pthread|dl|rt)\.so\.\d+|libc\.musl-\w+\.so\.1|ld-[\w-]+\.so\.\d+|libstdc\+\+\.so\.6|libgcc_s\.so\.1|libgomp\.so\.1"
)


@on_linux
def test_it_links_the_system_and_one_openmp_runtime():
    libraries = shared_libraries()
    carried = {path.name for path in libraries if path != Path(_core.__file__)}
    assert all(re.fullmatch(r"lib(gomp|stdc\+\+|gcc_s)-[0-9a-f]+\.so[\d.]*", name) for name in carried), carried
    for path in libraries:
        needed = dynamic(path, "NEEDED")
        assert all(SYSTEM.fullmatch(name) or name in carried for name in needed), (path.name, needed)
        # Found beside the package wherever that is installed, or by the system.
        paths = dynamic(path, "R(?:UN)?PATH")
        assert all(place == "$ORIGIN" or place.startswith("$ORIGIN/") for place in paths), (path.name, paths)
    runtimes = [name for name in dynamic(_core.__file__, "NEEDED") if "omp" in name]
    assert len(runtimes) == pykmeans.info()["openmp"]


def test_it_imports_one_module():
    """`import pykmeans` costs what one small file costs, beside NumPy; a class, what it is made of."""
    code = """
import sys, numpy
before = set(sys.modules)
import pykmeans
print(*set(sys.modules) - before)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["pykmeans"]
