"""A bar that shows how far a long computation is, where somebody is there to see it."""

import sys
from types import TracebackType
from typing import Any

from ._optional import optional

_DELAY = 1.0  # seconds: what is done sooner needs no bar


class Progress:
    """Counts steps, and shows them by tqdm.

    ``wanted``: None for a bar where stderr is a terminal, tqdm is installed and it takes longer than a second; True for
    a bar in any case (ImportError without tqdm); False for none.
    """

    def __init__(self, n_steps: int, wanted: bool | None, caller: str) -> None:
        self._bar: Any = None
        if wanted or (wanted is None and sys.stderr is not None and sys.stderr.isatty()):
            try:
                tqdm = optional("tqdm", "progress", f"{caller}(progress=True)")
            except ImportError:
                if wanted:
                    raise
            else:
                self._bar = tqdm.tqdm(total=n_steps, desc=caller, leave=False, delay=0 if wanted else _DELAY)

    def step(self) -> None:
        """Count one step that is done."""
        if self._bar is not None:
            self._bar.update()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()
