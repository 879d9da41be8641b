"""The command line: ``python -m bench --help``."""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from . import cases, isa, limits, measure, peers, report, verify

# How many turns a peer gets, of at least one run each; seconds that they share; seconds after which it gets no more.
REPEATS, QUICK = (3, 1.0, 20.0), (2, 0.2, 3.0)


def positive(word: str) -> int:
    number = int(word)
    if number < 1:
        raise ValueError
    return number


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="How long pykmeans takes beside its peers.")
    parser.add_argument("--quick", action="store_true", help="a few minutes: fewer cases and repeats, own types only")
    parser.add_argument("--only", nargs="+", metavar="CASE", help="cases whose names begin so (default: all)")
    parser.add_argument("--peers", nargs="+", metavar="PEER", help=f"among {', '.join(peers.NAMES)}, or PEER:WAY")
    parser.add_argument("--ways", action="store_true", help="every algorithm of pykmeans too, forced by name")
    parser.add_argument(
        "--isa", choices=isa.FLAGS, default="", help="force an instruction set on pykmeans and its peers"
    )
    parser.add_argument("--threads", nargs="+", type=positive, help="numbers of threads (default: 1 2; quick: 2)")
    parser.add_argument("--types", nargs="+", choices=["uint8", "float32", "float64"], help="only these types of data")
    parser.add_argument(
        "--repeats", type=positive, help="runs of which the least time counts (default: as time permits)"
    )
    parser.add_argument("--timeout", type=float, default=900.0, help="seconds for one peer on one case (default: 900)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was measured")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw the ratios; needs matplotlib")
    parser.add_argument("--list", action="store_true", help="list cases and peers, and what of them is installed")
    return parser.parse_args()


def asked_peers(words: list[str] | None, ways: bool) -> list[str]:
    """pykmeans first: the others are judged by it."""
    names = list(dict.fromkeys([measure.OURS, *(words or peers.NAMES)]))
    for name in names:
        peer = name.partition(":")[0]
        if peer not in peers.NAMES or (":" in name and name not in peers.ways(peer)):
            known = [*peers.NAMES, *(way for peer in peers.NAMES for way in peers.ways(peer))]
            raise SystemExit(f"--peers {name}: there are {', '.join(known)}.")
    return list(dict.fromkeys([*names, *(peers.ways(measure.OURS) if ways else [])]))


def versions(names: list[str]) -> dict[str, str]:
    found = {}
    for name in dict.fromkeys(name.partition(":")[0] for name in names):
        try:
            found[peers.title(name)] = peers.adapter(name).version()
        except ImportError as error:
            found[peers.title(name)] = f"not installed ({error})"
    return found


def show_list() -> None:
    for case in cases.CASES:
        print(f"{case.name:22} k={case.k}, {case.iterations or 'no'} iterations{', quick' if case.quick else ''}")
    for peer, version in versions(peers.NAMES).items():
        print(f"{peer:22} {version}")


def machine(names: list[str], forced: str) -> dict[str, Any]:
    import pykmeans

    try:
        info = pykmeans.info()
    except ValueError as error:
        raise SystemExit(f"--isa {forced}: {error}" if forced else str(error)) from None
    return {
        "cpu": limits.cpu_name(),
        "instruction_set": info["instruction_set"],
        **({"forced": forced} if forced else {}),
        "threads": info["threads"],
        "numpy": np.__version__,
        **versions(names),
    }


def write(path: Path | None, facts: dict[str, Any], runs: list[dict[str, Any]]) -> None:
    if path:
        path.write_text(json.dumps({**facts, "runs": runs}, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    asked = arguments()
    if asked.list:
        return show_list()
    if asked.isa:
        isa.force(asked.isa)
    if asked.plot:
        from . import plot  # now, not after the measurements: it says what it lacks
    repeats = (asked.repeats, 0.0, 1e9) if asked.repeats else QUICK if asked.quick else REPEATS
    plan = measure.Plan(
        peers=asked_peers(asked.peers, asked.ways),
        threads=asked.threads or ([2] if asked.quick else [1, 2]),
        types=asked.types or ([] if asked.quick else ["uint8", "float32", "float64"]),
        repeats=repeats,
        timeout=asked.timeout,
    )
    chosen = cases.chosen(asked.only, asked.quick)
    runs: list[dict[str, Any]] = []
    remarks: list[str] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        about = machine(plan.peers, asked.isa)
        peaks, words = limits.measured(plan.threads, folder, asked.isa)
        facts = {"machine": about, "limits": peaks, "tolerance": verify.TOLERANCE}
        print(", ".join(f"{key} {value}" for key, value in about.items()), words, sep="\n\n", flush=True)
        for case in chosen:
            try:
                own = case.points()
            except ImportError as error:
                remarks.append(f"- {case.name}: skipped ({error})")
                continue
            for group in measure.runs(case, own, plan, folder):
                runs += group
                write(asked.json, facts, runs)  # as it goes: a long run may be interrupted
    sections = {
        "Beside the peers": report.against_peers(runs, peaks),
        "Ways to assign": report.of_ways(runs),
        "Threads and types": report.scaling(runs),
        "Instruction sets": report.instruction_sets(runs, about["instruction_set"]),
        "Remarks": "\n".join([*remarks, *report.remarks(runs)]),
    }
    for title, text in sections.items():
        if text:
            print(f"\n## {title}\n\n{text}")
    if asked.plot:
        plot.draw(runs, asked.plot)


if __name__ == "__main__":
    main()
