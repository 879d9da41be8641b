"""What each page's Python runs first: a ``%%bash`` that shows commands as a terminal does.

IPython's own writes pieces of output as they come, standard error apart, and asks programs for colors.
"""

import os
import subprocess

from IPython.core.magic import register_cell_magic


@register_cell_magic
def bash(line: str, commands: str) -> None:
    """Run commands, print what they write in its order, and fail where they do."""
    environment = {name: value for name, value in os.environ.items() if name not in ("CLICOLOR", "FORCE_COLOR")}
    environment |= {"COLUMNS": "88", "PYTHONUNBUFFERED": "1"}
    words = ["bash", "-o", "pipefail", "-c", commands]
    done = subprocess.run(
        words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False
    )
    print(done.stdout, end="")
    done.check_returncode()
