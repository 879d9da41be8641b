"""What a command says beside its result; all of it goes to stderr."""

import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from .._errors import ScaleWarning

_MOST_LISTED = 8


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


@contextmanager
def library_warnings_in_plain_words() -> Iterator[None]:
    """Show what the library warns of as ``warn`` does, once each."""
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.simplefilter("ignore", ScaleWarning)  # it advises what --scale does
        warnings.showwarning = lambda message, *_: warn(str(message))
        yield
