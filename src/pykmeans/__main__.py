"""The command line: ``pykmeans ...`` or ``python -m pykmeans ...``.

``demo`` and ``info`` work with NumPy alone; the other commands are in ``_cli`` and need the extra [cli].
"""

import argparse
import sys
from collections.abc import Sequence

_OWN = {
    "demo": "cluster Fisher's irises, describe the result and draw it",
    "info": "print the version, the instruction set and the number of threads",
}
_OF_TABLES = {
    "cluster": "cluster the rows of a table and describe the clusters",
    "predict": "assign the rows of a table to the clusters of a saved model",
    "elbow": "find out how many clusters a table has",
    "segment": "paint an image in few colors",
}
_INTERRUPTED = 130  # by Ctrl-C, as shells say it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status.

    Parameters
    ----------
    arguments : sequence of str, default=None
        The words after the name of the program; None for those of this process.

    Returns
    -------
    status : int
        0 if all is well, 2 where the user has to change something, 130 after Ctrl-C; a wrong command ends the process
        with status 2, as argparse does.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = _run_of_tables(words) if words and words[0] in _OF_TABLES else _run_own(words)
    except KeyboardInterrupt:
        status = _INTERRUPTED
    if status == _INTERRUPTED:
        print("Interrupted: no file is half written.", file=sys.stderr)
    return status


def _run_own(words: list[str]) -> int:
    """Run a command that needs NumPy alone, or say which commands there are."""
    from ._core import __version__

    parser = argparse.ArgumentParser(
        prog="pykmeans",
        description="Exact, reproducible k-means clustering.",
        epilog="For the options of a command: pykmeans COMMAND --help. To see an example: pykmeans demo",
    )
    parser.add_argument("--version", action="version", version=f"pykmeans {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="command")
    for name, words_of_help in {**_OF_TABLES, **_OWN}.items():
        command = commands.add_parser(name, help=words_of_help)
        if name == "demo":
            command.add_argument("--out", metavar="FOLDER", default="pykmeans-demo", help="where the pictures go")
            command.add_argument("--force", action="store_true", help="replace existing pictures")
    chosen = parser.parse_args(words)
    if chosen.command is None:
        parser.print_help(sys.stderr)
        return 2
    if chosen.command == "info":
        _print_info()
        return 0
    from ._demo import run

    return run(chosen.out, chosen.force)


def _run_of_tables(words: list[str]) -> int:
    """Run a command that needs the extra [cli]."""
    from ._optional import optional

    try:
        for library in ("polars", "rich", "typer"):
            optional(library, "cli", f"pykmeans {words[0]}")
    except ImportError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    from ._cli._app import run

    return run(words)


def _print_info() -> None:
    from ._functions import info

    facts = info()
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        text = ", ".join(value) if isinstance(value, list) else value
        print(f"{name.replace('_', ' '):{width}}  {text}")


if __name__ == "__main__":
    sys.exit(main())
