"""Starts the workers, lets them take turns, and reads what they measured."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from threading import Timer
from time import perf_counter, sleep
from typing import Any

ROOT = Path(__file__).parents[1]
POOLS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
PAUSE = 0.05  # seconds between turns: threads that wait for more work spin up to 20 ms before they sleep
Job = dict[str, Any]
Result = dict[str, Any]


def in_turns(jobs: list[Job], timeout: float) -> Iterator[tuple[Job, Result]]:
    """Run each job in its own process. They take turns, so that a busy minute slows all of them.

    Yield each result as it comes. Whatever happens to a process, its result has a status. None may take more than
    `timeout` seconds in all.
    """
    waiting = [Worker(job, timeout) for job in jobs]
    try:
        while waiting:
            for worker in tuple(waiting):
                sleep(PAUSE)
                worker.turn()
                if worker.result is not None:
                    waiting.remove(worker)
                    worker.end()
                    yield worker.job, worker.result
    finally:
        for worker in waiting:
            worker.end()


class Worker:
    """A process that does a job of `worker.py`, and sleeps while it is another's turn."""

    def __init__(self, job: Job, timeout: float) -> None:
        self.job, self.result = job, None
        self._timeout = self._left = timeout
        self._line = json.dumps(job)
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115 (closed by end)
        environment = {**os.environ, **dict.fromkeys(POOLS, str(job["threads"]))}
        environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "bench.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environment,
            text=True,
        )

    def turn(self) -> None:
        """Let it take its next turn, and wait for the end of it. After the last turn there is a result."""
        late = Timer(self._left, self._process.kill)
        begin = perf_counter()
        late.start()
        answer = self._asked()
        late.cancel()
        self._left -= perf_counter() - begin
        if not answer:
            self.result = {"status": "failed", "reason": self._failure()}
        elif answer["status"] != "waiting":
            self.result = answer

    def _asked(self) -> Result:
        """Its answer to the next line; empty if it has died, be it in the middle of a line."""
        try:
            print(self._line, file=self._process.stdin, flush=True)
        except OSError:
            return {}
        self._line = ""
        answer = self._process.stdout.readline()
        return json.loads(answer) if answer.endswith("\n") else {}

    def _failure(self) -> str:
        status = self._process.wait()
        if self._left <= 0.0:
            return f"not done after {self._timeout:g} s"
        self._errors.seek(0)
        last = (self._errors.read().strip().splitlines() or ["no message"])[-1]
        return f"ended with status {status}: {last}"

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()
        self._errors.close()
