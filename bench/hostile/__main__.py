"""The table: ``python -m bench.hostile``. Each cell is a process of its own, with a limit of time."""

import argparse
import collections
import importlib.metadata
import json
import os
import signal
import subprocess
import sys

from ..processes import ROOT
from .behaviours import BEHAVIOURS
from .libraries import LIBRARIES
from .problems import PROBLEMS

CASES = [*PROBLEMS, *BEHAVIOURS]
KINDS = {
    "right": "right",
    "refused": "an error in words",
    "wrong": "wrong without a word",
    "died": "the process died or hung",
    "not offered": "not offered",
}


def run(case: str, library: str, timeout: float) -> tuple[str, str]:
    """What became of one library on one case: its kind, and words."""
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-m", "bench.hostile.worker", case, library]
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, errors="replace", check=False, timeout=timeout
        )
    except subprocess.TimeoutExpired:
        return "died", f"hang (not done after {timeout:g} s)"
    if done.returncode < 0:
        return "died", f"the process is killed ({signal.Signals(-done.returncode).name})"
    if done.returncode > 0:
        last = (done.stderr.strip().splitlines() or ["without a word"])[-1]
        return "died", f"the process ends with status {done.returncode}: {last}"
    kind, words = json.loads(done.stdout.splitlines()[-1])
    return kind, words


def cell(kind: str, words: str) -> str:
    """Markdown: what nobody wants is bold."""
    words = words if len(words) <= 80 else words[:77] + "..."
    words = words.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")
    return f"**{words}**" if kind in ("wrong", "died") else words


def asked(words: list[str]) -> set[str]:
    """The case of that name, or those whose names contain it."""
    return {case for word in words for case in CASES if case == word or (word not in CASES and word in case)}


def version(library: str) -> str:
    distribution = LIBRARIES[library].distribution
    if library == "pykmeans":
        import pykmeans

        return pykmeans.__version__
    return importlib.metadata.version(distribution)


def main() -> None:
    """Print the table, row by row."""
    parser = argparse.ArgumentParser(prog="python -m bench.hostile", description=__doc__)
    parser.add_argument("--libraries", nargs="+", choices=LIBRARIES, default=list(LIBRARIES), help="default: all")
    parser.add_argument("--only", nargs="+", metavar="WORD", help="cases of these names, or whose names contain them")
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds for one library on one case (default: 60)")
    chosen = parser.parse_args()
    libraries = []
    for name in chosen.libraries:
        try:
            version(name)
        except ImportError:
            print(f"{LIBRARIES[name].title} is not installed.\n")
        else:
            libraries.append(name)
    cases = [case for case in CASES if not chosen.only or case in asked(chosen.only)]
    print("| case | " + " | ".join(f"{LIBRARIES[name].title} {version(name)}" for name in libraries) + " |")
    print("|---" * (1 + len(libraries)) + "|", flush=True)
    counts: dict[str, collections.Counter[str]] = {name: collections.Counter() for name in libraries}
    for case in cases:
        found = {name: run(case, name, chosen.timeout) for name in libraries}
        for name, (kind, _) in found.items():
            counts[name][kind] += 1
        print(f"| {case} | " + " | ".join(cell(*found[name]) for name in libraries) + " |", flush=True)
    for kind, title in KINDS.items():
        print(f"| {title} | " + " | ".join(str(counts[name][kind]) for name in libraries) + " |")


if __name__ == "__main__":
    main()
