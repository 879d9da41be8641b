"""Tables of what was measured, in Markdown. A run is a dict that `measure.py` makes; JSON keeps the same.

``python -m bench.report FILE...`` makes one table of what `python -m bench --json FILE` wrote on several machines.
"""

import argparse
import json
from pathlib import Path
from statistics import geometric_mean
from typing import Any

from . import cases, isa, peers
from . import limits as machine

Run = dict[str, Any]
OURS = "pykmeans"
MISSING = "-"


def table(head: list[str], rows: list[list[str]]) -> str:
    ruler = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, ruler, *rows])


def groups(runs: list[Run]) -> list[dict[str, Run]]:
    """Runs of the same task on the same threads, by peer."""
    found: dict[tuple, dict[str, Run]] = {}
    for run in runs:
        found.setdefault((run["case"], run["dtype"], run["threads"]), {})[run["peer"]] = run
    return list(found.values())


def good(run: Run | None) -> bool:
    return run is not None and run["status"] == "done" and not run["fault"]


def best_exact_peer(group: dict[str, Run]) -> Run | None:
    """The fastest of the others whose result is right."""
    others = (run for name, run in group.items() if name.partition(":")[0] != OURS and run["exact"] and good(run))
    return min(others, key=lambda run: run["seconds"], default=None)


def times(group: dict[str, Run]) -> float | None:
    """How many times as fast as the best exact peer pykmeans is; None where either is missing."""
    ours, best = group.get(OURS), best_exact_peer(group)
    return best["seconds"] / ours["seconds"] if best and good(ours) else None


def seconds(run: Run | None) -> str:
    """A cell: seconds; in brackets where the result does not count; a dash where there is none."""
    if run is None or run["status"] in ("cannot", "not installed"):
        return MISSING
    if run["status"] != "done":
        return run["status"]
    text = f"{run['seconds']:.3g}"
    return text if good(run) and run["exact"] else f"({text})"


def percent(part: float, whole: float | None) -> str:
    return f"{100 * part / whole:.0f} %" if whole else MISSING


def against_peers(runs: list[Run], limits: dict[int, dict[str, float]]) -> str:
    """The main table."""
    names = list(dict.fromkeys(run["peer"] for run in runs if run["peer"].partition(":")[0] != OURS))
    names = [name for name in names if any(run["peer"] == name and run["status"] == "done" for run in runs)]
    head = ["case", "points", "k", "iterations", "threads", *(f"{peers.title(name)} (s)" for name in names)]
    head += ["pykmeans (s)", "times the best exact peer", "target"]
    head += ["of float32 limit", "of 8-bit limit", "of memory limit", "extra memory (MB)", "chosen"]
    rows = []
    for group in groups(runs):
        ours = group.get(OURS)
        if ours is None:
            continue
        ratio = times(group)
        peak = limits.get(ours["threads"], {})
        done = ours["status"] == "done"
        rate = ours["multiply_adds"] / ours["seconds"] if done else 0.0
        wide, narrow = machine.UNITS[ours["metric"]]
        rows.append(
            [
                f"{ours['case']} {ours['dtype']}",
                f"{ours['n']:,} x {ours['d']}",
                f"{ours['k']}",
                f"{ours['n_iter']}" if done and ours["n_iter"] else MISSING,
                f"{ours['threads']}",
                *(seconds(group.get(name)) for name in names),
                seconds(ours),
                f"{ratio:.1f}" if ratio else MISSING,
                f"{ours['target']:g}" if ours["target"] else MISSING,
                percent(rate, peak.get(wide)) if done else MISSING,
                percent(rate, peak.get(narrow)) if done else MISSING,
                percent(ours["bytes_read"] / ours["seconds"], peak.get("memory")) if done else MISSING,
                f"{ours['memory'] / 1e6:.1f}" if done and ours["memory"] is not None else MISSING,
                ours.get("note") or MISSING,
            ]
        )
    return table(head, rows)


def of_ways(runs: list[Run]) -> str:
    """Whether "auto" is near the best single way; "" where none was forced."""
    ways = list(dict.fromkeys(run["peer"] for run in runs if run["peer"].startswith(f"{OURS}:")))
    rows = []
    for group in groups(runs):
        forced = [group[way] for way in ways if good(group.get(way))]
        if OURS in group and forced and good(group[OURS]):
            ours, best = group[OURS], min(run["seconds"] for run in forced)
            cells = [seconds(group.get(way)) for way in ways]
            name = f"{ours['case']} {ours['dtype']}"
            rows.append([name, f"{ours['threads']}", *cells, seconds(ours), f"{ours['seconds'] / best:.2f}"])
    head = [
        "case",
        "threads",
        *(f"{way.partition(':')[2]} (s)" for way in ways),
        "auto (s)",
        "auto / best (at most 1.15)",
    ]
    return table(head, rows) if rows else ""


