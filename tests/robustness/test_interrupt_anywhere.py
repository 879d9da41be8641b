"""Ctrl-C at random moments: KeyboardInterrupt, the estimator as it was or fitted, and the next call right.

A timer of the system raises the signal, so that it comes at its time whatever Python does then.
"""

import os

import pytest
from budget import times
from programs import output

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")

GROUPS = [
    "tiles,elkan,boxes,small,one thread,cosine",
    "manhattan,hamming,callable init,steps,KPrototypes,predict",
    "transform,score,silhouette,plus plus,select_k,image",
]


@pytest.mark.parametrize("group", GROUPS)
def test_ctrl_c_at_any_moment(group):
    assert output("interrupted_anywhere", group, times(25), timeout=times(600)).endswith("fine\n")
