"""The least inertia that was ever found, in best.json: by data, with the inertia of one cluster, which tells whether
these are the same data as then."""

import json
import math
from pathlib import Path
from typing import Any

from .cases import Case

FILE = Path(__file__).with_name("best.json")


def _read() -> dict[str, Any]:
    return json.loads(FILE.read_text(encoding="utf-8"))


def best(case: Case, whole: float) -> float:
    """Infinity, where nothing is known of these data."""
    of_data = _read().get(case.data, {"1": math.inf})
    return of_data.get(str(case.k), math.inf) if math.isclose(of_data["1"], whole, rel_tol=1e-9) else math.inf


def keep(case: Case, whole: float, inertia: float) -> None:
    every = _read()
    same = math.isclose(every.get(case.data, {"1": math.inf})["1"], whole, rel_tol=1e-9)
    of_data = {**(every.get(case.data, {}) if same else {}), "1": whole, str(case.k): inertia}
    every[case.data] = dict(sorted(of_data.items(), key=lambda item: int(item[0])))
    FILE.write_text(json.dumps(dict(sorted(every.items())), indent=1) + "\n", encoding="utf-8")
