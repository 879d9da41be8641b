"""Inputs that are easy to cluster and hard to compute with, and the judge of what comes out."""

import contextlib
import ctypes
import ctypes.util
import platform
import tempfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .libraries import NotOffered


class Problem(NamedTuple):
    """X, where the fit starts, and what goes with it."""

    X: np.ndarray
    start: np.ndarray
    weights: np.ndarray | None = None
    wanted: str = "the means"  # or "an error", or "every row at its center"
    during: Callable[[], contextlib.AbstractContextManager[None]] = contextlib.nullcontext  # what a fit finds set


# ---------------------------------------------------------------- the judge


def exact_fit(problem: Problem) -> tuple[np.ndarray, list[list[Fraction]]]:
    """Lloyd's algorithm in fractions: labels, and centers without rounding."""
    rows = [[Fraction(v) for v in row] for row in problem.X.tolist()]
    centers = [[Fraction(v) for v in row] for row in problem.start.tolist()]
    weights = [Fraction(w) for w in (np.ones(len(rows)) if problem.weights is None else problem.weights).tolist()]
    labels: list[int] = []
    while True:
        found = [min(range(len(centers)), key=lambda c, row=row: squared(row, centers[c])) for row in rows]
        if found == labels:
            return np.array(labels), centers
        labels = found
        for c in range(len(centers)):
            members = [i for i, label in enumerate(labels) if label == c and weights[i]]
            total = sum(weights[i] for i in members)
            columns = range(len(centers[c]))
            centers[c] = [sum(weights[i] * rows[i][j] for i in members) / total for j in columns]


def squared(a: list[Fraction], b: list[Fraction]) -> Fraction:
    return sum(((x - y) ** 2 for x, y in zip(a, b, strict=True)), Fraction(0))


def expected_of(problem: Problem) -> tuple[np.ndarray, list[list[Fraction]]] | None:
    return exact_fit(problem) if problem.wanted == "the means" else None


def judged(problem: Problem, expected: tuple[np.ndarray, list[list[Fraction]]] | None, labels, centers) -> str:
    """In words: "right", or what is wrong. Centers may be off as much as float32 is."""
    centers = np.asarray(centers, dtype=np.float64)
    if np.isnan(centers).any():
        return "NaN centers"
    if np.isinf(centers).any():
        return "infinite centers"
    if expected is None:
        return on_their_centers(problem, labels, centers)
    right = expected[0]
    wrong = int(np.sum(right != labels)) if np.shape(labels) == np.shape(right) else len(right)
    if wrong:
        return f"wrong labels ({wrong} of {len(right)})"
    for c, center in enumerate(expected[1]):
        for j, value in enumerate(center):
            if abs(Fraction(float(centers[c, j])) - value) > slack(problem.X[:, j], right == c):
                return "wrong centers"
    return "right"


def slack(column: np.ndarray, members: np.ndarray) -> Fraction:
    """What a center may be off: a part of its members' size, and the unit of the smallest numbers."""
    size = max(abs(v) for v in column[members].tolist()) or max(abs(v) for v in column.tolist())
    unit = 2.0**-149 if column.dtype == np.float32 else 2.0**-1074
    return Fraction(size) / 10**5 + Fraction(unit)


def on_their_centers(problem: Problem, labels, centers) -> str:
    if problem.wanted == "an error":
        return "no error: labels and centers"
    if not np.allclose(centers[labels], problem.X, rtol=1e-6, atol=0):
        return "rows that are not at their centers"
    return "right"


# ---------------------------------------------------------------- the input


def crowds() -> tuple[np.ndarray, np.ndarray]:
    """Sixty rows around three places, in turn, and a row of each to start from."""
    places = np.array([[-3.0, 1.0], [0.5, -2.0], [3.0, 2.5]])
    X = np.tile(places, (20, 1)) + np.random.default_rng(0).uniform(-0.5, 0.5, (60, 2))
    return X, X[:3].copy()


def times(factor: float, dtype: type = np.float64) -> Problem:
    X, start = crowds()
    return Problem((X * factor).astype(dtype), (start * factor).astype(dtype))


