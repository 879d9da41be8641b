"""Parts of the core that Python does not reach, and a program's own source of rows: programs of tests/cpp."""

import os
from functools import cache

import pytest
from native import ROOT, build, install, run, workspace

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the library that the programs share is built as on Unix")

PROJECT = """
cmake_minimum_required(VERSION 3.18...4.0)
project(core_units LANGUAGES CXX)
set(CMAKE_BUILD_TYPE Release)
find_package(pykmeans REQUIRED)
foreach(test units medians_modes formula_source)
  add_executable(${{test}} "{folder}/${{test}}.cpp")
  target_link_libraries(${{test}} PRIVATE pykmeans::core)
endforeach()
"""


@cache
def built():
    source = workspace() / "core-units-source"
    source.mkdir()
    (source / "CMakeLists.txt").write_text(PROJECT.format(folder=(ROOT / "tests/cpp").as_posix()), encoding="utf-8")
    return build(source, "core-units", f"-DCMAKE_PREFIX_PATH={install()}")


def test_units():
    assert run(built() / "units") == "units: well\n"


def test_medians_and_modes():
    assert run(built() / "medians_modes") == "medians and modes: well\n"


def test_rows_that_are_made_when_they_are_asked_for():
    assert run(built() / "formula_source", 1_000_000, 100).endswith("formula_source: well\n")


@pytest.mark.slow
def test_rows_that_would_take_far_more_memory():
    assert run(built() / "formula_source", 10_000_000, 100).endswith("formula_source: well\n")
