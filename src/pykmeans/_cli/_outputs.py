"""Files that a command writes: none is lost, none is half written."""

import gzip
import os
import sys
from pathlib import Path

from .._model_file import replace
from ._messages import Refusal


def check(paths: dict[str, str | None], force: bool) -> None:
    """Refuse outputs that cannot or must not be written, before any work.

    Parameters
    ----------
    paths : dict
        The path of each option, None where it is not given, "-" for standard output.
    force : bool
        Whether files that are there may be replaced.
    """
    streams = [option for option, path in paths.items() if path == "-"]
    if len(streams) > 1:
        raise Refusal(f"{streams[0]} and {streams[1]} both write to standard output: give one of them a file.")
    given = {option: path for option, path in paths.items() if path is not None and path != "-"}
    owners: dict[str, str] = {}
    for option, path in given.items():
        if os.path.isdir(path):
            raise Refusal(f"{option} {path}: this is a folder; give the name of a file.")
        folder = Path(os.path.realpath(path)).parent
        if not folder.is_dir():
            raise Refusal(f"{option} {path}: there is no folder {folder}.")
        if os.path.isfile(path) and not force:
            raise Refusal(f"{option} {path}: the file already exists. To replace it: --force")
        if not os.access(folder if os.path.isfile(path) or not os.path.exists(path) else path, os.W_OK):
            raise Refusal(f"{option} {path}: you have no permission to write in {folder}.")
        other = owners.setdefault(os.path.realpath(path), option)
        if other != option:
            raise Refusal(f"{other} and {option} name the same file: {path}.")


def write(contents: dict[str, bytes]) -> None:
    """Write files by their paths, each whole or not at all; "-", standard output, comes last, as it may be closed."""
    for path in sorted(contents, key=lambda path: path == "-"):
        if path == "-":
            sys.stdout.buffer.write(contents[path])
            sys.stdout.buffer.flush()
        else:
            replace(path, gzip.compress(contents[path], mtime=0) if path.endswith(".gz") else contents[path])
