"""Fits in a floating-point state that another library left: floating_point_state.py default|flush|ROUNDING MODE.

Prints what becomes of subnormal numbers and of sums that round: the centers, and digests of all else.
"""

import ctypes
import ctypes.util
import hashlib
import json
import platform
import sys
from pathlib import Path

import numpy as np
import without_scikit_learn  # noqa: F401

from pykmeans import KMeans, _core, assign, kmeans_plusplus

libm = ctypes.CDLL(ctypes.util.find_library("m") or None)
what = sys.argv[1]
intel = platform.machine().lower() in ("x86_64", "amd64")


def data():
    # Made before the state changes: NumPy's own arithmetic depends on it.
    rng = np.random.default_rng(0)
    n = 15_000  # just large enough for several threads
    tiny = np.ldexp(rng.standard_normal((n, 3)), -1060)
    mixed = rng.standard_normal((n, 3)) + np.repeat([0.0, 1e200, 1.5e300, 1e-310, 3.0], n // 5)[:, None]
    plain = rng.random((n, 7)).astype(np.float32)
    w = rng.random(n)
    tiny_floats = np.ldexp(plain, -140)
    return [(tiny, None), (tiny, w), (mixed[n // 5 * 3 :], None), (plain, None), (plain, w), (tiny_floats, None)]


class State:
    # glibc's fenv_t ends in MXCSR on x86-64 and begins with FPCR on AArch64.
    def __init__(self):
        self.buffer = ctypes.create_string_buffer(64)
        assert libm.fegetenv(self.buffer) == 0

    at = slice(28, 32) if intel else slice(0, 4)
    mask = 0x8040 if intel else 1 << 24  # flush to zero (and denormals are zero)

    def word(self):
        return int.from_bytes(self.buffer.raw[self.at], "little")

    def flush_to_zero(self):
        self.buffer[self.at] = (self.word() | self.mask).to_bytes(4, "little")
        assert libm.fesetenv(self.buffer) == 0


problems = data()
if what == "flush":
    State().flush_to_zero()
    # The workers of GNU's OpenMP are started in that state too, as another library's first parallel region would.
    maps = Path("/proc/self/maps").read_text().split()
    for path in sorted({word for word in maps if "libgomp" in word}):
        pool = ctypes.CDLL(path)
        pool.GOMP_parallel(ctypes.cast(pool.omp_get_num_threads, ctypes.c_void_p), None, 2, 0)
    assert np.float64(5e-324) + np.float64(0) == 0 and np.ldexp(np.ones(3), -1040).astype(str)[0] == "0.0"
elif what != "default":
    assert libm.fesetround(int(what)) == 0
results = []
for X, w in problems:
    for threads in (1, 2):
        m = KMeans(6, init=X[:6], n_init=1, max_iter=6, tol=0, n_threads=threads).fit(X, sample_weight=w)
        one = [m.labels_, m.cluster_centers_, np.array([m.inertia_])]
        one += [m.cluster_inertia_, m.cluster_sizes_, m.inertia_history_]
        one += [m.predict(X), kmeans_plusplus(X, 6, random_state=0, sample_weight=w)[1]]
        one += [*assign(X, m.cluster_centers_), m.transform(X[:50])]
        # A third of 3 is 1 where it is rounded to nearest, and less where it is cut off.
        one += [_core.plus_plus(_core.Points(np.ones((3, 1))), 1, np.array([1 / 3]), 1)]
        found = [hashlib.sha256(a.tobytes()).hexdigest()[:16] for a in one]
        results.append([m.cluster_centers_.tobytes().hex(), *found, m.n_iter_, m.stop_reason_])
after = {"round": libm.fegetround(), "flush": State().word() & State.mask}
libm.fesetround(0)
print(json.dumps([results, after, State.mask]))
