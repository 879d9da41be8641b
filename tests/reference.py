"""The slow, obvious k-means that docs/semantics.md describes: the oracle of the tests.

It shares nothing with the compiled core. Sums are Python integers, so they are exact without an argument; distances
are taken in NumPy, vectorised over rows and centers only, so that every sum of floats keeps the contract's order.

Where the contract leaves a choice, this is what was chosen (each is repeated beside the code that does it):

- a center is float64(round53(sum)) / float64(round53(weight)), in float64, then cast to float32 for float32 X;
- X and centers are scaled before the distance only where the exponents of their values call for it (``scale_of``);
- shift: the referee's distances between old and new centers, added in plain float64 from the first center to the last;
- the variance behind ``tol``: the referee's distances of the rows to the rounded mean of X, added exactly, unweighted;
- relocation: among rows at the same largest distance the lexicographically smallest row comes first; a group of equal
  rows can be taken where its cluster has another row of positive weight at that moment; it is taken once;
- stop_reason_ "labels" needs an iteration that moved nothing into an empty cluster; rows of no weight have no say;
- inertia_history_[i] is the objective of the referee's labels, before empty clusters are filled.
"""

import itertools
import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

# ---------------------------------------------------------------- exact arithmetic


def power_of_two(exponent):
    return Fraction(2) ** int(exponent)


def integers(values):
    """([int, ...], exponent): each float64 is exactly its integer times 2**exponent."""
    mantissas, exponents = np.frexp(np.asarray(values, dtype=np.float64))
    mantissas = (mantissas * 2.0**53).astype(np.int64)  # exact: a mantissa has 53 bits
    nonzero = mantissas != 0
    lowest = int(exponents[nonzero].min()) if nonzero.any() else 0
    shifts = np.where(nonzero, exponents - lowest, 0)
    return [m << s for m, s in zip(mantissas.tolist(), shifts.tolist(), strict=True)], lowest - 53


def products(weights, values):
    """([int, ...], exponent) of weights * values, exactly; weights None stands for ones."""
    v, v_exponent = integers(values)
    if weights is None:
        return v, v_exponent
    w, w_exponent = integers(weights)
    return [a * b for a, b in zip(w, v, strict=True)], w_exponent + v_exponent


def exact_sum(values, weights=None):
    terms, exponent = products(weights, values)
    return sum(terms) * power_of_two(exponent)


def round53(value):
    """A Fraction rounded once to 53 bits, half to even, with no bound on the exponent."""
    if value == 0:
        return Fraction(0)
    sign = -1 if value < 0 else 1
    value = abs(value)
    # 2**52 <= value * 2**shift < 2**54: at most one step short of a 53-bit integer part.
    shift = 53 - (value.numerator.bit_length() - value.denominator.bit_length())
    if value * power_of_two(shift) >= 2**53:
        shift -= 1
    scaled = value * power_of_two(shift)
    return sign * Fraction(round(scaled)) / power_of_two(shift)  # Python rounds a Fraction half to even


def rounded(value):
    """A Fraction as the nearest float64; infinity beyond the largest."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


# ---------------------------------------------------------------- the referee


def as_points(X):
    """X in the type in which the contract reads it."""
    X = np.asarray(X)
    X = X.astype(X.dtype.newbyteorder("="), copy=False)
    if X.dtype in (np.float32, np.float64, np.uint8):
        return X
    return X.astype(np.float32 if X.dtype == np.float16 else np.float64)


def center_type(X):
    return np.float32 if X.dtype == np.float32 else np.float64


def scale_of(*arrays):
    """The power of two that the values are multiplied by before they are squared, 0 where no square can be lost."""
    values = np.concatenate([np.asarray(a, dtype=np.float64).ravel() for a in arrays])
    values = values[values != 0]
    if not values.size:
        return 0
    exponents = np.frexp(values)[1]
    largest, smallest = int(exponents.max()), int(exponents.min())
    return 0 if largest <= 480 and smallest >= -400 else 480 - largest


def scaled(values, scale):
    values = np.asarray(values, dtype=np.float64)
    return np.ldexp(values, scale) if scale else values


def distances(X, centers):
    """The referee's squared distances, (n, k). X and centers as float64, scaled where they need to be."""
    n, d = X.shape
    s = [np.zeros((n, len(centers))) for _ in range(16)]
    for j in range(d):
        t = X[:, j, None] - centers[None, :, j]
        s[j % 16] += t * t
    for half in (8, 4, 2, 1):
        for i in range(half):
            s[i] += s[i + half]
    return s[0]


