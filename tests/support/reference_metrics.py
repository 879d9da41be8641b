"""The metrics of the oracle, one class each: what is measured between a row and a center, and what a center is.

A class says what it does otherwise than Euclidean, its base. The other files ask for

- ``numeric(d)``: how many of the d columns, the first ones, are numbers; the others are categories;
- ``seen(rows)``: the float64 that distances see, of rows or of centers;
- ``scale(...)``, ``scaled(values, scale)``: the power of two that what is seen is multiplied by before it is measured;
- ``distances(x, c, scale)``: of scaled rows and centers, (n, k); the true ones are these times 2**exponent(scale);
- ``moved(seen, labels, weights, old)``: the centers after an update; a cluster of no weight keeps its own;
- ``shown(D, scale)``: what ``transform`` returns, as float64.

Where the contract leaves a choice, this is what was chosen:

- a center is float64(round53(sum)) / float64(round53(weight)), in float64, then cast to float32 for float32 X;
- the half of the cosine distance is part of the exponent: it never rounds;
- a direction (cosine) is brought to size by ldexp, which rounds what becomes subnormal, once.
"""

import numpy as np
from reference_exact import cluster_sums, exact_sum, exponent_of, integers, power_of_two, round53, rounded

# ---------------------------------------------------------------- what metrics have in common


def highest_and_lowest(*arrays):
    """The exponents of the largest and of the smallest magnitude that is not 0; None where all are 0."""
    values = np.concatenate([np.asarray(a, dtype=np.float64).ravel() for a in arrays])
    exponents = np.frexp(values[values != 0])[1]
    return (int(exponents.max()), int(exponents.min())) if exponents.size else None


def scale_of(*arrays):
    """The power of two that the values are multiplied by before they are squared, 0 where no square can be lost."""
    found = highest_and_lowest(*arrays)
    return 0 if not found or (found[0] <= 480 and found[1] >= -400) else 480 - found[0]


def scale_down(limit, *arrays):
    """The power of two that brings the largest magnitude to the exponent limit; 0 where it is not above."""
    found = highest_and_lowest(*arrays)
    return 0 if not found or found[0] <= limit else limit - found[0]


def scaled(values, scale):
    values = np.asarray(values, dtype=np.float64)
    return np.ldexp(values, scale) if scale else values


def sixteen_lanes(terms, shape):
    """The sum of arrays of one shape in the referee's order."""
    s = [np.zeros(shape) for _ in range(16)]
    for j, term in enumerate(terms):
        s[j % 16] += term
    for half in (8, 4, 2, 1):
        for i in range(half):
            s[i] += s[i + half]
    return s[0]


def differences(X, centers):
    """Those of one column after the other, each (n, k)."""
    return (X[:, j, None] - centers[None, :, j] for j in range(X.shape[1]))


def distances(X, centers):
    """The referee's squared distances, (n, k). X and centers as float64, scaled where they need to be."""
    return sixteen_lanes((t * t for t in differences(X, centers)), (len(X), len(centers)))


def mismatches(X, centers):
    """How many columns differ, (n, k)."""
    count = np.zeros((len(X), len(centers)))
    for t in differences(X, centers):
        count += t != 0
    return count


# ---------------------------------------------------------------- centers


def means(seen, labels, weights, old):
    """The weighted mean of each column in each cluster."""
    new = old.copy()
    sizes = [round53(size) for size in cluster_sums(np.ones(len(seen)), labels, weights, len(old))]
    for j, column in enumerate(seen.T):
        for i, total in enumerate(cluster_sums(column, labels, weights, len(old))):
            if sizes[i] > 0:
                # Both are rounded once to 53 bits with an unbounded exponent; then one division in float64.
                new[i, j] = float(round53(total) / sizes[i])
    return new


def of_members(choose):
    """A function like means: choose(values, exact weights) of a column of the members of positive weight."""

    def centers(seen, labels, weights, old):
        new = old.copy()
        exact, _ = integers(np.ones(len(seen)) if weights is None else weights)
        for i in range(len(old)):
            members = np.flatnonzero((labels == i) & (exact > 0))
            if len(members):
                new[i] = [choose(column, exact[members]) + 0.0 for column in seen[members].T]  # 0.0 in place of -0.0
        return new

    return centers


@of_members
def median(values, weights):
    """The least value that half of the weight does not exceed."""
    order = np.argsort(values)
    so_far = np.cumsum(weights[order])
    return values[order][2 * so_far >= so_far[-1]][0]


@of_members
def mode(values, weights):
    """The value of most weight, the least of those at a tie."""
    order = np.argsort(values)
    different, first = np.unique(values[order], return_index=True)
    totals = np.add.reduceat(weights[order], first)
    return different[totals.argmax()]  # the first of equal ones


