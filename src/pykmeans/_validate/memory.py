"""Amounts of memory: bytes, or text such as "2 GB"."""

import re
from typing import Any

_AMOUNT = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*([kmgt]?)(i?)b\s*", re.IGNORECASE)
_LARGEST = 2**63 - 1


def number_of_bytes(value: Any) -> int | None:
    """Return what ``value`` stands for, at least 1; None where it is no amount of memory.

    GB are 1000^3 bytes and GiB 1024^3, as the IEC has it.
    """
    if isinstance(value, str):
        found = _AMOUNT.fullmatch(value)
        if found is None:
            return None
        number, prefix, binary = found.groups()
        unit = (1024 if binary else 1000) ** " kmgt".index(prefix.lower() or " ")
        amount = int(min(float(number) * unit, _LARGEST))  # of so many digits a float may be infinite
    else:
        amount = int(value)
    return min(amount, _LARGEST) if amount >= 1 else None
