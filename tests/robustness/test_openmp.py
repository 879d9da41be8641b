"""A second OpenMP runtime in the process: scikit-learn's wheels carry one of their own, as ours do."""

import os

import pytest
from programs import output


@pytest.mark.parametrize("order", ["before", "after", "global"])
@pytest.mark.skipif(os.name != "posix", reason="looks at libraries and forks as POSIX has them")
def test_scikit_learn_and_its_openmp(order):
    """Whether scikit-learn is used first, or second, or has its runtime used by all: right, and nobody waits."""
    assert output("two_openmps", order, timeout=300) == "fine\n"
