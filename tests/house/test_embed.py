"""A C++ program that uses the core computes, bit for bit, what the Python package computes."""

import itertools
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from embedded import program
from helpers import bits
from native import ROOT, install, run

import pykmeans
from pykmeans import _core

N_SAMPLES, N_FEATURES, N_CLUSTERS, N_LOCAL_TRIALS = 3000, 33, 40, 4  # as in main.cpp


@cache
def printed(how):
    return run(program(how))


def scattered(dtype):
    """The data of main.cpp."""
    i, q = np.meshgrid(np.arange(N_SAMPLES, dtype=np.uint64), np.arange(N_FEATURES, dtype=np.uint64), indexing="ij")
    place = (i * np.uint64(N_FEATURES) + q + np.uint64(1)) * np.uint64(2654435761) % np.uint64(2**32)
    crowd = i % np.uint64(5) * (q + np.uint64(3)) % np.uint64(5)
    return (crowd.astype(np.float64) + place.astype(np.float64) * 2.0**-31).astype(dtype)


def parsed(output):
    """{name of a fit: {name of a line: its words}}"""
    fits = {}
    for line in output.splitlines():
        name, *words = line.split(" ")
        if name == "fit":
            fits[" ".join(words)] = current = {}
        else:
            current[name] = words
    return fits


def floats(words):
    return np.array([float.fromhex(word) for word in words])


FITS = [
    "float",
    "float weighted",
    "double",
    "double weighted",
    "float manhattan",
    "double manhattan weighted",
    "float cosine weighted",
    "float hamming",
    "double mixed weighted",
]
FIRST_CATEGORY = {"hamming": 0, "mixed": 20}


@pytest.mark.parametrize("how", ["installed", "from the package"])
def test_the_program_prints_every_fit(how):
    fits = parsed(printed(how))
    assert list(fits) == FITS
    assert {"labels", "callback"} <= {fit["stop_reason"][0] for fit in fits.values()}


def test_neither_the_build_type_nor_openmp_nor_fast_math_nor_the_way_in_shows():
    assert printed("installed") == printed("from the package")


def test_the_instruction_set_does_not_show():
    wrong = {**os.environ, "PYKMEANS_ISA": "abacus"}
    refusal = subprocess.run([program("installed")], env=wrong, capture_output=True, text=True, check=False)
    assert refusal.returncode == 1
    names = re.search(r"PYKMEANS_ISA=abacus must be one of .*: (.*)$", refusal.stderr, re.MULTILINE)[1].split(", ")
    assert "baseline" in names
    for name in names:
        assert run(program("installed"), env={**os.environ, "PYKMEANS_ISA": name}) == printed("installed"), name


def test_the_number_of_threads_does_not_show():
    assert run(program("installed"), env={**os.environ, "OMP_NUM_THREADS": "1"}) == printed("installed")


@pytest.mark.parametrize("name", FITS)
def test_python_computes_the_same(name):
    cpp = parsed(printed("installed"))[name]
    dtype, *words = name.split()
    metric = next((word for word in words if word in _core.METRICS), "euclidean")
    X = scattered(np.float32 if dtype == "float" else np.float64)
    first = FIRST_CATEGORY.get(metric, N_FEATURES)
    X[:, first:] = np.floor(X[:, first:])
    weights = np.arange(N_SAMPLES) % 4 * 0.3 if "weighted" in words else None

    points = _core.Points(X, weights, metric=metric, n_numeric=20, gamma=0.7)
    seeds = _core.plus_plus(points, N_CLUSTERS, floats(cpp["uniforms"]), N_LOCAL_TRIALS)
    assert seeds.tolist() == [int(word) for word in cpp["seeds"]]

    shifts = []

    def good_enough(iteration, inertia, shift):
        shifts.append(shift)
        return iteration == 4

    fit = _core.fit(points, X[seeds], max_iter=300, tol=0.0, on_update=good_enough, record_steps=True)
    assert fit.labels.tolist() == [int(word) for word in cpp["labels"]]
    centers = floats(cpp["centers"]).reshape(N_CLUSTERS, N_FEATURES)
    assert bits(fit.centers.astype(np.float64)) == bits(centers)
    assert fit.inertia == floats(cpp["inertia"])[0]
    assert bits(fit.cluster_inertia) == bits(floats(cpp["cluster_inertia"]))
    assert bits(fit.cluster_sizes) == bits(floats(cpp["cluster_sizes"]))
    assert bits(fit.inertia_history) == bits(floats(cpp["inertia_history"]))
    steps = [np.full(N_SAMPLES, -1), *(labels for _, labels, _ in fit.steps)]
    changes = [np.count_nonzero(old != new) for old, new in itertools.pairwise(steps)]
    assert changes == [int(word) for word in cpp["changes"]]
    assert bits(shifts) == bits(floats(cpp["shifts"]))
    assert fit.n_iter == int(cpp["n_iter"][0])
    assert fit.stop_reason == cpp["stop_reason"][0]


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_install_has_every_public_header():
    assert files(install() / "include") == files(ROOT / "src/cpp/include")


def test_the_package_ships_the_sources_as_they_are():
    shipped = Path(pykmeans.get_cmake_dir()).parent
    assert Path(pykmeans.get_include()) == shipped / "include"
    for part in ("include", "core", "kernels"):
        assert files(shipped / part) == files(ROOT / "src/cpp" / part)
    assert {path.name for path in shipped.iterdir()} == {"CMakeLists.txt", "cmake", "core", "include", "kernels"}


def test_the_folders_are_known_without_the_extension_module():
    code = "import sys, pykmeans; print(pykmeans.get_cmake_dir()); assert 'pykmeans._core' not in sys.modules"
    assert run(sys.executable, "-c", code).strip() == pykmeans.get_cmake_dir()