def nearest(X, centers):
    """(labels, squared distances in scaled units, scale)."""
    scale = scale_of(X, centers)
    x, c = scaled(X, scale), scaled(centers, scale)
    labels = np.empty(len(x), dtype=np.int32)
    best = np.empty(len(x))
    step = max(1, 2**20 // len(c))  # rows at a time: what is computed of each row does not depend on it
    for start in range(0, len(x), step):
        block = slice(start, start + step)
        D = distances(x[block], c)
        labels[block] = D.argmin(axis=1)  # the first of equal ones
        best[block] = D.min(axis=1)
    return labels, best, scale


def unscaled(value, scale):
    """A sum of squared distances (a Fraction) in the units of the data."""
    return value * power_of_two(-2 * scale)


# ---------------------------------------------------------------- the loop


@dataclass
class Fit:
    labels: np.ndarray
    centers: np.ndarray
    inertia: float
    cluster_inertia: np.ndarray
    cluster_sizes: np.ndarray
    inertia_history: np.ndarray
    n_iter: int
    stop_reason: str
    moved: int  # clusters filled over the whole fit: what a test of empty clusters checks itself with


def means(X, labels, weights, old):
    """The centers after an update; a cluster of no weight keeps the old one."""
    k = len(old)
    new = old.copy()
    sizes = cluster_sums(np.ones(len(X)), labels, weights, k)
    for j in range(X.shape[1]):
        sums = cluster_sums(X[:, j], labels, weights, k)
        for i in range(k):
            if sizes[i] > 0:
                # Both are rounded once to 53 bits with an unbounded exponent; then one division in float64.
                new[i, j] = float(round53(sums[i]) / round53(sizes[i]))
    return new


def cluster_sums(values, labels, weights, k):
    """The exact sum of w * value in each cluster, as Fractions."""
    terms, exponent = products(weights, values)
    totals = [0] * k
    for label, term in zip(labels.tolist(), terms, strict=True):
        totals[label] += term
    return [total * power_of_two(exponent) for total in totals]


def fill_empty(X, labels, best, weights, k):
    """Labels with a group of equal rows moved into each cluster of no weight while there are any; how many moved."""
    counts = np.ones(len(X), dtype=bool) if weights is None else weights > 0
    empty = np.setdiff1d(np.arange(k), labels[counts])
    if not len(empty):
        return labels, 0
    labels = labels.copy()
    rows = np.flatnonzero(counts)
    # np.unique sorts the rows, so the number of a group is also its lexicographic rank; + 0.0 makes -0.0 equal 0.0.
    _, first, group = np.unique(X[rows] + 0.0, axis=0, return_index=True, return_inverse=True)
    group = group.ravel()
    home = labels[rows[first]]
    distance = best[rows[first]]
    groups_left = np.bincount(home, minlength=k)
    candidates = sorted(range(len(first)), key=lambda g: (-distance[g], g))
    moved = 0
    for cluster in empty:
        taken = next((g for g in candidates if groups_left[home[g]] > 1), None)
        if taken is None or distance[taken] == 0:
            break  # nothing to take, and nothing for the later ones either: those centers stay
        candidates.remove(taken)
        groups_left[home[taken]] -= 1
        labels[rows[group == taken]] = cluster
        moved += 1
    return labels, moved


def mean_variance(X):
    """(mean variance of the features in scaled units, scale)."""
    n, d = X.shape
    mean = np.array([[float(exact_sum(X[:, j]) / n) for j in range(d)]])
    scale = scale_of(X, mean)
    return rounded(exact_sum(distances(scaled(X, scale), scaled(mean, scale))[:, 0])) / n / d, scale


def fit(X, init, sample_weight=None, max_iter=300, tol=1e-4):
    """Lloyd's algorithm from the array init."""
    X = as_points(X)
    weights = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    counts = slice(None) if weights is None else weights > 0
    centers = np.array(init).astype(center_type(X))
    values = X.astype(np.float64)
    k = len(centers)
    variance, variance_scale = mean_variance(values)
    old_labels = None
    history = []
    filled = 0
    n_iter = 0
    while True:
        n_iter += 1
        labels, best, scale = nearest(values, centers)
        history.append(rounded(unscaled(exact_sum(best, weights), scale)))
        labels, moved = fill_empty(values, labels, best, weights, k)
        filled += moved
        old_centers, centers = centers, means(values, labels, weights, centers)
        same = old_labels is not None and np.array_equal(labels[counts], old_labels[counts])
        if same and not moved:
            stop_reason = "labels"
            break
        old_labels = labels
        if shift_within(old_centers, centers, tol, variance, variance_scale):
            stop_reason = "centers"
            break
        if n_iter == max_iter:
            stop_reason = "max_iter"
            break
    labels, best, scale = nearest(values, centers)
    cluster_inertia = [rounded(unscaled(s, scale)) for s in cluster_sums(best, labels, weights, k)]
    inertia = rounded(unscaled(exact_sum(best, weights), scale))
    if math.isinf(inertia):
        raise ValueError("the inertia is beyond the largest float64")
    return Fit(
        labels=labels,
        centers=centers,
        inertia=inertia,
        cluster_inertia=np.array(cluster_inertia),
        cluster_sizes=np.array([float(s) for s in cluster_sums(np.ones(len(X)), labels, weights, k)]),
        inertia_history=np.array(history),
        n_iter=n_iter,
        stop_reason=stop_reason,
        moved=filled,
    )


def shift_within(old, new, tol, variance, variance_scale):
    scale = scale_of(old, new)
    a, b = scaled(old, scale), scaled(new, scale)
    shift = 0.0
    for j in range(len(a)):
        shift += float(distances(a[j : j + 1], b[j : j + 1])[0, 0])
    bound = tol * variance
    if math.isinf(bound):
        return True
    return unscaled(Fraction(shift), scale) <= unscaled(Fraction(bound), variance_scale)


def score(X, centers, sample_weight=None):
    """The exact inertia of X against the centers, rounded once (pykmeans returns minus this)."""
    _, best, scale = nearest(as_points(X).astype(np.float64), centers)
    return rounded(unscaled(exact_sum(best, sample_weight), scale))


# ---------------------------------------------------------------- seeding


def plus_plus(X, n_clusters, random_state, sample_weight=None, n_local_trials=None, uniforms=None):
    """The rows that greedy k-means++ picks. random_state: a RandomState or a seed; unused where uniforms are given."""
    X = as_points(X).astype(np.float64)
    n = len(X)
    weights = np.ones(n) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    rng = random_state if isinstance(random_state, np.random.RandomState) else np.random.RandomState(random_state)
    trials = 2 + int(np.log(n_clusters)) if n_local_trials is None else n_local_trials
    if uniforms is None:
        uniforms = rng.random_sample(1 + (n_clusters - 1) * trials)
    X = scaled(X, scale_of(X))

    # scikit-learn's first row comes from choice(p=...), which looks for u from the right.
    row = first_beyond(np.ones(n), weights, uniforms[0], bisect_right)
    picked = [row]
    d = distances(X, X[[row]])[:, 0]
    for step in range(n_clusters - 1):
        candidates = []
        for u in uniforms[1 + step * trials : 1 + (step + 1) * trials]:
            row = first_beyond(d, weights, u, bisect_left)
            with_row = np.minimum(d, distances(X, X[[row]])[:, 0])
            candidates.append((exact_sum(with_row, weights), row, with_row))
        _, row, d = min(candidates, key=lambda c: c[0])  # min gives the first of equal ones
        picked.append(row)
    return np.array(picked)


def first_beyond(values, weights, u, search):
    """The first row of positive weight whose exact prefix sum of w * value reaches (or passes) the double u * total."""
    terms, exponent = products(weights, values)
    prefix = list(itertools.accumulate(terms))
    total = round53(prefix[-1] * power_of_two(exponent))
    threshold = round53(Fraction(u) * total) / power_of_two(exponent)
    start = search(prefix, threshold)
    rows = np.flatnonzero(weights > 0)
    later = rows[rows >= start]
    return int(later[0] if len(later) else rows[-1])


def random_rows(X, n_clusters, rng, sample_weight=None):
    """The rows of init="random"."""
    weights = np.ones(len(X)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    return rng.choice(len(X), size=n_clusters, replace=False, p=weights / weights.sum())


def k_means(
    X, n_clusters, init="k-means++", n_init="auto", max_iter=300, tol=1e-4, random_state=None, sample_weight=None
):
    """What KMeans(...).fit(X, sample_weight=...) finds."""
    X = as_points(X)
    rng = random_state if isinstance(random_state, np.random.RandomState) else np.random.RandomState(random_state)
    named = isinstance(init, str)
    if n_init == "auto":
        n_init = 10 if callable(init) or (named and init == "random") else 1
    if not named and not callable(init):
        n_init = 1  # a given array gives the same fit every time
    best = None
    for _ in range(n_init):
        if callable(init):
            start = init(X, n_clusters, random_state=rng)
        elif not named:
            start = init
        elif init == "random":
            start = X[random_rows(X, n_clusters, rng, sample_weight)]
        else:
            start = X[plus_plus(X, n_clusters, rng, sample_weight)]
        run = fit(X, start, sample_weight, max_iter, tol)
        if best is None or run.inertia < best.inertia:
            best = run
    return best
