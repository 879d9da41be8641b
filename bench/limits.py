"""What this machine can do at most: peaks.cpp, compiled for this CPU or for the forced instruction set, and run on each
number of threads."""

import json
import os
import platform
import shutil
import subprocess
from pathlib import Path

from . import isa

SOURCE = Path(__file__).with_name("peaks.cpp")
FLAGS = ["-O3", "-std=gnu++17", "-pthread"]
Limits = dict[int, dict[str, float]]  # by threads: what is in WORDS, and "memory" bytes, each per second
WORDS = {
    "float32": "float32 multiply-adds",
    "int8": "8-bit multiply-adds",
    "float32 differences": "float32 differences",
    "8-bit differences": "8-bit differences",
    "8-bit comparisons": "8-bit comparisons",
}
# What a plain program does with a value of a row and of a center, in float32 and in 8 bits.
UNITS = {
    "euclidean": ("float32", "int8"),
    "cosine": ("float32", "int8"),
    "manhattan": ("float32 differences", "8-bit differences"),
    "hamming": ("", "8-bit comparisons"),
    "mixed": ("float32", ""),
}


def measured(threads: list[int], folder: Path, forced: str) -> tuple[Limits, str]:
    """The limits, and what they are in words; no limits, and why, where there is no compiler.

    They are those of the forced instruction set, or of the whole CPU where none is forced.
    """
    compiler = next(filter(None, map(shutil.which, [os.environ.get("CXX", "c++"), "g++", "clang++"])), None)
    if compiler is None:
        return {}, "Shares of the machine's limits are missing: there is no C++ compiler for bench/peaks.cpp."
    program = folder / "peaks"
    try:
        target = isa.FLAGS.get(forced, ["-march=native"])
        subprocess.run([compiler, *FLAGS, *target, str(SOURCE), "-o", str(program)], check=True, capture_output=True)
        limits = {n: json.loads(subprocess.check_output([str(program), str(n)])) for n in threads}
    except (subprocess.CalledProcessError, ValueError) as error:
        return {}, f"Shares of the machine's limits are missing: bench/peaks.cpp failed ({error})."
    return limits, words(limits, forced)


def words(limits: Limits, forced: str) -> str:
    """What was measured, in a few lines."""
    lines = [
        f"Limits, measured by bench/peaks.cpp ({forced or 'the widest vectors of this CPU'}; all operands in "
        "registers, and the reading of arrays of 256 MB per thread):"
    ]
    for n, peaks in limits.items():
        rates = {
            what: f"{peaks[unit] / 1e9:.0f} G/s" if peaks[unit] else "no such unit" for unit, what in WORDS.items()
        }
        listed = ", ".join(f"{what} {rate}" for what, rate in rates.items())
        lines.append(f"- {n} thread{'s' if n > 1 else ''}: {listed}, memory {peaks['memory'] / 1e9:.0f} GB/s")
    return "\n".join(lines)


def cpu_name() -> str:
    """Name of the CPU, as far as the system tells."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
