import re

import numpy as np

import pykmeans
from pykmeans import _core

from .. import data
from . import Outcome, Task

TITLE = "pykmeans"
EXACT = True


def version() -> str:
    return pykmeans.__version__


def instruction_set() -> str:
    return pykmeans.info()["instruction_set"]


def takes(dtype: np.dtype) -> np.dtype:
    return dtype


def WAYS() -> list[str]:
    """Every value that `algorithm` may have, from the message that refuses another one."""
    try:
        pykmeans.KMeans(1, algorithm="?").fit([[0.0]])
    except ValueError as error:
        rule = str(error).partition("{")[2].partition("}")[0]
        return [way for way in re.findall(r"'(\w+)'", rule) if way != "auto"]
    raise AssertionError("pykmeans took an algorithm that there is not")


def METRICS(way: str) -> list[str]:
    return [metric for metric, traits in _core.METRICS.items() if (way or "auto") in traits["algorithms"]]


def _model(task: Task, **parameters) -> pykmeans.KMeans:
    common = {"n_init": 1, "max_iter": task.iterations, "n_threads": task.threads, **parameters}
    if task.metric == "mixed":
        categorical = list(range(data.NUMBERS, task.X.shape[1]))
        return pykmeans.KPrototypes(task.k, categorical=categorical, gamma=data.GAMMA, **common)
    return pykmeans.KMeans(task.k, algorithm=task.way or "auto", metric=task.metric, **common)


def _outcome(model: pykmeans.KMeans) -> Outcome:
    return Outcome(model.cluster_centers_, model.labels_, model.n_iter_, str(getattr(model, "algorithm_", "")))


def fit(task: Task) -> Outcome:
    return _outcome(_model(task, init=task.start, tol=0.0).fit(task.X))


def seed(task: Task) -> Outcome:
    return Outcome(pykmeans.kmeans_plusplus(task.X, task.k, random_state=0, n_threads=task.threads)[0])


def whole(task: Task) -> Outcome:
    return _outcome(_model(task, random_state=0).fit(task.X))
