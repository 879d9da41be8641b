"""Choosing k beside scikit-learn and kneed: ``python -m bench.choosing``.

Both fit k = 2 to 10: scikit-learn from ten starts, pykmeans from three and from the solution before, refining each.
Both compute elbow, silhouette, Calinski-Harabasz and Davies-Bouldin. Values are compared on the labels of pykmeans.
"""

import argparse
from typing import Any

import numpy as np
from kneed import KneeLocator
from sklearn import datasets
from sklearn.cluster import KMeans
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_score

from bench.silhouette import least_seconds
from pykmeans import KSelection, select_k

DATA = ("iris", "wine", "digits", "breast_cancer")
COUNTS = range(2, 11)
SCORES = {
    "silhouette": silhouette_score,
    "calinski_harabasz": calinski_harabasz_score,
    "davies_bouldin": davies_bouldin_score,
}


def by_scikit_learn(X: np.ndarray) -> int | None:
    """What a user would write."""
    inertia = []
    for k in COUNTS:
        model = KMeans(k, n_init=10, random_state=0).fit(X)
        inertia.append(model.inertia_)
        for score in SCORES.values():
            score(X, model.labels_)
    return elbow_of(inertia)


def elbow_of(inertia: Any) -> int | None:
    """The elbow, as kneed sees it."""
    return KneeLocator(list(COUNTS), list(inertia), curve="convex", direction="decreasing").knee


def largest_difference(selection: KSelection, X: np.ndarray) -> float:
    """The largest relative difference of a value to scikit-learn's, on the same labels."""
    expected = {name: [score(X, selection.models[k].labels_) for k in COUNTS] for name, score in SCORES.items()}
    return max(float(np.abs(selection.table[name] / expected[name] - 1).max()) for name in SCORES)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.choosing", description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3, help="runs of which the least time counts (default: 3)")
    parser.add_argument("--only", nargs="+", choices=DATA, default=list(DATA), help="only these data")
    chosen = parser.parse_args()
    print("| data | pykmeans (s) | scikit-learn and kneed (s) | ratio | largest relative difference | elbow, kneed's |")
    print("|---|---|---|---|---|---|")
    for name in chosen.only:
        X = getattr(datasets, f"load_{name}")().data
        ours, selection = least_seconds(
            lambda X=X: select_k(X, COUNTS, criteria=("elbow", *SCORES), random_state=0), chosen.repeats
        )
        theirs, _ = least_seconds(lambda X=X: by_scikit_learn(X), chosen.repeats)
        elbows = f"{selection.best['elbow']}, {elbow_of(selection.table['inertia'])}"
        difference = largest_difference(selection, X)
        print(f"| {name} | {ours:.3f} | {theirs:.3f} | {theirs / ours:.1f} | {difference:.1e} | {elbows} |", flush=True)


if __name__ == "__main__":
    main()
