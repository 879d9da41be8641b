"""Numbers that are too large to compute with, in the words of the command line."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from ._columns import Selection
from ._messages import Refusal

_LARGEST = "the largest possible number, 1.8e308"
_ADVICE = "Use a larger unit for it, or leave it out with --exclude."


@contextmanager
def refusing_what_is_too_large(selection: Selection, advice: str = _ADVICE) -> Iterator[None]:
    """Refuse numbers or weights whose squares have no sum, where that is what ends a computation."""
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            yield
    except ValueError:
        name, largest = max(
            ((name, float(np.abs(values).max())) for name, values in selection.numbers.items()),
            key=lambda pair: pair[1],
            default=("", 0.0),
        )
        weight = 1.0 if selection.weight is None else float(selection.weight.max())
        if math.isfinite(largest * largest * weight * selection.n_rows * 4):
            raise
        if weight > largest:
            raise Refusal(
                f"--weight: weights reach {weight:.3g}, so sums exceed {_LARGEST}.\n"
                "Divide all weights by the same number."
            ) from None
        raise Refusal(
            f"The column {name!r} of {selection.table.name} holds {largest:.3g}, whose square exceeds {_LARGEST}.\n"
            + advice
        ) from None
