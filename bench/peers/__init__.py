"""One small adapter for each peer. An adapter has

- TITLE, and EXACT: whether it promises the nearest center and starts where it is told;
- version(): raises ImportError where the peer is not installed;
- takes(dtype): the type that it computes in for data of that type, so that it is handed that type;
- fit(task) and, if it can, seed(task) and whole(task), which return an Outcome or raise Cannot;
- optionally WAYS: named variants, asked for as "peer:way";
- optionally instruction_set(): the one that it runs, if it chooses one and can tell;
- METRICS(way), the metrics that it has, where these are not only "euclidean".
"""

import importlib
import pkgutil
from types import ModuleType
from typing import NamedTuple

import numpy as np


class Task(NamedTuple):
    """What a peer has to do."""

    X: np.ndarray  # in the type that it takes, C-contiguous
    k: int
    start: np.ndarray  # (k, d) in the same type; not for seed and whole
    iterations: int
    threads: int
    way: str  # "" for what the peer does by itself
    metric: str = "euclidean"


class Outcome(NamedTuple):
    """What it did."""

    centers: np.ndarray
    labels: np.ndarray | None = None  # None for seeds
    n_iter: int = 0
    note: str = ""


class Cannot(Exception):
    """Raised by fit, seed or whole where the peer cannot do the task; the message says why."""


NAMES = [module.name for module in pkgutil.iter_modules(__path__)]


def adapter(name: str) -> ModuleType:
    """The adapter of "peer" or "peer:way"."""
    return importlib.import_module(f".{name.partition(':')[0]}", __name__)


def ways(name: str) -> list[str]:
    return [f"{name}:{way}" for way in getattr(adapter(name), "WAYS", lambda: [])()]


def metrics(name: str) -> list[str]:
    return getattr(adapter(name), "METRICS", lambda way: ["euclidean"])(name.partition(":")[2])


def instruction_set(name: str) -> dict[str, str]:
    """What the peer says that it runs; empty where it, or this version of it, cannot tell."""
    try:
        return {"itself": adapter(name).instruction_set()}
    except (AttributeError, ImportError):
        return {}


def title(name: str) -> str:
    peer, _, way = name.partition(":")
    return adapter(peer).TITLE + (f" {way}" if way else "")


def floating(dtype: np.dtype) -> type:
    """For those who compute in the type of X, and in float32 what it can hold: they are handed bytes as float32."""
    return np.float64 if dtype == np.float64 else np.float32
