"""oneDAL picks AVX-512 on Intel CPUs that have it and AVX2 elsewhere, and no environment variable changes that."""

import ctypes
from importlib.metadata import version as installed_version

from . import Outcome, Task, floating

TITLE = "scikit-learn-intelex"
EXACT = True
takes = floating


def version() -> str:
    import sklearnex.cluster  # noqa: F401

    return installed_version("scikit-learn-intelex")


def instruction_set() -> str:
    """What oneDAL's own detection finds; it has no Python interface. The numbers are those of its CpuType."""
    from onedal import _onedal_py_host

    found = ctypes.CDLL(_onedal_py_host.__file__)._Z22__daal_serv_cpu_detecti(0)
    return {0: "SSE2", 4: "AVX2", 6: "AVX512"}.get(found, f"type {found}")


def _fitted(task: Task, **parameters) -> Outcome:
    from sklearnex.cluster import KMeans

    model = KMeans(task.k, n_init=1, max_iter=task.iterations, algorithm="lloyd", **parameters).fit(task.X)
    return Outcome(model.cluster_centers_, model.labels_, model.n_iter_)


def fit(task: Task) -> Outcome:
    return _fitted(task, init=task.start, tol=0.0)


def whole(task: Task) -> Outcome:
    return _fitted(task, random_state=0)
