"""What is clustered, into how many clusters."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from .. import data as shared
from . import data


class Case(NamedTuple):
    data: str
    k: int
    quick: bool = False

    @property
    def name(self) -> str:
        return f"{self.data} {self.k}"


POINTS: dict[str, Callable[[], np.ndarray]] = {
    "iris": shared.iris,
    "ruspini": data.ruspini,
    "wine": lambda: data.standardized(data.scikit_learn("wine")),
    "glass": lambda: data.standardized(data.keel("imbalanced/raw/glass0.dat")),
    "breast_cancer": lambda: data.standardized(data.scikit_learn("breast_cancer")),
    "digits": shared.digits,
    "segment": partial(data.keel, "balanced/raw/segment.dat"),
    "spambase": partial(data.keel, "balanced/raw/spambase.dat"),
    "satimage": partial(data.keel, "balanced/raw/satimage.dat"),
    "penbased": partial(data.keel, "balanced/raw/penbased.dat"),
    "letter": partial(data.keel, "balanced/raw/letter.dat"),
    "china4": data.every_fourth_pixel,
    "china": shared.china,
    "cities": data.cities,
    "square": data.square,
    "d31": data.d31,
    "s2": data.s2,
    "unbalance": data.unbalance,
    "gmd5x5": data.gmd5x5,
    "norm25": data.norm25,
    "birch1": data.birch1,
    "isotropic64": partial(data.cloud, 10_000, 64),
    "decaying96": partial(data.cloud, 12_000, 96, 0.5),
    "decaying128": partial(data.cloud, 100_000, 128, 0.5),
    "crowds128": partial(shared.crowds, 100_000, 128, 1024, 2.0),
}
CASES = [
    Case("iris", 3, quick=True),
    Case("iris", 10, quick=True),
    Case("ruspini", 10, quick=True),
    Case("wine", 3, quick=True),
    Case("glass", 6),
    Case("breast_cancer", 10, quick=True),
    Case("digits", 10, quick=True),
    Case("digits", 32),
    Case("digits", 100, quick=True),
    Case("segment", 50),
    Case("spambase", 100),
    Case("satimage", 10),
    Case("satimage", 100),
    Case("penbased", 50),
    Case("letter", 26),
    Case("letter", 100),
    Case("china4", 64),
    Case("china", 256),
    Case("cities", 100),
    Case("cities", 1000),
    Case("square", 10),
    Case("square", 50),
    Case("d31", 31, quick=True),
    Case("s2", 15),
    Case("s2", 100, quick=True),
    Case("unbalance", 8),
    Case("gmd5x5", 50, quick=True),
    Case("norm25", 100),
    Case("birch1", 100),
    Case("isotropic64", 100, quick=True),
    Case("decaying96", 100),
    Case("decaying128", 1024),
    Case("crowds128", 1024),
]