# ---------------------------------------------------------------- the metrics


class Euclidean:
    """Squared Euclidean distance; means."""

    def numeric(self, d):
        return d

    def seen(self, rows):
        return np.asarray(rows, dtype=np.float64)

    def scale(self, *seen):
        return scale_of(*seen)

    def scaled(self, values, scale):
        return scaled(values, scale)

    def exponent(self, scale):
        return -2 * scale

    def distances(self, x, c, scale):
        return distances(x, c)

    def shown(self, D, scale):
        return scaled(np.sqrt(D), -scale)

    def moved(self, seen, labels, weights, old):
        return means(seen, labels, weights, old)


class Manhattan(Euclidean):
    """Sum of absolute differences; lower medians."""

    def scale(self, *seen):
        return scale_down(900, *seen)

    def exponent(self, scale):
        return -scale

    def distances(self, x, c, scale):
        return sixteen_lanes(map(np.abs, differences(x, c)), (len(x), len(c)))

    def shown(self, D, scale):
        return as_they_are(D, self.exponent(scale))

    def moved(self, seen, labels, weights, old):
        return median(seen, labels, weights, old)


def as_they_are(D, exponent):
    with np.errstate(over="ignore"):
        return scaled(D, exponent)


def normalised(rows):
    """Each row divided by its length, in float64."""
    rows = np.asarray(rows, dtype=np.float64)
    if not rows.any(axis=1).all():
        raise ValueError("a row of zeros has no direction")
    exponents = np.frexp(np.abs(rows).max(axis=1))[1]
    rows = np.ldexp(rows, -exponents[:, None])  # the largest magnitude of each is in [1/2, 1)
    squares = sixteen_lanes((column * column for column in rows.T), len(rows))
    return rows / np.sqrt(squares)[:, None]


class Cosine(Euclidean):
    """1 - cos, as half the squared distance of normalised rows and centers; normalised sums of normalised rows."""

    def seen(self, rows):
        return normalised(rows)

    def exponent(self, scale):
        return -2 * scale - 1

    def shown(self, D, scale):
        return as_they_are(D, self.exponent(scale))

    def moved(self, seen, labels, weights, old):
        k, d = old.shape
        sums = [cluster_sums(seen[:, j], labels, weights, k) for j in range(d)]
        new = old.copy()
        for i in range(k):
            total = [round53(sums[j][i]) for j in range(d)]
            if any(total):
                shift = power_of_two(-max(exponent_of(value) for value in total if value))
                new[i] = normalised([[float(value * shift) for value in total]])[0]
        return new


class Hamming(Euclidean):
    """Number of columns that differ; modes."""

    def numeric(self, d):
        return 0

    def scale(self, *seen):
        return 0

    def distances(self, x, c, scale):
        return mismatches(x, c)

    def shown(self, D, scale):
        return D

    def moved(self, seen, labels, weights, old):
        return mode(seen, labels, weights, old)


class Mixed(Euclidean):
    """Squared Euclidean distance of the first columns and gamma for each other one that differs; means and modes."""

    def __init__(self, n_numeric, gamma):
        self.n_numeric = n_numeric
        self.gamma = gamma

    def numeric(self, d):
        return self.n_numeric

    def scale(self, *seen):
        return scale_down(480, *(values[:, : self.n_numeric] for values in seen))

    def scaled(self, values, scale):
        return np.hstack([scaled(values[:, : self.n_numeric], scale), values[:, self.n_numeric :]])

    def distances(self, x, c, scale):
        p = self.n_numeric
        return distances(x[:, :p], c[:, :p]) + scaled(self.gamma * mismatches(x[:, p:], c[:, p:]), 2 * scale)

    def shown(self, D, scale):
        return as_they_are(D, self.exponent(scale))

    def moved(self, seen, labels, weights, old):
        p = self.n_numeric
        numbers = means(seen[:, :p], labels, weights, old[:, :p])
        return np.hstack([numbers, mode(seen[:, p:], labels, weights, old[:, p:])])


METRICS = {"euclidean": Euclidean, "manhattan": Manhattan, "cosine": Cosine, "hamming": Hamming}


def as_metric(metric="euclidean", n_numeric=0, gamma=1.0):
    """The metric of this name."""
    return Mixed(n_numeric, gamma) if metric == "mixed" else METRICS[metric]()


# ---------------------------------------------------------------- how far centers moved


def mean_variance(X):
    """(mean variance of the features in scaled units, scale)."""
    n, d = X.shape
    if d == 0:
        return 0.0, 0
    mean = np.array([[float(exact_sum(X[:, j]) / n) for j in range(d)]])
    scale = scale_of(X, mean)
    return rounded(exact_sum(distances(scaled(X, scale), scaled(mean, scale))[:, 0])) / n / d, scale
