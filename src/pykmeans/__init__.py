"""Exact, reproducible k-means clustering with scikit-learn's names.

Names are resolved when first used, so that ``import pykmeans`` costs next to nothing and never imports scikit-learn.
"""

from importlib import import_module
from typing import Any

# Public name -> the module that defines it.
_HOMES = {
    "KMeans": "_kmeans",
    "KPrototypes": "_kprototypes",
    "Step": "_clusterer",
    "k_means": "_functions",
    "kmeans_plusplus": "_functions",
    "assign": "_functions",
    "silhouette_samples": "_silhouette",
    "silhouette_score": "_silhouette",
    "select_k": "_selection",
    "elbow": "_selection",
    "KSelection": "_k_selection",
    "info": "_functions",
    "get_include": "_cpp",
    "get_cmake_dir": "_cpp",
    "plot": "plot",
    "report": "_report",
    "segment_image": "_image",
    "palette_from": "_image",
    "Segmentation": "_segmentation",
    "ConvergenceWarning": "_errors",
    "InvalidParameterError": "_errors",
    "NotFittedError": "_errors",
    "__version__": "_core",
}

__all__ = [  # noqa: RUF022 (in the order in which one reads about them)
    "KMeans",
    "KPrototypes",
    "Step",
    "k_means",
    "kmeans_plusplus",
    "assign",
    "silhouette_samples",
    "silhouette_score",
    "select_k",
    "elbow",
    "KSelection",
    "info",
    "get_include",
    "get_cmake_dir",
    "plot",
    "report",
    "segment_image",
    "palette_from",
    "Segmentation",
    "ConvergenceWarning",
    "InvalidParameterError",
    "NotFittedError",
    "__version__",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'pykmeans' has no attribute {name!r}")
    home = import_module(f"pykmeans.{_HOMES[name]}")
    value = home if _HOMES[name] == name else getattr(home, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({name for name in globals() if name.startswith("__")} | set(_HOMES))
