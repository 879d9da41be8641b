"""The slow, obvious k-means that docs/semantics.md describes: the oracle of the tests.

It shares nothing with the compiled core. Sums are Python integers (reference_exact.py), so they are exact without an
argument; distances are taken in NumPy (reference_metrics.py), vectorised over rows and centers only, so that every sum
of floats keeps the contract's order.

Functions take ``metric="euclidean"`` (with "mixed" also ``n_numeric`` and ``gamma``), here called ``**how``.

Where the contract leaves a choice, this is what was chosen (each is repeated beside the code that does it):

- X and centers are scaled before the distance only where the exponents of their values call for it (``scale``);
- shift: the referee's squared distances between old and new centers, as the metric sees them, their numeric columns
  only, added in plain float64 from the first center to the last;
- the variance behind ``tol``: the referee's squared distances of the rows to the rounded mean of X, of the same
  columns, added exactly, unweighted;
- relocation: among rows at the same largest distance the lexicographically smallest row comes first; a group of equal
  rows can be taken where its cluster has another row of positive weight at that moment; it is taken once. Rows are
  compared as the metric sees them: for cosine, normalised;
- stop_reason_ "labels" needs an iteration that moved nothing into an empty cluster; rows of no weight have no say;
- inertia_history_[i] is the objective of the referee's labels, before empty clusters are filled.
"""

import itertools
import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from reference_exact import cluster_sums, exact_sum, power_of_two, products, round53, rounded
from reference_metrics import as_metric, distances, mean_variance, scale_of, scaled

# ---------------------------------------------------------------- distances


def as_points(X):
    """X in the type in which the contract reads it."""
    X = np.asarray(X)
    X = X.astype(X.dtype.newbyteorder("="), copy=False)
    if X.dtype in (np.float32, np.float64, np.uint8):
        return X
    return X.astype(np.float32 if X.dtype == np.float16 else np.float64)


def center_type(X):
    return np.float32 if X.dtype == np.float32 else np.float64


def nearest(X, centers, **how):
    """(labels, distances in scaled units, scale)."""
    metric = as_metric(**how)
    return nearest_seen(metric, metric.seen(X), metric.seen(centers))


