"""X and weights that somebody else changes while they are worked on: any result or a clear error, but never a crash.

Each run is a process of its own, so that a crash is seen, and its last words say where it was.
"""

import pytest
from budget import times
from programs import output

KINDS = ["euclidean", "manhattan", "cosine", "hamming", "mixed", "image"]


@pytest.mark.parametrize("kind", KINDS)
def test_data_changed_by_another_thread(kind):
    seconds = times(1)
    assert output("changing_data", kind, seconds, timeout=120 + 10 * seconds).startswith("fine")


def test_data_that_go_far_away_have_labels_all_the_same():
    assert output("data_go_far") == "fine\n"
