"""One peer on one case, in a process of its own: reads a job from standard input, writes what it measured to a file."""

import json
import os
import sys
from pathlib import Path
from time import perf_counter
from typing import Any


def bind(threads: int) -> None:
    """Grant this process as many processors as threads, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])


def status(field: str) -> int | None:
    """A field of Linux's record of this process, in bytes."""
    record = Path("/proc/self/status")
    if not record.exists():
        return None
    (line,) = (line for line in record.read_text(encoding="utf-8").splitlines() if line.startswith(field))
    return int(line.split()[1]) * 1024


def extra_memory(call: Any) -> tuple[Any, int | None]:
    """What a call returns, and by how much the resident memory rose meanwhile, at its highest, above what it was."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")  # the highest so far is what there is now
    except OSError:
        return call(), None
    before = status("VmRSS")
    result = call()
    peak = status("VmHWM")
    return result, None if before is None or peak is None else max(0, peak - before)


def timed(call: Any) -> tuple[float, Any]:
    begin = perf_counter()
    result = call()
    return perf_counter() - begin, result


def least_seconds(call: Any, first: float, at_least: int, seconds: float, at_most: float) -> tuple[float, int]:
    """The least time of several calls, and of how many: `at_least`, more within `seconds`, none after `at_most`.

    The first call was timed before. It counts where what it imported late, or touched first, is nothing beside it.
    """
    times = [first] if first > 1.0 else []
    while not times or ((len(times) < at_least or sum(times) < seconds) and sum(times) < at_most):
        times.append(timed(call)[0])
    return min(times), len(times)


def measure(job: dict[str, Any]) -> dict[str, Any]:
    import numpy as np

    from . import peers, verify

    peer = peers.adapter(job["peer"])
    try:
        version = peer.version()
    except ImportError as error:
        return {"status": "not installed", "reason": str(error)}
    work = getattr(peer, job["task"], None)
    if work is None:
        return {"status": "cannot", "reason": f"its adapter has no {job['task']}"}
    if job["metric"] not in peers.metrics(job["peer"]):
        return {"status": "cannot", "reason": f"it has no {job['metric']}"}

    X = np.load(job["X"])
    theirs = np.ascontiguousarray(X, dtype=peer.takes(X.dtype))
    start = np.load(job["start"]).astype(np.float64 if theirs.dtype == np.uint8 else theirs.dtype)
    way = job["peer"].partition(":")[2]
    task = peers.Task(theirs, job["k"], start, job["iterations"], job["threads"], way, job["metric"])

    first, (outcome, memory) = timed(lambda: extra_memory(lambda: work(task)))
    seconds, runs = least_seconds(lambda: work(task), first, *job["repeats"])
    labels = verify.nearest(X, outcome.centers) if outcome.labels is None else outcome.labels
    return {
        "status": "done",
        "version": version,
        "dtype": theirs.dtype.name,
        "seconds": seconds,
        "runs": runs,
        "inertia": verify.inertia(X, labels, outcome.centers, job["metric"]),
        "n_iter": int(outcome.n_iter),
        "memory": memory,
        "note": outcome.note,
    }


def main() -> None:
    job = json.load(sys.stdin)
    bind(job["threads"])
    result = measure(job)
    Path(job["result"]).write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main()
