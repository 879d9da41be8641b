"""The command line: ``pykmeans demo`` and ``pykmeans info``, or ``python -m pykmeans ...``."""

import argparse
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status.

    Parameters
    ----------
    arguments : sequence of str, default=None
        The words after the name of the program; None for those of this process.

    Returns
    -------
    status : int
        0; a wrong command ends the process with status 2, as argparse does.
    """
    parser = argparse.ArgumentParser(prog="pykmeans", description="Exact, reproducible k-means clustering.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    commands.add_parser("demo", help="cluster Fisher's irises and describe the result")
    commands.add_parser("info", help="print the version, the instruction set and the number of threads")
    command = parser.parse_args(arguments).command
    if command == "demo":
        from ._demo import run

        run()
    else:
        _print_info()
    return 0


def _print_info() -> None:
    from ._functions import info

    facts = info()
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        text = ", ".join(value) if isinstance(value, list) else value
        print(f"{name.replace('_', ' '):{width}}  {text}")


if __name__ == "__main__":
    sys.exit(main())
