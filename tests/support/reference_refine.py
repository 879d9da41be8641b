"""Refinement as docs/semantics.md describes it: slow and obvious. Nothing is local, and nothing is filtered.

Each step measures all rows against all centers, and sums are exact (reference_exact.py), in units of the scaled
distance. Rows of no weight are left out from the start; they get their labels at the end.

Where the contract leaves a choice, this is what was chosen:

- the scale is that of the centers with which Lloyd to the end ends;
- a center had to be updated afterwards if the update changed a value of it;
- float64 sums of inertias, and differences of them, are in units in which the largest weight is from 1/2 to 1;
- the inertia is 0 where it is 0 as it is returned; before Lloyd to the end nothing is done then either;
- a cluster that gained or lost rows in a round of moves is one that did so at any time, in its local Lloyd too;
- what is returned is measured as after any fit, scaled anew.
"""

import itertools
from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import reference
from reference_exact import cluster_sums, exact_sum, integers, power_of_two, products, round53, rounded
from reference_metrics import Cosine, as_metric

MOST_ROUNDS = 100


class Rows(NamedTuple):
    """Rows of positive weight, and how to measure them."""

    metric: Any
    scale: int
    X: np.ndarray  # as they are, for one that becomes a center
    seen: np.ndarray
    rank: np.ndarray  # their places in lexicographic order, the same for equal rows
    weights: np.ndarray | None

    def only(self, chosen):
        return self._replace(
            X=self.X[chosen],
            seen=self.seen[chosen],
            rank=self.rank[chosen],
            weights=None if self.weights is None else self.weights[chosen],
        )

    def distances(self, centers):
        """Those of all rows to all centers, (n, k)."""
        x = self.metric.scaled(self.seen, self.scale)
        c = self.metric.scaled(self.metric.seen(centers), self.scale)
        step = max(1, 2**13 // len(c))
        return np.vstack([self.metric.distances(x[i : i + step], c, self.scale) for i in range(0, len(x), step)])

    def sum(self, values):
        return exact_sum(values, self.weights)

    def updated(self, centers, labels, which):
        """The centers, those of the clusters ``which`` being updated."""
        which = np.unique(which)
        chosen = np.isin(labels, which)
        rows = self.only(chosen)
        new = centers.copy()
        new[which] = self.metric.moved(rows.seen, np.searchsorted(which, labels[chosen]), rows.weights, new[which])
        return new


@dataclass
class State:
    """Where a search is."""

    centers: np.ndarray
    labels: np.ndarray
    d: np.ndarray  # of each row to its center
    inertia: Fraction
    settled: bool = False
    failed: bool = False  # given up, too


@dataclass
class Fit(reference.Fit):
    """A fit that was refined; what tests check themselves with is in the last two."""

    unrefined_inertia: float
    refinement_history: np.ndarray
    n_swaps: int
    n_accepted_swaps: int
    n_moves: int
    n_iter_to_the_end: int
    happened: Counter


def fit(X, init, refine, n_swaps=0, seed=0, max_iter=300, tol=1e-4, sample_weight=None, metric="euclidean"):
    """A refined fit from the array init. n_swaps=0 is "auto"."""
    X = reference.as_points(X)
    how = {"sample_weight": sample_weight, "max_iter": max_iter, "metric": metric}
    plain = reference.fit(X, init, tol=tol, **how)
    end = plain
    if last_assignment_changed(X, plain, sample_weight, metric):
        end = reference.fit(X, plain.centers, tol=0.0, **how)
    search = Search(X, end.centers, sample_weight, metric, max_iter)
    search.remember()
    if plain.inertia > 0 and search.may_go_on():
        search.refine(refine, n_swaps, seed)
    found = measured(X, search.state.centers, sample_weight, metric, plain)
    return Fit(
        **vars(found if found.inertia < plain.inertia else plain),
        unrefined_inertia=plain.inertia,
        refinement_history=np.array([plain.inertia, *search.history] if search.k > 1 and plain.inertia > 0 else []),
        n_swaps=search.n_swaps,
        n_accepted_swaps=search.n_accepted_swaps,
        n_moves=search.n_moves,
        n_iter_to_the_end=end.n_iter if end is not plain else 0,
        happened=search.happened,
    )


def last_assignment_changed(X, plain, sample_weight, metric):
    """Whether the assignment after the last iteration changed a label; the rows that filled empty clusters count."""
    if plain.stop_reason == "labels":
        return False
    metric = as_metric(metric)
    weights = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    seen = metric.seen(X)
    labels, d, _ = reference.nearest_seen(metric, seen, metric.seen(plain.steps[-2][0]))
    labels, _ = reference.fill_empty(seen, labels, d, weights, len(plain.centers))
    counts = slice(None) if weights is None else weights > 0
    return not np.array_equal(labels[counts], plain.labels[counts])


def measured(X, centers, sample_weight, metric, plain):
    """The fit ``plain`` with other centers, and all that follows from them."""
    labels, d, scale = reference.nearest(X, centers, metric=metric)
    unit = power_of_two(as_metric(metric).exponent(scale))
    k = len(centers)
    return replace(
        plain,
        labels=labels,
        centers=centers,
        inertia=rounded(exact_sum(d, sample_weight) * unit),
        cluster_inertia=np.array([rounded(s * unit) for s in cluster_sums(d, labels, sample_weight, k)]),
        cluster_sizes=np.array([float(s) for s in cluster_sums(np.ones(len(X)), labels, sample_weight, k)]),
        steps=[*plain.steps[:-1], (centers, labels)],
    )


class Search:
    """The refinement of one run, from the centers that Lloyd to the end left."""

    def __init__(self, X, centers, sample_weight, metric, max_iter):
        weights = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        metric = as_metric(metric)
        seen = metric.seen(X)
        scale = metric.scale(seen, metric.seen(centers))
        rank = np.unique(seen + 0.0, axis=0, return_inverse=True)[1].ravel()
        rows = Rows(metric, scale, X, seen, rank, weights)
        self.rows = rows if weights is None else rows.only(weights > 0)
        largest = 1.0 if weights is None else weights.max()
        self.unit = power_of_two(np.frexp(largest)[1])  # of what is in float64, so that nothing overflows
        self.k = len(centers)
        self.max_iter = max_iter
        self.may_move = not isinstance(metric, Cosine)
        self.state = self.assigned(self.rows, centers)
        self.history = []
        self.touched = set()  # clusters that gained or lost rows
        self.n_swaps = self.n_accepted_swaps = self.n_moves = 0
        self.happened = Counter()

    def true_inertia(self, inertia):
        return inertia * power_of_two(self.rows.metric.exponent(self.rows.scale))

    def as_float(self, scaled_sum):
        return rounded(scaled_sum / self.unit)

    def remember(self):
        self.history.append(rounded(self.true_inertia(self.state.inertia)))

    def may_go_on(self):
        return self.k > 1 and len(np.unique(self.state.labels)) == self.k and self.history[0] > 0

    def refine(self, refine, n_swaps, seed):
        if refine == "swaps":
            self.swaps(n_swaps, np.random.RandomState(seed))
        if refine == "splits":
            self.splits()
        updated = self.rows.updated(self.state.centers, self.state.labels, np.arange(self.k))
        up_to_date = np.array_equal(updated, self.state.centers)
        found = self.local_lloyd(self.rows, updated, self.state.labels, self.max_iter)
        if self.keep_if_less(found, "afterwards"):
            self.remember()
        elif not up_to_date:
            return
        if found.settled and self.may_move:
            self.moves()

    # ------------------------------------------------------------ what all have in common

    def assigned(self, rows, centers):
        D = rows.distances(centers)
        d = D.min(axis=1)
        return State(centers, D.argmin(axis=1), d, rows.sum(d))

    def local_lloyd(self, rows, centers, labels, limit, hopeless=lambda i, inertia: False):
        """From these centers, and the labels before: None where all labels are new."""
        for i in itertools.count():
            state = self.assigned(rows, centers)
            changed = np.ones(len(rows.X), dtype=bool) if labels is None else state.labels != labels
            if not changed.any():
                return replace(state, settled=True)
            if len(np.unique(state.labels)) < len(centers):
                self.happened["a cluster without weight"] += 1
                return replace(state, failed=True)
            if i == limit:
                self.happened[f"after {limit} updates"] += 1
                return state
            if hopeless(i, state.inertia):
                self.happened["given up"] += 1
                return replace(state, failed=True)
            touched = state.labels[changed] if labels is None else np.r_[state.labels[changed], labels[changed]]
            self.touched.update(touched.tolist())
            centers = rows.updated(centers, state.labels, touched)
            labels = state.labels

    def keep_if_less(self, found, what):
        """Whether it was kept."""
        kept = not found.failed and found.inertia < self.state.inertia
        if kept:
            self.state = found
        self.happened[f"{what}: {'kept' if kept else 'failed' if found.failed else 'undone'}"] += 1
        return kept

    def losses_and_heirs(self):
        D = self.rows.distances(self.state.centers)
        D[np.arange(len(D)), self.state.labels] = np.inf
        second = D.argmin(axis=1)
        with_second = self.cluster_sums(D.min(axis=1))
        with_first = self.cluster_sums(self.state.d)
        losses = [round53(b - a) for a, b in zip(with_first, with_second, strict=True)]
        return losses, [set(second[self.state.labels == c].tolist()) for c in range(self.k)]

    def recentered(self, losses):
        """The losses of clusters, less what their heirs' centers win by moving to the means of what they have then."""
        D = self.rows.distances(self.state.centers)
        D[np.arange(len(D)), self.state.labels] = np.inf
        second = D.argmin(axis=1)
        for c in range(self.k):
            for heir in np.unique(second[self.state.labels == c]):
                gone = self.rows.only((self.state.labels == c) & (second == heir))
                kept = self.rows.only(self.state.labels == heir)
                center = gone.updated(self.state.centers[[heir]], np.zeros(len(gone.X), dtype=int), [0])
                apart = Fraction(self.as_points(center).distances(self.state.centers[[heir]])[0, 0])
                g, m = (round53(rows.sum(np.ones(len(rows.X)))) for rows in (gone, kept))
                losses[c] = round53(losses[c] - round53(round53(apart * g) * round53(g / round53(m + g))))
        return losses

    def as_points(self, centers):
        """Centers as rows, to measure them."""
        return self.rows._replace(X=centers, seen=self.rows.metric.seen(centers), rank=None, weights=None)

    def cluster_sums(self, values):
        return cluster_sums(values, self.state.labels, self.rows.weights, self.k)

    # ------------------------------------------------------------ swaps

    def swaps(self, n_swaps, rng):
        in_a_row = 0
        while in_a_row < 10 if n_swaps == 0 else self.n_swaps < n_swaps:
            kept = self.trial(rng.random_sample(3))
            in_a_row = 0 if kept else in_a_row + 1
            self.n_swaps += 1
            self.n_accepted_swaps += kept
            self.remember()

    def trial(self, uniforms):
        drawn = [self.draw(u) for u in uniforms]
        if None in drawn:
            self.happened["nothing to draw"] += 1
            return False
        gains = [self.gain(row) for row in drawn]
        row = drawn[gains.index(max(gains))]  # the first of equal ones
        losses, _ = self.losses_and_heirs()
        cluster = min((c for c in range(self.k) if c != self.state.labels[row]), key=losses.__getitem__)
        centers = self.state.centers.copy()
        centers[cluster] = self.rows.X[row]
        before = self.state.inertia
        e = []

        def hopeless(i, inertia):
            e.append(self.as_float(inertia - before))
            return i >= 2 and e[i] > 0 and e[i] > 3 * (e[i - 1] - e[i])

        return self.keep_if_less(self.local_lloyd(self.rows, centers, self.state.labels, 10, hopeless), "swap")

    def draw(self, u):
        """The row that the number u draws; None where no row is away from its center."""
        inertias = [self.as_float(s) for s in self.cluster_sums(self.state.d)]
        if not any(inertias):
            return None
        so_far = list(itertools.accumulate(inertias))  # in float64
        z = u * so_far[-1]
        beyond = [c for c in range(self.k) if so_far[c] > z]
        cluster = beyond[0] if beyond else max(c for c in range(self.k) if inertias[c] > 0)
        members = np.flatnonzero(self.state.labels == cluster)
        members = members[np.lexsort((self.rows.rank[members], self.state.d[members]))]
        terms, exponent = products(self.rows.only(members).weights, self.state.d[members])
        rest = z - (so_far[cluster - 1] if cluster else 0.0)  # in float64
        threshold = Fraction(rest) * self.unit / power_of_two(exponent)
        passed = [row for row, sum_ in zip(members, itertools.accumulate(terms), strict=True) if sum_ > threshold]
        if not beyond or not passed:
            self.happened["drawn as the last"] += 1
        return passed[0] if passed else members[self.state.d[members] > 0][-1]

    def gain(self, row):
        d = self.rows.distances(self.as_centers(self.rows.X[[row]]))[:, 0]
        return round53(self.state.inertia - self.rows.sum(np.minimum(d, self.state.d)))

    def as_centers(self, rows):
        return rows.astype(self.state.centers.dtype)

    # ------------------------------------------------------------ splits

    def splits(self):
        for _ in range(MOST_ROUNDS):
            if not self.split_round():
                return

    def split_round(self):
        parts = [self.split(c) for c in range(self.k)]
        centers = self.state.centers.copy()
        found = False
        for cluster, other in self.pairs([gain for _, gain in parts]):
            centers[[other, cluster]] = parts[other][0]
            found = True
        if not found:
            return False
        kept = self.keep_if_less(self.local_lloyd(self.rows, centers, self.state.labels, self.max_iter), "splits")
        self.remember()
        return kept

    def split(self, cluster):
        """(the centers of both parts, the gain); (None, None) where the cluster cannot be split."""
        chosen = self.state.labels == cluster
        rows = self.rows.only(chosen)
        d = self.state.d[chosen]
        a = np.lexsort((rows.rank, -d))[0]
        b = np.lexsort((rows.rank, -rows.distances(self.as_centers(rows.X[[a]]))[:, 0]))[0]
        parts = self.local_lloyd(rows, self.as_centers(rows.X[[a, b]]), None, 5)
        return (None, None) if parts.failed else (parts.centers, round53(rows.sum(d) - parts.inertia))

    def pairs(self, gains):
        """(cluster that gives its center away, cluster that is split) of each pair."""
        losses, heirs = self.losses_and_heirs()
        losses = self.recentered(losses)
        used = set()
        for cluster in sorted(range(self.k), key=losses.__getitem__):  # stable: the lowest index at a tie
            if cluster in used or heirs[cluster] & used:
                continue
            others = set(range(self.k)) - used - {cluster} - heirs[cluster]
            others = sorted(c for c in others if gains[c] is not None)
            other = max(others, key=gains.__getitem__, default=None)  # the first of equal ones
            if other is None or gains[other] <= losses[cluster]:
                return
            used |= {cluster, other} | heirs[cluster]
            yield cluster, other

    # ------------------------------------------------------------ moves

    def moves(self):
        n_touched = 0
        for _ in range(MOST_ROUNDS):
            if n_touched > 10 * self.k:
                self.happened["too many clusters touched"] += 1
                return
            self.touched = set()
            if not self.round_of_moves() or not self.state.settled:
                return
            n_touched += len(self.touched)

    def round_of_moves(self):
        groups = Groups(self.rows, self.state.labels, self.k)
        leaving = [g for g in range(len(groups.x)) if groups.better(g) is not None]
        n_moved = 0
        for g in leaving:
            other = groups.better(g)
            if other is not None:
                self.touched |= {groups.labels[g], other}
                n_moved += groups.sizes[g]
                groups.move(g, other)
        if not n_moved:
            return False
        labels = groups.labels[groups.group]
        centers = self.rows.updated(self.state.centers, labels, list(self.touched))
        kept = self.keep_if_less(self.local_lloyd(self.rows, centers, labels, self.max_iter), "moves")
        self.n_moves += n_moved * kept
        self.remember()
        return kept


class Groups:
    """Equal rows as one, in lexicographic order, and the exact sums of the clusters: all are integers."""

    def __init__(self, rows, labels, k):
        _, first, self.group = np.unique(rows.rank, return_index=True, return_inverse=True)
        self.sizes = np.bincount(self.group)
        self.labels = labels[first]
        x = whole(rows.seen)[first]
        weights = whole(np.ones(len(rows.X)) if rows.weights is None else rows.weights)
        w = np.array([sum(weights[self.group == g]) for g in range(len(first))], dtype=object)
        # The largest number below is less than this: 64 bits hold it where values and weights are short.
        bound = 8 * x.shape[1] * int(abs(x).max()) ** 2 * sum(w) ** 4
        kind = np.int64 if bound < 2**63 else object
        self.x, self.w = x.astype(kind), w.astype(kind)
        self.m = np.array([self.w[self.labels == c].sum() for c in range(k)], dtype=kind)
        self.S = np.array([(self.w[:, None] * self.x)[self.labels == c].sum(axis=0) for c in range(k)], dtype=kind)

    def better(self, g):
        """The cluster that a group would leave its own for; None where it would stay."""
        a, w, m = self.labels[g], self.w[g], self.m
        q = ((m[:, None] * self.x[g] - self.S) ** 2).sum(axis=1)
        leave = q * (m[a] * (m[a] - w)) < q[a] * (m * (m + w))
        leave[a] = False
        if not leave.any():
            return None
        others = [b for b in range(len(m)) if b != a]
        return min(others, key=lambda b: Fraction(int(q[b]), int(m[b] * (m[b] + w))))  # the first of equal ones

    def move(self, g, other):
        for cluster, w in ((self.labels[g], -self.w[g]), (other, self.w[g])):
            self.m[cluster] += w
            self.S[cluster] += w * self.x[g]
        self.labels[g] = other


def whole(values):
    """The values as Python integers, but for a common factor."""
    values, _ = integers(values)
    return values // max(np.gcd.reduce(values.ravel()), 1)
