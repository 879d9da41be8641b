"""Has callgrind count the instructions of each case of main.cpp, and compares with the figures that are kept.

    python -m bench.instructions            fails where a case needs more than the margin allows
    python -m bench.instructions --update   writes the figures anew

One thread, no OpenMP, and the AVX2 kernels (the most that valgrind runs), so that every x86-64 machine counts the same
but for its compiler. Needs valgrind and CMake.
"""

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent
FIGURES = HERE / "figures.json"
MARGIN = 0.25  # compilers and their libraries differ by some percents
UNCHECKED = 3  # exit status: nothing was compared


def unchecked(reason: str) -> SystemExit:
    print(f"The instruction counts were NOT checked: {reason}.", file=sys.stderr)
    return SystemExit(UNCHECKED)


def program(name: str) -> str:
    """A program beside this Python or on the PATH."""
    path = shutil.which(name, path=sysconfig.get_path("scripts")) or shutil.which(name)
    if path is None:
        raise unchecked(f"{name} is not installed")
    return path


def built(folder: Path) -> Path:
    """The program of main.cpp."""
    cmake = program("cmake")
    generator = ["-G", "Ninja"] if shutil.which("ninja") else []
    steps = [
        ["-S", str(HERE), "-B", str(folder), *generator],
        ["--build", str(folder), "--parallel", str(os.cpu_count() or 1)],
    ]
    for step in steps:
        done = subprocess.run([cmake, *step], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"cmake {' '.join(step)} failed:\n{done.stdout}\n{done.stderr}")
    return folder / "instructions"


def callgrind(*command: str) -> subprocess.CompletedProcess:
    options = ["--tool=callgrind", "--toggle-collect=measured", "--callgrind-out-file=/dev/null"]
    # LD_BIND_NOW: the loader's search for a function that is called for the first time is no work of ours.
    environment = {**os.environ, "PYKMEANS_ISA": "avx2", "LD_BIND_NOW": "1"}
    words = [program("valgrind"), *options, *command]
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=False)


def counted(executable: Path, case: str) -> int:
    """Instructions inside measured() of main.cpp."""
    done = callgrind(str(executable), case)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not found or int(found[1]) == 0:
        raise SystemExit(f"callgrind failed on {case!r}:\n{done.stdout}\n{done.stderr}")
    return int(found[1])


def count_all(executable: Path) -> dict[str, int]:
    listed = callgrind(str(executable))
    if listed.returncode != 0:
        raise unchecked(f"valgrind does not work here:\n{listed.stderr}")
    cases = listed.stdout.splitlines()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(cases, pool.map(lambda case: counted(executable, case), cases), strict=True))


def compared(kept: dict[str, int], counts: dict[str, int]) -> list[str]:
    """What is wrong, a line for each case."""
    faults = []
    for case in sorted({*kept, *counts}):
        if case not in counts:
            faults.append(f"{case}: there is a figure, but no such case any more")
        elif case not in kept:
            faults.append(f"{case}: {counts[case]:,} instructions, and no figure to compare with")
        elif counts[case] > kept[case] * (1.0 + MARGIN):
            more = counts[case] / kept[case] - 1.0
            faults.append(f"{case}: {counts[case]:,} instructions, {more:.0%} more than the {kept[case]:,} kept")
    return faults


def show(kept: dict[str, int], counts: dict[str, int]) -> None:
    for case, count in counts.items():
        change = f"{count / kept[case] - 1.0:+.1%}" if case in kept else "new"
        print(f"{case:40} {count:>15,} {change:>8}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.instructions", description=__doc__.splitlines()[0])
    parser.add_argument("--update", action="store_true", help="keep what is counted now")
    update = parser.parse_args().update
    if platform.machine() not in ("x86_64", "AMD64"):
        raise unchecked("the figures are those of x86-64")
    program("valgrind")  # before anything is built
    with tempfile.TemporaryDirectory(prefix="instructions-") as folder:
        counts = count_all(built(Path(folder)))
    kept = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    show(kept, counts)
    if update:
        FIGURES.write_text(json.dumps(counts, indent=1) + "\n", encoding="utf-8")
    elif faults := compared(kept, counts):
        lines = "\n".join(f"  {fault}" for fault in faults)
        raise SystemExit(
            f"\nInstruction counts beyond the margin of {MARGIN:.0%}:\n{lines}\n"
            "If that is meant, python -m bench.instructions --update keeps the new figures."
        )


if __name__ == "__main__":
    main()