def tight(factor: float) -> Problem:
    """Squared distances overflow between the clusters, and not within them."""
    X, _ = crowds()
    places = np.tile(np.round(X[:3]), (20, 1))
    X = (places + (X - places) * 1e-12) * factor
    return Problem(X, X[:3].copy())


def shifted(offset: float, spread: float, dtype: type = np.float64) -> Problem:
    X, _ = crowds()
    X = (X * spread + offset).astype(dtype)
    return Problem(X, X[:3].copy())


def far_pairs(far: float, dtype: type = np.float64) -> Problem:
    """Two places far apart, and two crowds close together at each: no offset can be taken out."""
    rng = np.random.default_rng(0)
    X = np.tile([[-far, 0.0], [-far, 4.0], [far, 0.0], [far, 4.0]], (15, 1)) + rng.integers(-1, 2, (60, 2)) / 2
    X = X.astype(dtype)
    return Problem(X, X[:4].copy())


def constant_columns(value: float) -> Problem:
    X, _ = crowds()
    X = np.hstack([X, np.full((60, 2), value), np.zeros((60, 1))])
    return Problem(X, X[:3].copy())


def outlier(dtype: type = np.float64) -> Problem:
    X, start = crowds()
    X = np.vstack([X, [[1e30, -1e30]]]).astype(dtype)
    return Problem(X, np.vstack([start, X[-1:]]).astype(dtype))


def equal_rows() -> Problem:
    X = np.full((60, 2), 0.1)
    return Problem(X, X[:3].copy(), wanted="every row at its center")


def few_distinct() -> Problem:
    X = np.tile([[0.0, 1.0], [2.0, 3.0], [5.0, -1.0]], (20, 1))
    return Problem(X, X[:8].copy(), wanted="every row at its center")


def negative_zeros() -> Problem:
    X = np.tile([[0.0, -0.0], [-0.0, 0.0], [4.0, -0.0]], (20, 1))
    return Problem(X, X[1:3].copy())


def whole_numbers() -> Problem:
    X, _ = crowds()
    X = 2**60 + np.round(X * 10).astype(np.int64)
    return Problem(X, X[:3].copy())


def weighted(weights: np.ndarray) -> Problem:
    return times(1.0)._replace(weights=weights)


def extreme_weights() -> Problem:
    exponents = np.random.default_rng(1).integers(-300, 301, 60)
    return weighted(10.0**exponents)


def flawed(value: float) -> Problem:
    X, start = crowds()
    X[7, 1] = value
    return Problem(X, start, wanted="an error")


def laid_out(change: Callable[[np.ndarray], np.ndarray], dtype: type = np.float64) -> Problem:
    X, start = crowds()
    X = X.astype(dtype)
    changed = change(X)
    np.testing.assert_array_equal(changed, X)
    return Problem(changed, start.astype(dtype))


def read_only(X: np.ndarray) -> np.ndarray:
    X = X.copy()
    X.flags.writeable = False
    return X


def misaligned(X: np.ndarray) -> np.ndarray:
    raw = np.zeros(X.nbytes + 1, dtype=np.uint8)
    result = raw[1:].view(X.dtype).reshape(X.shape)
    result[...] = X
    return result


def structured(X: np.ndarray) -> np.ndarray:
    """A field of records of 17 bytes or so: strides that are no multiple of a number's size."""
    records = np.zeros(len(X), dtype=[("flag", "u1"), ("at", X.dtype, (X.shape[1],))])
    records["at"] = X
    return records["at"]


def memory_mapped(X: np.ndarray) -> np.ndarray:
    path = Path(tempfile.mkstemp(prefix="bench-", suffix=".npy")[1])
    np.save(path, X)
    mapped = np.load(path, mmap_mode="r")
    path.unlink()  # the pages stay as long as the map
    return mapped


def repeated_row() -> Problem:
    X = np.broadcast_to(np.array([1.5, -2.0]), (60, 2))
    return Problem(X, X[:3].copy(), wanted="every row at its center")


