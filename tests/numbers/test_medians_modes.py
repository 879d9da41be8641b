"""Medians and modes without a fit: builds tests/cpp/medians_modes.cpp with the installed core, and runs it."""

import os
import sys

import pytest
from native import ROOT, library, program, run, workspace


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="links OpenMP as GNU's compiler and Clang do there")
def test_medians_and_modes_are_those_of_all_members():
    path = workspace() / "medians_modes"
    compiler = os.environ.get("CXX") or program("c++")
    flags = ["-std=c++17", "-O1", "-fopenmp", "-I", ROOT / "src/cpp/include"]
    run(compiler, *flags, ROOT / "tests/cpp/medians_modes.cpp", library(), "-o", path)
    assert run(path) == "medians and modes: well\n"
