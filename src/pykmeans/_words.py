"""The words that arguments may be, for type checkers; a test compares them with those that are accepted."""

from collections.abc import Callable
from typing import Any, Literal, Protocol, TypeAlias

MetricWord: TypeAlias = Literal["euclidean", "manhattan", "cosine", "hamming"]
AlgorithmWord: TypeAlias = Literal["auto", "lloyd", "elkan", "tiles", "boxes"]
RefineWord: TypeAlias = Literal["moves", "splits", "swaps"]
StartWord: TypeAlias = Literal["k-means++", "random"]
CriterionWord: TypeAlias = Literal[
    "elbow", "silhouette", "simplified_silhouette", "calinski_harabasz", "davies_bouldin", "gap", "bic"
]


class SupportsArray(Protocol):
    """An array, or what can become one: a data frame, for example."""

    def __array__(self) -> Any: ...


# NumPy's ArrayLike would take every word.
Start: TypeAlias = StartWord | list[Any] | tuple[Any, ...] | SupportsArray | Callable[..., Any]
AutoNumber: TypeAlias = Literal["auto"] | int
