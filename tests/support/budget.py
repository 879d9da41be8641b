"""How long the tests look for what nobody thought of: PYKMEANS_FUZZ times as many examples, above 1 never the same."""

import math
import os

from hypothesis import HealthCheck, settings

FACTOR = float(os.environ.get("PYKMEANS_FUZZ", "1"))


def times(count):
    """``count``, as often as PYKMEANS_FUZZ says."""
    return math.ceil(count * FACTOR)


def examples(count):
    """Settings for a test of ``count`` examples: the same ones each time, unless PYKMEANS_FUZZ asks for more."""
    return settings(
        max_examples=times(count),
        deadline=None,
        derandomize=FACTOR <= 1,
        print_blob=True,
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.filter_too_much,
            HealthCheck.function_scoped_fixture,
        ],
    )
