"""Partials to bytes and back: builds tests/cpp/partials.cpp with the few files of the core that it needs."""

import os

import pytest
from native import ROOT, program, run, workspace

CORE = ROOT / "src" / "cpp"
SOURCES = [
    "core/exact/partial.cpp",
    "core/exact/partial_bytes.cpp",
    "core/machine/workspace.cpp",
    "kernels/cpu.cpp",  # without the definition PYKMEANS_X86_KERNELS it has the baseline's alone
    "kernels/isa_baseline.cpp",
]


@pytest.mark.skipif(os.name == "nt", reason="calls a compiler as Unix does")
def test_partials_go_through_bytes():
    path = workspace() / "partials"
    compiler = os.environ.get("CXX") or program("c++")
    flags = ["-std=c++17", "-ffp-contract=off", "-pthread", "-I", CORE / "include"]
    run(compiler, *flags, ROOT / "tests/cpp/partials.cpp", *(CORE / source for source in SOURCES), "-o", path)
    assert run(path) == "partials: 10 layouts\n"
