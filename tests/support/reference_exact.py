"""Exact arithmetic of the oracle: Python integers and Fractions, so that no sum needs an argument."""

import math
from fractions import Fraction
from functools import cache

import numpy as np


@cache
def power_of_two(exponent):
    return Fraction(2) ** int(exponent)


def integers(values):
    """(array of Python integers, exponent): each float64 is exactly its integer times 2**exponent."""
    mantissas, exponents = np.frexp(np.asarray(values, dtype=np.float64))
    mantissas = (mantissas * 2.0**53).astype(np.int64)  # exact: a mantissa has 53 bits
    nonzero = mantissas != 0
    lowest = int(exponents[nonzero].min()) if nonzero.any() else 0
    shifts = np.where(nonzero, exponents - lowest, 0)
    return mantissas.astype(object) << shifts.astype(object), lowest - 53


def products(weights, values):
    """(array of Python integers, exponent) of weights * values, exactly; weights None stands for ones."""
    v, v_exponent = integers(values)
    if weights is None:
        return v, v_exponent
    w, w_exponent = integers(weights)
    return w * v, w_exponent + v_exponent


def exact_sum(values, weights=None):
    terms, exponent = products(weights, values)
    return sum(terms) * power_of_two(exponent)


def cluster_sums(values, labels, weights, k):
    """The exact sum of w * value in each cluster, as Fractions."""
    terms, exponent = products(weights, values)
    return [sum(terms[labels == i]) * power_of_two(exponent) for i in range(k)]


def exponent_of(value):
    """What frexp gives for a Fraction: 2**(e - 1) <= abs(value) < 2**e; 0 for 0."""
    if value == 0:
        return 0
    value = abs(value)
    e = value.numerator.bit_length() - value.denominator.bit_length()  # or one less
    return e + 1 if value >= power_of_two(e) else e


def round53(value):
    """A Fraction rounded once to 53 bits, half to even, with no bound on the exponent."""
    shift = 53 - exponent_of(value)
    return round(value * power_of_two(shift)) * power_of_two(-shift)  # Python rounds a Fraction half to even


def rounded(value):
    """A Fraction as the nearest float64; infinity beyond the largest."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
