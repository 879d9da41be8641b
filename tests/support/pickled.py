"""Models in files, to be read by another process: another NumPy, another scikit-learn.

``pickled.py write FOLDER`` writes them, ``pickled.py read FOLDER`` reads and compares.
"""

import pickle
import sys
from pathlib import Path

import numpy as np

import pykmeans

X = np.random.RandomState(0).uniform(size=(20, 3))
TABLE = [[float(i % 7), "abc"[i % 3], i % 2 == 0] for i in range(20)]
MODELS = {
    "float64": (pykmeans.KMeans(3, random_state=0), X),
    "float32": (pykmeans.KMeans(3, random_state=0, record_steps=True), X.astype(np.float32)),
    "cosine": (pykmeans.KMeans(3, random_state=0, metric="cosine", store_medoids=True), X + 1),
    "categories": (pykmeans.KMeans(2, random_state=0, metric="hamming"), [row[1:] for row in TABLE]),
    "mixed": (pykmeans.KPrototypes(2, random_state=0), TABLE),
}
PROTOCOLS = (2, 3, 4)  # NumPy 1.26 cannot read what NumPy 2 writes by protocol 5


def write(folder: Path) -> None:
    """Write each model by each protocol, and as JSON, with what it answers."""
    for name, (model, data) in MODELS.items():
        model.fit(data)
        answers = model.predict(data), model.transform(data), model.score(data)
        for protocol in PROTOCOLS:
            (folder / f"{name}-{protocol}.pickle").write_bytes(pickle.dumps((model, answers), protocol))
        model.save(folder / f"{name}.json")


def read(folder: Path) -> int:
    """Read them, refuse any that answers otherwise, and return how many there were."""
    paths = sorted(folder.glob("*.pickle"))
    for path in paths:
        _, data = MODELS[path.name.split("-")[0]]
        model, (labels, distances, score) = pickle.loads(path.read_bytes())
        for found in (model, type(model).load(path.with_name(path.name.split("-")[0] + ".json"))):
            assert np.array_equal(found.predict(data), labels), path
            assert np.array_equal(found.transform(data), distances), path
            assert found.score(data) == score, path
            assert repr(found) == repr(model), path
        model.fit(data)
        assert np.array_equal(model.labels_, labels), path
    return len(paths)


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(Path(sys.argv[2]))
    else:
        assert read(Path(sys.argv[2])) == len(PROTOCOLS) * len(MODELS)