def nearest_seen(metric, X, centers):
    scale = metric.scale(X, centers)
    x, c = metric.scaled(X, scale), metric.scaled(centers, scale)
    labels = np.empty(len(x), dtype=np.int32)
    best = np.empty(len(x))
    step = max(1, 2**13 // len(c))  # rows at a time: what is computed of each row does not depend on it
    for start in range(0, len(x), step):
        block = slice(start, start + step)
        D = metric.distances(x[block], c, scale)
        labels[block] = D.argmin(axis=1)  # the first of equal ones
        best[block] = D.min(axis=1)
    return labels, best, scale


def assign(X, centers, **how):
    """(labels, distances)."""
    labels, best, scale = nearest(X, centers, **how)
    exponent = as_metric(**how).exponent(scale)
    return labels, np.array([rounded(Fraction(d) * power_of_two(exponent)) for d in best])


def transform(X, centers, **how):
    """What the package's transform returns, in float64."""
    metric = as_metric(**how)
    X, centers = metric.seen(X), metric.seen(centers)
    scale = metric.scale(X, centers)
    return metric.shown(metric.distances(metric.scaled(X, scale), metric.scaled(centers, scale), scale), scale)


def score(X, centers, sample_weight=None, **how):
    """The exact inertia of X against the centers, rounded once (pykmeans returns minus this)."""
    _, best, scale = nearest(X, centers, **how)
    return rounded(exact_sum(best, sample_weight) * power_of_two(as_metric(**how).exponent(scale)))


def medoids(X, centers, labels, sample_weight=None, **how):
    """The row of positive weight nearest each center among those of its label, the first at a tie; -1 for none."""
    metric = as_metric(**how)
    X, centers = metric.seen(X), metric.seen(centers)
    scale = metric.scale(X, centers)
    D = metric.distances(metric.scaled(X, scale), metric.scaled(centers, scale), scale)
    counts = np.ones(len(X), dtype=bool) if sample_weight is None else np.asarray(sample_weight) > 0
    found = np.full(len(centers), -1)
    for c in range(len(centers)):
        rows = np.flatnonzero(counts & (labels == c))
        if len(rows):
            found[c] = rows[D[rows, c].argmin()]
    return found


# ---------------------------------------------------------------- the loop


@dataclass
class Fit:
    labels: np.ndarray
    centers: np.ndarray
    inertia: float
    cluster_inertia: np.ndarray
    cluster_sizes: np.ndarray
    inertia_history: np.ndarray
    steps: list  # (centers, labels) of each iteration, and the last ones
    n_iter: int
    stop_reason: str
    moved: int  # clusters filled over the whole fit: what a test of empty clusters checks itself with


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


def fit(X, init, sample_weight=None, max_iter=300, tol=1e-4, **how):
    """Lloyd's algorithm from the array init."""
    metric = as_metric(**how)
    X = as_points(X)
    weights = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    counts = slice(None) if weights is None else weights > 0
    centers = np.array(init).astype(center_type(X))
    seen = metric.seen(X)
    k, d = centers.shape
    p = metric.numeric(d)
    variance, variance_scale = mean_variance(seen[:, :p])
    old_labels = None
    history = []
    steps = []
    filled = 0
    n_iter = 0
    while True:
        n_iter += 1
        labels, best, scale = nearest_seen(metric, seen, metric.seen(centers))
        steps.append((centers, labels))
        history.append(rounded(exact_sum(best, weights) * power_of_two(metric.exponent(scale))))
        labels, moved = fill_empty(seen, labels, best, weights, k)
        filled += moved
        old, centers = centers, metric.moved(seen, labels, weights, centers)
        same = old_labels is not None and np.array_equal(labels[counts], old_labels[counts])
        if same and not moved:
            stop_reason = "labels"
            break
        old_labels = labels
        near = shift_within(metric.seen(old)[:, :p], metric.seen(centers)[:, :p], tol, variance, variance_scale)
        if near and np.array_equal(old[:, p:], centers[:, p:]):
            stop_reason = "centers"
            break
        if n_iter == max_iter:
            stop_reason = "max_iter"
            break
    labels, best, scale = nearest_seen(metric, seen, metric.seen(centers))
    unit = power_of_two(metric.exponent(scale))
    inertia = rounded(exact_sum(best, weights) * unit)
    if math.isinf(inertia):
        raise ValueError("the inertia is beyond the largest float64")
    return Fit(
        labels=labels,
        centers=centers,
        inertia=inertia,
        cluster_inertia=np.array([rounded(s * unit) for s in cluster_sums(best, labels, weights, k)]),
        cluster_sizes=np.array([float(s) for s in cluster_sums(np.ones(len(X)), labels, weights, k)]),
        inertia_history=np.array(history),
        steps=[*steps, (centers, labels)],
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
    return Fraction(shift) * power_of_two(-2 * scale) <= Fraction(bound) * power_of_two(-2 * variance_scale)


# ---------------------------------------------------------------- seeding


def plus_plus(X, n_clusters, random_state, sample_weight=None, n_local_trials=None, uniforms=None, **how):
    """The rows that greedy k-means++ picks. random_state: a RandomState or a seed; unused where uniforms are given."""
    metric = as_metric(**how)
    X = metric.seen(as_points(X))
    n = len(X)
    weights = np.ones(n) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    rng = random_state if isinstance(random_state, np.random.RandomState) else np.random.RandomState(random_state)
    trials = 2 + int(np.log(n_clusters)) if n_local_trials is None else n_local_trials
    if uniforms is None:
        uniforms = rng.random_sample(1 + (n_clusters - 1) * trials)
    scale = metric.scale(X)
    X = metric.scaled(X, scale)

    # scikit-learn's first row comes from choice(p=...), which looks for u from the right.
    row = first_beyond(np.ones(n), weights, uniforms[0], bisect_right)
    picked = [row]
    d = metric.distances(X, X[[row]], scale)[:, 0]
    for step in range(n_clusters - 1):
        candidates = []
        for u in uniforms[1 + step * trials : 1 + (step + 1) * trials]:
            row = first_beyond(d, weights, u, bisect_left)
            with_row = np.minimum(d, metric.distances(X, X[[row]], scale)[:, 0])
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
    X,
    n_clusters,
    init="k-means++",
    n_init="auto",
    max_iter=300,
    tol=1e-4,
    random_state=None,
    sample_weight=None,
    **how,
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
            start = X[plus_plus(X, n_clusters, rng, sample_weight, **how)]
        run = fit(X, start, sample_weight, max_iter, tol, **how)
        if best is None or run.inertia < best.inertia:
            best = run
    return best
