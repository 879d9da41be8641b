"""A picture of the ratios."""

from pathlib import Path
from typing import Any

from . import report

try:
    import matplotlib
except ImportError:
    raise SystemExit("--plot needs matplotlib: pip install pykmeans[bench]") from None
matplotlib.use("Agg")
from matplotlib import pyplot


def draw(runs: list[dict[str, Any]], path: Path) -> None:
    """How many times faster than each peer pykmeans is, a dot for each peer and case; on the most threads measured."""
    most = max(run["threads"] for run in runs)
    rows = [group for group in report.groups(runs) if report.good(group.get(report.OURS))]
    rows = [group for group in rows if group[report.OURS]["threads"] == most][::-1]
    others = [run for group in rows for run in group.values() if run["peer"].partition(":")[0] != report.OURS]
    names = dict.fromkeys(run["peer"] for run in others if run["status"] == "done")

    figure, axes = pyplot.subplots(figsize=(9, 1.2 + 0.3 * len(rows)), layout="constrained")
    for name in names:
        places = [i for i, group in enumerate(rows) if group.get(name, {}).get("status") == "done"]
        ratios = [rows[i][name]["seconds"] / rows[i][report.OURS]["seconds"] for i in places]
        counts = [report.good(rows[i][name]) and rows[i][name]["exact"] for i in places]
        (line,) = axes.plot([], [], "o", label=report.peers.title(name))
        faces = [line.get_color() if count else "none" for count in counts]
        axes.scatter(ratios, places, edgecolors=line.get_color(), facecolors=faces, zorder=3)
    targets = [(group[report.OURS]["target"], i) for i, group in enumerate(rows) if group[report.OURS]["target"]]
    axes.plot([target for target, _ in targets], [i for _, i in targets], "|", color="black", ms=12, label="target")
    axes.axvline(1.0, color="black", lw=0.8)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_yticks(range(len(rows)), [f"{g[report.OURS]['case']} {g[report.OURS]['dtype']}" for g in rows])
    axes.set_xlabel(f"their time / time of pykmeans, {most} threads; hollow: not an exact result")
    axes.grid(axis="x", alpha=0.3)
    if rows:
        axes.legend()
    figure.savefig(path, dpi=120)
