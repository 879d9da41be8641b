"""Every layout of memory that NumPy has, by every way in: the same bits as from a plain copy, and nothing is written.

test_properties.py has the layouts that are read in place, for KMeans; these are the others, and all that takes arrays.
"""

import os

import numpy as np
import pytest
from helpers import assert_same_bits, bits, blobs, fitted, some_weights
from programs import output

import pykmeans
from pykmeans import KMeans, KPrototypes, kmeans_plusplus, select_k, silhouette_samples, silhouette_score


def records(a):
    """A field of records of an odd number of bytes."""
    table = np.zeros(len(a), dtype=[("flag", "u1"), ("values", a.dtype, a.shape[1:])])
    table["values"] = a
    return table["values"]


def misaligned(a):
    raw = np.zeros(a.nbytes + 1, dtype=np.uint8)
    view = raw[1:].view(a.dtype).reshape(a.shape)
    view[...] = a
    return view


def swapped(a):
    return a.astype(a.dtype.newbyteorder())


def swapped_records(a):
    return records(swapped(a))


def backwards(a):
    """Negative strides in every direction."""
    back = (slice(None, None, -1),) * a.ndim
    return np.ascontiguousarray(a[back])[back]


def fortran(a):
    return np.asfortranarray(a)


def every_third_of_a_block(a):
    """Strides between the values as well, in memory that is full of other ones."""
    room = np.full([3 * size + 1 for size in a.shape], 99, dtype=a.dtype)
    view = room[tuple(slice(1, 3 * size + 1, 3) for size in a.shape)]
    view[...] = a
    return view


def locked(a):
    a = a.copy()
    a.flags.writeable = False
    return a


LAYOUTS = [records, misaligned, swapped, swapped_records, backwards, fortran, every_third_of_a_block, locked]
METRICS = ["euclidean", "manhattan", "cosine", "hamming"]


def rows(dtype, metric="euclidean", n=120):
    X = blobs(n, 4, 3, seed=1, dtype=dtype)
    return np.abs(np.round(X)).astype(dtype) + 1 if metric == "hamming" else X


def untouched(views, act):
    before = [bits(view) for view in views]
    found = act(*views)
    assert [bits(view) for view in views] == before
    return found


@pytest.mark.parametrize("change", LAYOUTS)
@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64, np.int16])
def test_an_estimator_with_all_that_it_takes(dtype, metric, change):
    X, w = rows(dtype, metric), some_weights(120, seed=0)
    init = np.unique(X, axis=0)[[3, 20, 40]]

    def all_of(X, init, w):
        model = fitted(X, init, w, metric=metric, store_medoids=True)
        return model, [model.predict(X), model.transform(X), model.score(X, sample_weight=w), model.medoid_indices_]

    one, others = all_of(X, init, w)
    other, found = untouched([change(X), change(init), change(w)], all_of)
    assert_same_bits(one, other)
    assert [bits(value) for value in found] == [bits(value) for value in others]


@pytest.mark.parametrize("change", LAYOUTS)
def test_k_prototypes(change):
    rng = np.random.default_rng(0)
    X = np.hstack([blobs(90, 2, 3, seed=0), rng.integers(0, 4, (90, 2))])
    w = some_weights(90, seed=1)
    options = {"categorical": [2, 3], "init": X[:3], "n_init": 1}
    one = KPrototypes(3, **options).fit(X, sample_weight=w)
    options["init"] = change(X[:3])
    other = untouched([change(X), change(w)], lambda X, w: KPrototypes(3, **options).fit(X, sample_weight=w))
    assert one.cluster_centers_.tolist() == other.cluster_centers_.tolist()  # objects
    assert bits(other.labels_) == bits(other.predict(change(X))) == bits(one.labels_)
    assert bits(other.transform(change(X))) == bits(one.transform(X))
    assert other.score(change(X), sample_weight=change(w)) == -one.inertia_ == -other.inertia_


@pytest.mark.parametrize("change", LAYOUTS)
@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_functions(dtype, change):
    X, w = rows(dtype), some_weights(120, seed=0)
    labels = np.arange(120) % 3

    def all_of(X, w, labels):
        seeds = kmeans_plusplus(X, 5, random_state=0, sample_weight=w)
        chosen = select_k(X, range(2, 4), sample_weight=w, random_state=0, criteria=["elbow", "davies_bouldin", "gap"])
        whole = 4 * np.ceil(w).astype(labels.dtype)
        return [
            *seeds,
            *pykmeans.assign(X, seeds[0]),
            silhouette_samples(X, labels, sample_weight=whole),
            silhouette_score(X, labels),
            chosen.table.tobytes(),
        ]

    expected = all_of(X, w, labels)
    found = untouched([change(X), change(w), change(labels)], all_of)
    assert [bits(value) for value in found] == [bits(value) for value in expected]


