"""The programs of tests/embed, built in two ways: around an installed core, and around the sources in the package."""

import os
from functools import cache

from native import ROOT, build, install

import pykmeans

EMBED = ROOT / "tests" / "embed"
FAST = [] if os.name == "nt" else ["-DCMAKE_CXX_FLAGS=-ffast-math", "-DCMAKE_CXX_FLAGS_DEBUG="]  # -g takes long


@cache
def built(how):
    if how == "installed":
        return build(EMBED, "from-install", f"-DCMAKE_PREFIX_PATH={install()}")
    # Without optimisation, without OpenMP, and for a program that wants its own sums fast: nothing may show.
    options = ["-DCMAKE_BUILD_TYPE=Debug", "-DPYKMEANS_OPENMP=OFF", *FAST]
    return build(EMBED, "from-package", f"-Dpykmeans_DIR={pykmeans.get_cmake_dir()}", *options)


def program(how, name="embed"):
    (path,) = (p for p in built(how).rglob(f"{name}*") if p.is_file() and p.suffix in ("", ".exe"))
    return path
