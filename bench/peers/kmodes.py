"""kmodes moves a center with every row that changes its cluster, within the pass: its path is not Lloyd's. It stops as
soon as a pass gains nothing."""

from importlib.metadata import version as installed_version

import numpy as np

from .. import data
from . import Outcome, Task

TITLE = "kmodes"
EXACT = True


def version() -> str:
    import kmodes.kprototypes  # noqa: F401

    return installed_version("kmodes")


def METRICS(way: str) -> list[str]:
    return ["hamming", "mixed"]


def takes(dtype: np.dtype) -> np.dtype:
    return dtype


def fit(task: Task) -> Outcome:
    from kmodes.kmodes import KModes
    from kmodes.kprototypes import KPrototypes

    p = data.n_numbers(task.metric, task.X.shape[1])
    common = {"n_init": 1, "max_iter": task.iterations - 1}  # beside the pass that it begins with
    if p:
        model = KPrototypes(task.k, init=[task.start[:, :p], task.start[:, p:]], gamma=data.GAMMA, **common)
        model.fit(task.X, categorical=list(range(p, task.X.shape[1])))
    else:
        model = KModes(task.k, init=task.start, **common).fit(task.X)
    return Outcome(model.cluster_centroids_, model.labels_, model.n_iter_ + 1)
