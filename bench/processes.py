"""Starts the workers, one after the other, and reads what they measured."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
POOLS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


def run(job: dict[str, Any], folder: Path, timeout: float) -> dict[str, Any]:
    """Have a process do the job; whatever becomes of it, there is a status."""
    result = folder / "result.json"
    result.unlink(missing_ok=True)
    environment = {**os.environ, **dict.fromkeys(POOLS, str(job["threads"]))}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    try:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "bench.worker"],
            input=json.dumps({**job, "result": str(result)}),
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=timeout,
        )
    except subprocess.TimeoutExpired:
        return {"status": "failed", "reason": f"not done after {timeout:g} s"}
    if done.returncode != 0 or not result.exists():
        last = (done.stderr.strip().splitlines() or ["without a word"])[-1]
        return {"status": "failed", "reason": f"ended with status {done.returncode}: {last}"}
    return json.loads(result.read_text(encoding="utf-8"))
