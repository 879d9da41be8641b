"""What is measured: data, number of clusters, iterations, and how far ahead of its best exact peer pykmeans wants to
be, on two threads (None: no target was set)."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from . import data


class Case(NamedTuple):
    name: str
    points: Callable[[], np.ndarray]
    k: int
    iterations: int  # at most these; seeding has none
    target: float | None = None
    task: str = "fit"  # from given centers without a tolerance; "seed": k-means++; "whole": k-means++ and fit, tol=1e-4
    metric: str = "euclidean"
    seed: int = 0  # of the start; chosen so that the fit uses its iterations up
    quick: bool = False


FITS = [
    Case("iris", data.iris, 3, 10, 4, seed=1, quick=True),
    Case("digits", data.digits, 10, 20, 5, quick=True),
    Case("desk", data.desk, 20, 30, 5, quick=True),
    Case("picture16", data.china, 16, 30, 20, quick=True),
    Case("picture256", data.china, 256, 20, 25, quick=True),
    Case("plane", partial(data.crowds, 4_000_000, 2, 50, 0.2), 50, 20, 40),
    Case("table", partial(data.crowds, 1_000_000, 16, 100, 1.0), 100, 20, 5, quick=True),
    Case("codebook", data.signal, 1000, 10, 4, quick=True),
    Case("vectors-apart", partial(data.crowds, 100_000, 128, 1024, 0.5), 1024, 10, 6),
    Case("vectors-medium", partial(data.crowds, 100_000, 128, 1024, 2.0), 1024, 10, 6),
    Case("vectors-overlap", partial(data.crowds, 100_000, 128, 1024, 4.0), 1024, 10, 6, quick=True),
    Case("embeddings384", partial(data.embeddings, 384), 1000, 10, 6, quick=True),
    Case("embeddings768", partial(data.embeddings, 768), 1000, 10, 6),
    Case("text384", partial(data.text, 384), 1000, 10, 6),
    Case("text768", partial(data.text, 768), 1000, 10, 6),
    Case("minilm384", data.minilm, 1000, 10),
    Case("index", partial(data.crowds, 100_000, 128, 4096, 2.0), 4096, 10, 10),
]
BY_NAME = {case.name: case for case in FITS}
# The same data as above.
WHOLE = ["iris", "digits", "desk", "picture16", "table", "vectors-medium"]
METRICS = [
    BY_NAME["iris"]._replace(name="manhattan-iris", iterations=6, seed=4, metric="manhattan", target=None),
    BY_NAME["picture16"]._replace(name="manhattan-picture16", metric="manhattan", target=None),
    BY_NAME["table"]._replace(name="manhattan-table", iterations=10, metric="manhattan", target=None),
    Case("manhattan-vectors", partial(data.crowds, 100_000, 128, 100, 2.0), 100, 10, metric="manhattan"),
    BY_NAME["digits"]._replace(name="cosine-digits", seed=7, metric="cosine", target=None),
    BY_NAME["embeddings384"]._replace(name="cosine-embeddings384", metric="cosine", target=None),
    Case("cosine-text384", partial(data.text_with_words, 384), 1000, 10, metric="cosine"),
    Case("hamming-survey", data.survey, 10, 12, metric="hamming", seed=2, quick=True),
    Case("mixed-customers", data.customers, 8, 12, 50, metric="mixed", seed=4),
]
CASES = [
    *FITS,
    *METRICS,
    Case("seeding", data.signal, 1000, 0, 35, task="seed"),
    *(
        BY_NAME[name]._replace(name=f"whole-{name}", iterations=300, task="whole", quick=name in ("iris", "digits"))
        for name in WHOLE
    ),
]


def chosen(words: list[str] | None, quick: bool) -> list[Case]:
    """Cases whose names begin with one of the words; without words all, or those of the quick run."""
    if words:
        for word in words:
            if not any(case.name.startswith(word) for case in CASES):
                raise SystemExit(
                    f"--only {word}: no case begins with it. There are {', '.join(c.name for c in CASES)}."
                )
        return [case for case in CASES if case.name.startswith(tuple(words))]
    return [case for case in CASES if case.quick or not quick]


def types(X: np.ndarray) -> list[str]:
    """The type that the data come in, and the other one that is measured beside it."""
    own = X.dtype.name
    return [own, "float32" if own == "float64" else "float64"]


def multiply_adds(case: Case, n: int, d: int, n_iter: int) -> float:
    """Multiplications and additions of a plain program that spares none: what the share of the limit is taken of."""
    trials = 2 + int(np.log(case.k))
    seeding = n * d * (1 + (case.k - 1) * trials)
    passes = n * d * case.k * (n_iter + 1)  # one more for the labels at the end
    return float({"fit": passes, "seed": seeding, "whole": seeding + passes}[case.task])


def passes(case: Case, n_iter: int) -> int:
    """How often such a program reads X."""
    return {"fit": n_iter + 1, "seed": case.k, "whole": case.k + n_iter + 1}[case.task]
