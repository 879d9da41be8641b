"""The C++ core of pyclustering takes as median of every column the middle one of the members in the order of whole
rows: right in one dimension only. Its Python ("python") is right, and slow. Both average the two middle values. Labels
come from a pass before the last medians."""

from importlib.metadata import version as installed_version

import numpy as np

from . import Outcome, Task

TITLE = "pyclustering"
EXACT = False


def version() -> str:
    import pyclustering.cluster.kmedians  # noqa: F401

    return installed_version("pyclustering")


def WAYS() -> list[str]:
    return ["python"]


def METRICS(way: str) -> list[str]:
    return ["manhattan"]


def takes(dtype: np.dtype) -> type:
    return np.float64


def fit(task: Task) -> Outcome:
    from pyclustering.cluster.kmedians import kmedians
    from pyclustering.utils.metric import distance_metric, type_metric

    manhattan = distance_metric(type_metric.MANHATTAN)
    passes = task.iterations + 1  # the last one for the labels
    model = kmedians(task.X, task.start, 0.0, task.way != "python", metric=manhattan, itermax=passes).process()
    labels = np.full(len(task.X), -1)
    for label, members in enumerate(model.get_clusters()):
        labels[members] = label
    return Outcome(np.array(model.get_medians()), labels, task.iterations)
