"""FasterKModes takes bytes only, measures every row twice in an iteration, and compiles its C for this CPU when it is
first used. (Its FasterKPrototypes adds distances that are not squared: another objective than that of k-prototypes.)"""

from importlib.metadata import version as installed_version

import numpy as np

import pykmeans

from . import Outcome, Task

TITLE = "FasterKModes"
EXACT = True


def version() -> str:
    import FasterKModes  # noqa: F401

    return installed_version("FasterKModes")


def instruction_set() -> str:
    """The best that this CPU has: its compiler is given -march=native."""
    return pykmeans.info()["instruction_sets"][0]


def METRICS(way: str) -> list[str]:
    return ["hamming"]


def takes(dtype: np.dtype) -> type:
    return np.uint8


def fit(task: Task) -> Outcome:
    from FasterKModes import FasterKModes

    parameters = {"n_init": 1, "n_jobs": task.threads, "print_log": False, "use_simd": True}
    model = FasterKModes(n_clusters=task.k, init="random", max_iter=task.iterations, **parameters)
    model.fit(task.X, init_C=task.start.astype(np.uint8))
    return Outcome(model.C, model.predict(task.X), task.iterations)