@pytest.mark.parametrize("metric", METRICS)
def test_strides_of_zero(metric):
    """Rows, columns, or all that are one and the same memory."""
    X = rows(np.float64, metric, 40)
    for view in (
        np.broadcast_to(X[:1], (40, 4)),
        np.broadcast_to(X[:, :1], (40, 4)),
        np.broadcast_to(X[0, 0], (40, 4)),
    ):
        w = np.broadcast_to(np.float64(0.3), 40)
        init = np.unique(X, axis=0)[:3]
        one, other = fitted(view.copy(), init, w.copy(), metric=metric), fitted(view, init, w, metric=metric)
        assert_same_bits(one, other)
        assert bits(other.predict(view)) == bits(one.labels_)
        found = silhouette_samples(view, np.arange(40) % 2, metric=metric)
        assert bits(found) == bits(silhouette_samples(view.copy(), np.arange(40) % 2, metric=metric))


@pytest.mark.parametrize("shift", [0, 1, 3])
def test_rows_that_overlap_in_memory(shift):
    """A window that slides over a series: rows begin a few values after each other."""
    series = np.random.default_rng(0).standard_normal(3000)
    X = np.lib.stride_tricks.sliding_window_view(series, 8)[:: max(shift, 1)]
    if shift == 0:
        X = X[::-1]
    assert_same_bits(fitted(X.copy(), X[:5].copy()), fitted(X, X[:5]))


@pytest.mark.parametrize("mode", ["r", "c", "r+"])
@pytest.mark.parametrize("offset", [0, 1])
def test_memory_maps(mode, offset, tmp_path):
    """Of whole files and from a byte on that no number would begin at; a map's file stays as it is."""
    X, w = rows(np.float64), some_weights(120, seed=0)
    path = tmp_path / "values"
    path.write_bytes(b"?" * offset + X.tobytes() + w.tobytes())
    before = path.read_bytes()
    mapped = np.memmap(path, np.float64, mode, offset=offset, shape=(121 * 4 - 4 + 120,))
    X_mapped, w_mapped = mapped[: X.size].reshape(X.shape), mapped[X.size :]
    model = fitted(X_mapped, X_mapped[:3], w_mapped)
    assert_same_bits(fitted(X, X[:3], w), model)
    assert bits(np.asarray(model.transform(X_mapped))) == bits(model.transform(X))
    assert path.read_bytes() == before
    assert not any(isinstance(value, np.memmap) for value in vars(model).values())  # the file may go


def test_a_memory_map_of_a_file_that_is_gone(tmp_path):
    X = rows(np.float32)
    np.save(tmp_path / "X.npy", X)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    if os.name == "posix":
        (tmp_path / "X.npy").unlink()
    assert_same_bits(fitted(X, X[:3]), fitted(mapped, X[:3]))


NOTHING = {"no rows": (0, 2), "no columns": (5, 0), "neither": (0, 0)}
ENTRIES = {
    "KPrototypes": lambda X: KPrototypes(1, categorical=[]).fit(X),
    "silhouette_samples": lambda X: silhouette_samples(X, np.zeros(len(X), dtype=int)),
    "silhouette_score": lambda X: silhouette_score(X, np.zeros(len(X), dtype=int)),
    "select_k": lambda X: select_k(X, [1, 2]),
    "elbow": lambda X: pykmeans.elbow(X, [1, 2]),
    "manhattan": lambda X: KMeans(1, metric="manhattan").fit(X),
    "cosine": lambda X: KMeans(1, metric="cosine").fit(X),
    "hamming": lambda X: KMeans(1, metric="hamming").fit(X),
    "hamming of words": lambda X: KMeans(1, metric="hamming").fit(X.astype(str)),
}


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("case", NOTHING)
def test_nothing(case, entry):
    """test_input.py asks the other ways in."""
    shape = NOTHING[case]
    words = "0 sample" if shape[0] == 0 else "0 feature"
    with pytest.raises(ValueError, match=rf"Found array with {words}\(s\) \(shape=\({shape[0]}, {shape[1]}\)\)"):
        ENTRIES[entry](np.zeros(shape))


# ---------------------------------------------------------------- 2^31 values and more


def available_memory():
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 0


@pytest.mark.slow
@pytest.mark.skipif(available_memory() < 6e9, reason="takes some GB of memory, most of it the pages of a file")
@pytest.mark.parametrize("kind", ["uint8 in a file", "float32, overlapping rows"])
def test_more_values_than_31_bits_can_count(kind, tmp_path):
    try:
        print("peak in MB", output("beyond_31_bits", tmp_path / "X", kind, timeout=None))
    finally:
        (tmp_path / "X").unlink(missing_ok=True)


def test_more_pairs_of_rows_and_centers_than_31_bits_can_count():
    """n k > 2^31, with rows that take no memory."""
    n, k = 2**17 + 5, 2**14 + 3
    centers = np.arange(k, dtype=np.float32)[:, np.newaxis] * np.float32(2)
    X = np.resize(np.arange(2 * k, dtype=np.float32), n)[:, np.newaxis]
    labels, distances = pykmeans.assign(X, centers)
    values = np.arange(n) % (2 * k)
    np.testing.assert_array_equal(labels, values // 2)  # at a tie the lower one
    np.testing.assert_array_equal(distances, values % 2)
