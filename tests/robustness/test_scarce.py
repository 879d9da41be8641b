"""A process that may have no more threads or memory: the same result, or a MemoryError, and no end without a word.

GNU's OpenMP ends the process where it cannot make a thread.
"""

import sys

import pytest
from programs import output


def outcome(megabytes: int, threads: int, *earlier: int) -> list[str]:
    return output("scarce", megabytes, threads, *earlier).splitlines()


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
def test_threads_that_cannot_be_made() -> None:
    # Room for a fit, and not for the stacks of 255 threads: the calling thread works alone.
    assert outcome(200, 256) == ["fitted True", "True"]


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
def test_threads_that_were_there_before() -> None:
    # A smaller team is the end of the others' threads.
    assert outcome(200, 256, 256, 2) == ["fitted True", "True"]


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
@pytest.mark.parametrize("megabytes", [1, 5, 20])
def test_memory_for_neither_threads_nor_a_fit(megabytes: int) -> None:
    first, second = outcome(megabytes, 8)
    assert first in ("fitted True", "MemoryError")
    assert second == "True"


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
@pytest.mark.parametrize("limit", ["RLIMIT_AS", "RLIMIT_DATA"])
def test_an_algorithm_is_chosen_that_fits_into_the_limit_of_the_process(limit: str) -> None:
    assert output("limited", limit, 400) == "tiles\n"
    assert output("limited", limit, 70) == "lloyd\n"