@contextlib.contextmanager
def state(change: Callable[[int], int]) -> Iterator[None]:
    """Change the processor's floating-point state (MXCSR, in which glibc's fenv_t ends on x86-64)."""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        raise NotOffered("sets the state of x86-64")
    libm = ctypes.CDLL(ctypes.util.find_library("m"))
    found, changed = ctypes.create_string_buffer(64), ctypes.create_string_buffer(64)
    libm.fegetenv(found)
    changed[:] = found[:]
    changed[28:32] = change(int.from_bytes(found.raw[28:32], "little")).to_bytes(4, "little")
    libm.fesetenv(changed)
    try:
        yield
    finally:
        libm.fesetenv(found)


FLUSH, UPWARD = 0x8040, 0x4000  # flush to zero and denormals are zero; round to plus infinity


PROBLEMS: dict[str, Callable[[], Problem]] = {
    "nothing hostile": lambda: times(1.0),
    "values around 1e25 in float32": lambda: times(1e25, np.float32),
    "values around 1e38 in float32": lambda: times(5e37, np.float32),
    "values around 1e160": lambda: times(1e160),
    "values around 1e160, clusters that are tight": lambda: tight(1e160),
    "values around 1e300": lambda: times(1e300),
    "values around 1e-30 in float32": lambda: times(1e-30, np.float32),
    "values around 1e-170": lambda: times(1e-170),
    "values around 1e-300": lambda: times(1e-300),
    "subnormal values in float32": lambda: times(1e-41, np.float32),
    "subnormal values": lambda: times(1e-310),
    "subnormal values, flush-to-zero left on": lambda: times(1e-310)._replace(
        during=lambda: state(lambda w: w | FLUSH)
    ),
    "rounding upward left on": lambda: times(1.0)._replace(during=lambda: state(lambda w: w | UPWARD)),
    "offset of 1e4 in float32": lambda: shifted(1e4, 0.1, np.float32),
    "offset of 1e12": lambda: shifted(1e12, 1.0),
    "pairs of clusters 2e4 apart, float32": lambda: far_pairs(1e4, np.float32),
    "pairs of clusters 2e10 apart": lambda: far_pairs(1e10),
    "one outlier at 1e30": outlier,
    "one outlier at 1e30, float32": lambda: outlier(np.float32),
    "constant columns of 1e6 and 0": lambda: constant_columns(1e6),
    "a constant column of 1e300": lambda: constant_columns(1e300),
    "all points equal": equal_rows,
    "k larger than the distinct rows": few_distinct,
    "zeros of both signs": negative_zeros,
    "int64 beyond 2^53": whole_numbers,
    "weights of 1e-300": lambda: weighted(np.full(60, 1e-300)),
    "weights of 1e300": lambda: weighted(np.full(60, 1e300)),
    "weights from 1e-300 to 1e300": extreme_weights,
    "weights, all but one 0 in each cluster": lambda: weighted(np.repeat([1.0, 0.0], [3, 57])),
    "NaN in X": lambda: flawed(np.nan),
    "infinity in X": lambda: flawed(np.inf),
    "a weight of NaN": lambda: weighted(np.repeat([1.0, np.nan], [59, 1]))._replace(wanted="an error"),
    "a negative weight": lambda: weighted(np.repeat([1.0, -3.0], [59, 1]))._replace(wanted="an error"),
    "fewer rows than clusters": lambda: Problem(crowds()[0][:2], crowds()[1], wanted="an error"),
    "no rows": lambda: Problem(np.zeros((0, 2)), crowds()[1], wanted="an error"),
    "no columns": lambda: Problem(np.zeros((60, 0)), np.zeros((3, 0)), wanted="an error"),
    "Fortran order": lambda: laid_out(np.asfortranarray),
    "negative strides": lambda: laid_out(lambda X: X[::-1, ::-1].copy()[::-1, ::-1]),
    "a row stride of zero": repeated_row,
    "read-only": lambda: laid_out(read_only),
    "misaligned": lambda: laid_out(misaligned),
    "misaligned, float32": lambda: laid_out(misaligned, np.float32),
    "a field of records": lambda: laid_out(structured),
    "big-endian": lambda: laid_out(lambda X: X.astype(">f8")),
    "memory-mapped, read-only": lambda: laid_out(memory_mapped),
}
