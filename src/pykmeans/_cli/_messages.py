"""What a command says beside its result; all of it goes to stderr."""

import re
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from .._counts import counted as counted
from .._errors import ScaleWarning

_MOST_LISTED = 8
_MOST_LINES = 8


class Refusal(Exception):
    """What the user has to change; the command ends with status 2 and has written nothing."""


def say(kind: str, message: str) -> None:
    """Print a message to stderr, all lines after the first indented."""
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


def its_columns(names: list[str]) -> str:
    """Return the sentence that lists the columns of a table."""
    return f"Its only column is {names[0]!r}." if len(names) == 1 else f"Its columns are {listed(names)}."


def only(count: int, singular: str) -> str:
    """Return words like "there is only 1 row"."""
    return f"there {'is' if count == 1 else 'are'} only {counted(count, singular)}"


def shortened(lines: list[str]) -> str:
    """Join lines about columns, one each, and cut a long list short."""
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], f"and {len(lines) - _MOST_LINES + 1} more columns"]
    return "\n".join(f"  {line}" for line in lines)


def as_typed(names: Iterable[str], ending: str = "") -> str:
    """Return a list of names, each with an ending, as one types it after an option."""
    words = ",".join(_field(name + ending) for name in names)
    return words if re.fullmatch(r"[\w,.\-=]+", words) else "'" + words.replace("'", "'\\''") + "'"


def _field(text: str) -> str:
    is_plain = text and text == text.strip() and not re.search(r'[,"\n\r]', text)
    return text if is_plain else '"' + text.replace('"', '""') + '"'


@contextmanager
def library_warnings_in_plain_words() -> Iterator[None]:
    """Show what the library warns of as ``warn`` does, once each."""
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.simplefilter("ignore", ScaleWarning)  # it advises what --scale does
        warnings.showwarning = lambda message, *_: warn(str(message))
        yield
