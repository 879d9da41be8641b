"""All runs of a case: the same data and start for every peer, processes that take turns, one judge."""

import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from . import cases, data, peers, processes, verify

OURS = "pykmeans"


class Plan(NamedTuple):
    """What the command line asks for."""

    peers: list[str]
    threads: list[int]
    types: list[str]  # a case is measured in those of these that it has; empty: in its own type
    repeats: tuple[int, float, float]  # of __main__.py
    timeout: float


def runs(case: cases.Case, own: np.ndarray, plan: Plan, folder: Path) -> Iterator[list[dict[str, Any]]]:
    """The runs of each type and number of threads. `own`: the points of the case, in their own type."""
    wanted = plan.types or [own.dtype.name]
    for dtype in (name for name in cases.types(own) if name in wanted):
        X = own.astype(dtype, copy=False)
        np.save(folder / "X.npy", X)
        np.save(folder / "start.npy", data.start(own, case.k, case.seed, case.metric))
        for threads in plan.threads:
            job = {
                "X": str(folder / "X.npy"),
                "start": str(folder / "start.npy"),
                "task": case.task,
                "metric": case.metric,
                "k": case.k,
                "iterations": case.iterations,
                "threads": threads,
                "repeats": plan.repeats,
            }
            facts = {
                **{"case": case.name, "dtype": dtype, "threads": threads, "task": case.task, "target": case.target},
                **{"metric": case.metric, "n": X.shape[0], "d": X.shape[1], "k": case.k, "bytes": X.nbytes},
            }
            yield judged(of_all(plan, job, facts), case, X)


def of_all(plan: Plan, job: dict[str, Any], facts: dict[str, Any]) -> list[dict[str, Any]]:
    """The run of each peer."""
    found = {}
    for done, result in processes.in_turns([{**job, "peer": name} for name in plan.peers], plan.timeout):
        name = done["peer"]
        time = f"{result['seconds']:.3g} s" if result["status"] == "done" else result["status"]
        what = f"{facts['case']} {facts['dtype']}, {facts['threads']} threads, {name}"
        print(f"{what}: {time}", file=sys.stderr, flush=True)
        found[name] = {**facts, "peer": name, "exact": peers.adapter(name).EXACT, **result}
    return [found[name] for name in plan.peers]


def judged(group: list[dict[str, Any]], case: cases.Case, X: np.ndarray) -> list[dict[str, Any]]:
    """The runs with what is wrong with each ("fault"), and with the work that a plain program would have had."""
    done = [run for run in group if run["status"] == "done"]
    ours = next((run["inertia"] for run in done if run["peer"] == OURS), math.nan)
    for run in done:
        if math.isnan(ours):
            run["fault"] = "not verified: pykmeans did not run"
        else:
            mine = run["peer"].startswith(f"{OURS}:")
            run["fault"] = verify.verdict(case.task, run["inertia"], ours, same_bits=mine)
        run["multiply_adds"] = cases.multiply_adds(case, *X.shape, run["n_iter"])
        run["bytes_read"] = float(X.nbytes * cases.passes(case, run["n_iter"]))
    judge_ours(done, case.task)
    return group


def judge_ours(done: list[dict[str, Any]], task: str) -> None:
    """We are disqualified as the others are: where exact peers are better, and none of them ends where we do.

    One that does is enough, since empty clusters may be filled in several ways: scikit-learn fills them as we do, and
    faiss does not.
    """
    exact = [run["inertia"] for run in done if run["exact"] and run["peer"].partition(":")[0] != OURS]
    for run in done:
        if run["peer"] == OURS and not run["fault"]:
            agree = any(abs(run["inertia"] / other - 1.0) <= verify.TOLERANCE[task] for other in exact if other)
            worse = any(verify.verdict(task, run["inertia"], other) for other in exact)
            if worse and not agree:
                run["fault"] = f"inertia {run['inertia']:.6g}: exact peers have {min(exact):.6g}"
