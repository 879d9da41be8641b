"""What a fit does to the process around it: threads, forks, signals. Each returns what happened, in words."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import numpy as np

from .libraries import Library

GOOD = ("right", "same bits", "works", "KeyboardInterrupt after", "others run", "no crash")


def cloud(n: int, d: int, k: int, dtype: type = np.float32) -> tuple[np.ndarray, np.ndarray]:
    """Rows without clusters, of which many lie between two centers."""
    X = np.random.default_rng(0).standard_normal((n, d)).astype(dtype)
    return X, X[:k].copy()


def belong(X: np.ndarray, labels: np.ndarray, centers: np.ndarray) -> str:
    """Whether each row's center is the nearest one."""
    D = ((X[:, None].astype(np.float64) - np.asarray(centers, dtype=np.float64)) ** 2).sum(axis=2)
    chosen = D[np.arange(len(X)), labels]
    wrong = int(np.sum(chosen > D.min(axis=1) * (1 + 1e-4)))
    return f"labels of other centers ({wrong} of {len(X)})" if wrong else "right"


def stopped_early(library: Library) -> str:
    X, start = cloud(2000, 4, 10)
    return belong(X, *library.fit(X, start, iterations=2))


def empty_cluster_filled(library: Library) -> str:
    X = np.array([[1.0], [5.0], [4.0], [1.0]])
    return belong(X, *library.fit(X, np.array([[0.0], [5.0], [-1.0]]), iterations=10))


def thread_counts(library: Library) -> str:
    X, start = cloud(30_000, 8, 100)
    X, start = np.round(X, 1), np.round(start, 1)  # as measured values are
    first = library.fit(X, start, threads=1)
    for threads in (2, 3):
        other = library.fit(X, start, threads=threads)
        if differ := int(np.sum(first.labels != other.labels)):
            return f"other labels with {threads} threads ({differ} of {len(X)})"
        if first.centers.tobytes() != other.centers.tobytes():
            return f"other last digits with {threads} threads"
    return "same bits"


def many_at_once(library: Library) -> str:
    X, start = cloud(20_000, 8, 50)
    results = [library.fit(X, start, iterations=20)]
    workers = [threading.Thread(target=lambda: results.append(library.fit(X, start, iterations=20))) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if len(results) != 9:
        return f"errors in {9 - len(results)} of 8 threads"
    if any(not np.array_equal(results[0].labels, other.labels) for other in results):
        return "other labels"
    return "same bits" if len({other.centers.tobytes() for other in results}) == 1 else "other last digits"


def after_fork(library: Library) -> str:
    X, start = cloud(60_000, 8, 50)
    before = library.fit(X, start, iterations=5)
    child = os.fork()
    if child == 0:
        ok = False
        try:
            ok = np.array_equal(library.fit(X, start, iterations=5).labels, before.labels)
        finally:
            os._exit(0 if ok else 1)
    end = time.monotonic() + 10
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            return {0: "works", 1: "error or other labels in the child"}.get(code, f"child ended with {code}")
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "hang in the child"


def interrupted(library: Library) -> str:
    X, start = cloud(1_000_000, 16, 1000)
    warm_up = X[:2000]
    library.fit(warm_up, warm_up[:5].copy(), iterations=2)
    # A process, as a thread of this one would wait for the GIL.
    send = f"import os, time; time.sleep(1.5); print(time.monotonic(), flush=True); os.kill({os.getpid()}, 2)"
    sender = subprocess.Popen([sys.executable, "-c", send], stdout=subprocess.PIPE, text=True)
    try:
        library.fit(X, start, iterations=4 if library.distribution == "scipy" else 30)
    except KeyboardInterrupt:
        ended = time.monotonic()
        sent = float(sender.communicate()[0])
        took = 1000 * (ended - sent)
        return f"KeyboardInterrupt after {took:.0f} ms" if took < 1000 else f"deaf to Ctrl-C for {took / 1000:.1f} s"
    except Exception as error:
        return f"another exception: {type(error).__name__}"
    return "the fit ended before"


def other_threads(library: Library) -> str:
    X, start = cloud(300_000, 16, 200)
    library.fit(X[:2000], start[:5].copy(), iterations=2)
    ticks = [time.monotonic()]
    done = threading.Event()

    def tick() -> None:
        while not done.wait(0.001):
            ticks.append(time.monotonic())

    watcher = threading.Thread(target=tick)
    watcher.start()
    library.fit(X, start, iterations=20)
    done.set()
    watcher.join()
    longest = float(np.diff([*ticks, time.monotonic()]).max())
    return "others run" if longest < 0.5 else f"the GIL is held for {longest:.1f} s"


def changed_meanwhile(library: Library) -> str:
    X, start = cloud(100_000, 8, 50)
    done = threading.Event()

    def change() -> None:
        rng = np.random.default_rng(1)
        while not done.is_set():
            X[rng.integers(0, len(X), 1000)] = rng.choice([np.nan, 1e38, -1e-40, 5.0], (1000, 1))

    writer = threading.Thread(target=change)
    writer.start()
    try:
        for _ in range(5):
            library.fit(X, start, iterations=10)
    except Exception as error:
        return f"no crash ({type(error).__name__})"
    finally:
        done.set()
        writer.join()
    return "no crash"


BEHAVIOURS: dict[str, Callable[[Library], str]] = {
    "labels after two iterations belong to the centers": stopped_early,
    "labels belong to the centers where an empty cluster was filled": empty_cluster_filled,
    "1, 2 and 3 threads": thread_counts,
    "eight fits at once": many_at_once,
    "X changed by another thread": changed_meanwhile,
    "other Python threads during a fit": other_threads,
    "Ctrl-C in a long fit": interrupted,
    "fork after a fit": after_fork,
}
