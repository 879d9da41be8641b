"""What a command says beside its result; all of it goes to stderr."""

import re
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

_MOST_LISTED = 8
_MOST_LINES = 8


class Refusal(Exception):
    """What the user has to change; the command ends with status 2 and has written nothing."""


def say(kind: str, message: str) -> None:
    """Print a message to stderr, its further lines set in."""
    sys.stdout.flush()
    print(f"{kind}: " + message.replace("\n", "\n  "), file=sys.stderr, flush=True)


def warn(message: str) -> None:
    """Print a warning; the command goes on."""
    say("Warning", message)


def listed(values: Iterable[Any]) -> str:
    """Return the values as one reads them aloud: 'a', 'b' and 'c'."""
    words = [repr(value) for value in values]
    if len(words) > _MOST_LISTED:
        words = [*words[:_MOST_LISTED], f"{len(words) - _MOST_LISTED} more"]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def counted(count: float, singular: str, plural: str = "") -> str:
    """Return a number and its noun: "1 row", "2,000 rows"."""
    return f"{count:,.10g} {singular if count == 1 else plural or singular + 's'}"


def shortened(lines: list[str]) -> str:
    """Return what is to be said of each of some columns, a line each, of the first ones."""
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], f"and {len(lines) - _MOST_LINES + 1} columns more"]
    return "\n".join(f"  {line}" for line in lines)


def as_typed(names: Iterable[str], ending: str = "") -> str:
    """Return a list of names, each with an ending, as one types it after an option."""
    fields = [f'"{name}{ending}"' if "," in name or '"' in name else name + ending for name in names]
    words = ",".join(fields)
    return words if re.fullmatch(r"[\w,.\-=]+", words) else "'" + words.replace("'", "'\\''") + "'"


@contextmanager
def library_warnings_in_plain_words() -> Iterator[None]:
    """Show what the library warns of as ``warn`` does, once each."""
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.showwarning = lambda message, *_: warn(str(message))
        yield
