"""Counts and their nouns, in every message and title."""


def counted(count: float, singular: str, plural: str = "") -> str:
    """Return a number and its noun: "1 row", "2,000 rows"."""
    return f"{count:,.10g} {singular if count == 1 else plural or singular + 's'}"
