"""What this machine can do at most: peaks.cpp, compiled here for the CPU at hand, and run on each number of threads."""

import json
import os
import platform
import shutil
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("peaks.cpp")
FLAGS = ["-O3", "-march=native", "-std=gnu++17", "-pthread"]
Limits = dict[int, dict[str, float]]  # by threads: "float32" and "int8" multiply-adds, "memory" bytes, each per second


def measured(threads: list[int], folder: Path) -> tuple[Limits, str]:
    """The limits, and what they are in words; no limits, and why, where there is no compiler."""
    compiler = next(filter(None, map(shutil.which, [os.environ.get("CXX", "c++"), "g++", "clang++"])), None)
    if compiler is None:
        return {}, "Shares of the machine's limits are missing: there is no C++ compiler for bench/peaks.cpp."
    program = folder / "peaks"
    try:
        subprocess.run([compiler, *FLAGS, str(SOURCE), "-o", str(program)], check=True, capture_output=True)
        limits = {n: json.loads(subprocess.check_output([str(program), str(n)])) for n in threads}
    except (subprocess.CalledProcessError, ValueError) as error:
        return {}, f"Shares of the machine's limits are missing: bench/peaks.cpp failed ({error})."
    return limits, words(limits)


def words(limits: Limits) -> str:
    """What was measured, in a few lines."""
    lines = [
        "Limits, measured by bench/peaks.cpp (the widest vectors of this CPU; multiply-adds with all operands in "
        "registers, and the reading of arrays of 256 MB per thread):"
    ]
    for n, peaks in limits.items():
        dot = f"{peaks['int8'] / 1e9:.0f} G/s" if peaks["int8"] else "no such unit"
        lines.append(
            f"- {n} thread{'s' if n > 1 else ''}: float32 multiply-adds {peaks['float32'] / 1e9:.0f} G/s, "
            f"8-bit multiply-adds {dot}, memory {peaks['memory'] / 1e9:.0f} GB/s"
        )
    return "\n".join(lines)


def cpu_name() -> str:
    """Name of the CPU, as far as the system tells."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
