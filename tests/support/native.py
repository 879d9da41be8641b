"""The C++ core built as a C++ program would have it: with CMake, without Python."""

import atexit
import os
import shutil
import subprocess
import sysconfig
import tempfile
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(*command, **options):
    """Run a command and return what it printed; on failure, all that it printed is the message."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, f"{command} ended with status {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@cache
def program(name):
    """Path of a program: beside this Python, or on the PATH."""
    path = shutil.which(name, path=sysconfig.get_path("scripts")) or shutil.which(name)
    assert path, f"this test needs {name}"
    return path


@cache
def workspace():
    """A folder for builds that lives as long as this process."""
    folder = tempfile.mkdtemp(prefix="pykmeans-native-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def build(source, name, *definitions):
    """Configure and build a CMake project, and return the folder of the build."""
    folder = workspace() / name
    ninja = shutil.which("ninja", path=sysconfig.get_path("scripts")) or shutil.which("ninja")
    generator = ["-G", "Ninja", f"-DCMAKE_MAKE_PROGRAM={ninja}"] if ninja and os.name != "nt" else []
    run(program("cmake"), "-S", source, "-B", folder, *generator, *definitions)
    run(program("cmake"), "--build", folder, "--config", "Release", "--parallel", os.cpu_count() or 1)
    return folder


@cache
def install():
    """Build the core from the source tree, install it, and return where to."""
    prefix = workspace() / "installed"
    folder = build(ROOT, "core", f"-DCMAKE_INSTALL_PREFIX={prefix}")
    run(program("cmake"), "--install", folder, "--config", "Release")
    return prefix


def library():
    """Path of the installed static library."""
    (path,) = install().rglob("libpykmeans.a")
    return path


@cache
def failing_memory():
    """Path of a library to preload: it counts the core's blocks of memory, and fails when it is told to."""
    path = workspace() / "failing_memory.so"
    source = Path(__file__).with_name("failing_memory.cpp")
    run(os.environ.get("CXX") or program("c++"), "-std=c++17", "-O1", "-shared", "-fPIC", source, "-o", path)
    return path
