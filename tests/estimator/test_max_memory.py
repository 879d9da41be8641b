"""max_memory changes the time and what is kept, never a bit of the result."""

import numpy as np
import pytest

from pykmeans import KMeans, KPrototypes, k_means, select_k
from pykmeans._validate.memory import number_of_bytes


@pytest.fixture(scope="module")
def X():
    rng = np.random.default_rng(0)
    return (rng.integers(0, 9, (6000, 1)) + rng.normal(size=(6000, 3))).astype(np.float32)


@pytest.mark.parametrize("algorithm", ["auto", "lloyd", "elkan", "tiles", "boxes"])
def test_the_bits_are_the_same_whatever_fits(X, algorithm):
    free = KMeans(20, random_state=0, algorithm=algorithm).fit(X)
    for limit in ("1 GB", 400_000, "50 kB"):
        tight = KMeans(20, random_state=0, algorithm=algorithm, max_memory=limit).fit(X)
        assert (tight.labels_ == free.labels_).all()
        assert (tight.cluster_centers_ == free.cluster_centers_).all()
        assert (tight.inertia_history_ == free.inertia_history_).all()
    if algorithm != "elkan":  # whose bounds take 4 bytes a row here; the others take more than 50 kB
        assert tight.algorithm_ == "lloyd"


def test_auto_takes_what_fits(X):
    assert KMeans(20, random_state=0).fit(X).algorithm_ == "boxes"
    assert KMeans(20, random_state=0, max_memory="10 MB").fit(X).algorithm_ == "boxes"
    assert KMeans(20, random_state=0, max_memory="100 kB").fit(X).algorithm_ == "lloyd"


def test_a_limit_that_is_too_low_says_how_much_it_takes(X):
    with pytest.raises(ValueError, match=r"max_memory=47999 must be at least 48000, which init=k-means\+\+ takes"):
        KMeans(20, random_state=0, max_memory=47_999).fit(X)
    given = KMeans(20, init=X[:20], n_init=1, n_threads=1)
    with pytest.raises(ValueError, match=r"max_memory=1 must be at least \d+, which algorithm=lloyd takes") as refused:
        given.set_params(max_memory=1).fit(X)
    least = int(str(refused.value).split("at least ")[1].split(",")[0])
    with pytest.raises(ValueError, match=f"must be at least {least},"):
        given.set_params(max_memory=least - 1).fit(X)
    given.set_params(max_memory=least).fit(X)


def test_everything_that_takes_it(X):
    tables = [["a", "b"][i % 2] for i in range(len(X))]
    mixed = np.empty((len(X), 2), dtype=object)
    mixed[:, 0], mixed[:, 1] = X[:, 0], tables
    with pytest.raises(ValueError, match="max_memory=8 must be"):
        KPrototypes(3, categorical=[1], random_state=0, max_memory=8).fit(mixed)
    with pytest.raises(ValueError, match="max_memory=8 must be"):
        k_means(X, 3, random_state=0, max_memory=8)
    with pytest.raises(ValueError, match="max_memory=8 must be"):
        select_k(X, [2], criteria=["elbow"], random_state=0, max_memory=8)
    with pytest.raises(ValueError, match="max_memory=8 must be"):
        select_k(X, [2], criteria=["elbow"], random_state=0, estimator=KMeans(max_memory=8))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1 B", 1),
        ("2 GB", 2 * 10**9),
        ("2GiB", 2 * 1024**3),
        ("1.5 kB", 1500),
        (" .5 MiB ", 2**19),
        ("3 tb", 3 * 10**12),
        (np.int64(7), 7),
        ("9" * 400 + " GB", 2**63 - 1),
        ("0.4 B", None),
        ("2 G", None),
        ("GB", None),
        ("-1 GB", None),
        ("1e3 GB", None),
        ("", None),
    ],
)
def test_amounts(text, amount):
    assert number_of_bytes(text) == amount


@pytest.mark.parametrize("value", [0, -1, 1.5, "lots", "0 GB", [1], b"2 GB"])
def test_what_is_no_amount_is_refused(X, value):
    with pytest.raises(ValueError, match="'max_memory' parameter of KMeans must be an int in the range"):
        KMeans(2, max_memory=value).fit(X)