def scaling(runs: list[Run]) -> str:
    """What a second thread brings, and what the other type costs; "" where neither was measured."""
    ours = {(r["case"], r["dtype"], r["threads"]): r for r in runs if r["peer"] == OURS and good(r)}
    rows = []
    for (case, dtype, n), run in ours.items():
        one = ours.get((case, dtype, 1)) if n > 1 else None
        single = ours.get((case, "float32", n)) if dtype == "float64" else None
        if one or single:
            faster = f"{one['seconds'] / run['seconds']:.2f}" if one else MISSING
            slower = f"{run['seconds'] / single['seconds']:.2f}" if single else MISSING
            wanted = ("1.3" if run["d"] >= 64 else "2") if single else MISSING
            rows.append([f"{case} {dtype}", f"{n}", f"{run['seconds']:.3g}", faster, slower, wanted])
    head = ["case", "threads", "pykmeans (s)", "times one thread", "times our float32 time", "at most"]
    return table(head, rows) if rows else ""


def instruction_sets(runs: list[Run], ours: str) -> str:
    """What each peer says that it ran, and which of it has another width than what pykmeans ran."""
    found: dict[str, dict[str, str]] = {}
    for run in runs:
        found.setdefault(peers.title(run["peer"].partition(":")[0]), {}).update(run.get("ran", {}))
    known = isa.width(ours) in isa.VARIABLES
    lines = []
    for peer, ran in found.items():
        names = ", ".join(ran.values()).split(", ")  # a process may have several copies of OpenBLAS
        others = [name for name in names if known and isa.width(name) != isa.width(ours)]
        remark = f" ({', '.join(others)}, where pykmeans runs {ours})" if others else ""
        if ran:
            lines.append(f"- {peer}: " + ", ".join(f"{what} {name}" for what, name in ran.items()) + remark)
    return "\n".join(lines)


def remarks(runs: list[Run]) -> list[str]:
    """What is in brackets or missing, and why."""
    lines = []
    for run in runs:
        what = f"{run['case']} {run['dtype']}, {run['threads']} threads, {peers.title(run['peer'])}"
        if run["status"] == "failed":
            lines.append(f"- {what}: failed, {run['reason']}")
        elif run["status"] == "done" and run["fault"]:
            lines.append(f"- {what}: disqualified, {run['fault']}")
    absent = {peers.title(r["peer"]): r["reason"] for r in runs if r["status"] == "not installed"}
    lines += [f"- {name}: not installed ({reason})" for name, reason in absent.items()]
    loose = dict.fromkeys(peers.title(r["peer"]) for r in runs if r["status"] == "done" and not r["exact"])
    lines += [f"- {name}: in brackets, as it promises no exact result or takes no start" for name in loose]
    return lines


def by_case(runs: list[Run]) -> dict[str, dict[str, Run]]:
    """The runs of each case by peer, with the most threads and in the type that its data come in."""
    most = max((run["threads"] for run in runs), default=0)
    found: dict[str, dict[str, Run]] = {}
    for group in groups([run for run in runs if run["threads"] == most]):
        if OURS in group:
            found.setdefault(group[OURS]["case"], group)  # its own type is measured first
    return found


def summary(about: dict[str, Any], found: dict[str, dict[str, Run]]) -> str:
    """A machine, and how fast pykmeans is on it."""
    forced = " (forced)" if "forced" in about else ""
    threads = [f", {group[OURS]['threads']} threads" for group in found.values()]  # as many in each case
    head = f"{about['cpu']}, {about['instruction_set']}{forced}{''.join(threads[:1])}"
    ratios = [ratio for case, group in found.items() if case in cases.BY_NAME and (ratio := times(group))]
    if not ratios:
        return f"{head}: nothing to compare"
    span = f"{min(ratios):.1f} to {max(ratios):.1f} times as fast in {len(ratios)} Euclidean fits"
    return f"{head}: {span}, geometric mean {geometric_mean(ratios):.1f}"


def by_machine(files: list[dict[str, Any]]) -> str:
    """One table for several machines."""
    head, lines, rows = ["data", "points", "k"], [], {}
    for i, file in enumerate(files):
        letter, found = chr(ord("A") + i), by_case(file["runs"])
        lines.append(f"- {letter}: {summary(file['machine'], found)}")
        head += [f"{letter}: best exact peer (s)", f"{letter}: pykmeans (s)", f"{letter}: times"]
        for case, group in found.items():
            ours, best, ratio = group[OURS], best_exact_peer(group), times(group)
            facts = [f"{case} {ours['dtype']}", f"{ours['n']:,} x {ours['d']}", f"{ours['k']}"]
            row = rows.setdefault(case, facts + [MISSING] * (3 * len(files)))
            theirs = f"{seconds(best)} ({peers.title(best['peer'])})" if best else MISSING
            row[3 + 3 * i : 6 + 3 * i] = [theirs, seconds(ours), f"{ratio:.1f}" if ratio else MISSING]
    return "\n".join(lines) + "\n\n" + table(head, list(rows.values()))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.report", description="One table for several machines.")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="written by python -m bench --json")
    print(by_machine([json.loads(file.read_text(encoding="utf-8")) for file in parser.parse_args().files]))


if __name__ == "__main__":
    main()
