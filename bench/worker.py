"""One peer on one case, in a process of its own. It reads a job from standard input, and then a line for each further
turn. Each turn ends with a line on standard output; the last one has what was measured."""

import json
import os
import sys
from collections.abc import Callable, Iterator
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


def turn(call: Callable[[], Any], seconds: float) -> list[float]:
    """The times of as many calls as fit into so many seconds, and of at least one."""
    times = []
    end = perf_counter() + seconds
    while not times or perf_counter() < end:
        times.append(timed(call)[0])
    return times


def answers(job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What to answer at the end of each turn: that it waits for the next one or, at last, what was measured."""
    from . import peers

    try:
        peers.adapter(job["peer"]).version()
    except ImportError as error:
        yield {"status": "not installed", "reason": str(error)}
        return
    try:
        yield from measured(job)
    except peers.Cannot as reason:
        yield {"status": "cannot", "reason": str(reason)}


def measured(job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The answers of a peer that is installed.

    The first call is timed too. It counts if it takes so long that late imports and first touches do not matter.
    """
    import numpy as np

    from . import isa, peers, verify

    peer = peers.adapter(job["peer"])
    work = getattr(peer, job["task"], None)
    if work is None:
        raise peers.Cannot(f"its adapter has no {job['task']}")
    if job["metric"] not in peers.metrics(job["peer"]):
        raise peers.Cannot(f"it has no {job['metric']}")

    X = np.load(job["X"])
    theirs = np.ascontiguousarray(X, dtype=peer.takes(X.dtype))
    del X  # many workers wait at once, so none keeps more than it needs
    start = np.load(job["start"]).astype(np.float64 if theirs.dtype == np.uint8 else theirs.dtype)
    way = job["peer"].partition(":")[2]
    task = peers.Task(theirs, job["k"], start, job["iterations"], job["threads"], way, job["metric"])

    first, (outcome, memory) = timed(lambda: extra_memory(lambda: work(task)))
    times = [first] if first > 1.0 else []
    turns, seconds, at_most = job["repeats"]
    for _ in range(len(times), turns):
        if sum(times) < at_most:
            yield {"status": "waiting"}
            times += turn(lambda: work(task), seconds / turns)

    X = np.load(job["X"])
    labels = verify.nearest(X, outcome.centers) if outcome.labels is None else outcome.labels
    yield {
        "status": "done",
        "version": peer.version(),
        "computed_in": theirs.dtype.name,
        "seconds": min(times),
        "runs": len(times),
        "inertia": verify.inertia(X, labels, outcome.centers, job["metric"]),
        "n_iter": int(outcome.n_iter),
        "memory": memory,
        "note": outcome.note,
        "ran": {**peers.instruction_set(job["peer"]), **isa.of_openblas()},
    }


def main() -> None:
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a peer prints is not an answer
    job = json.loads(sys.stdin.readline())
    bind(job["threads"])
    for answer in answers(job):
        print(json.dumps(answer), file=lines, flush=True)
        if not sys.stdin.readline():  # whoever asked is gone
            break


if __name__ == "__main__":
    main()
