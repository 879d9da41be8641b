"""load refuses files that are something else, and models whose parts do not go together."""

import copy
import json
import sys

import numpy as np
import pandas as pd
import pytest

import pykmeans
from pykmeans import KMeans, KPrototypes

FRAME = pd.DataFrame({"colour": ["red", "red", "blue", "blue", "grün"], "size": [1.0, 1.5, 7.1, 8.0, 9.0]})


@pytest.fixture(scope="module")
def kmeans_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "kmeans.json"
    KMeans(2, random_state=0).fit(pd.DataFrame({"a": [0.0, 1.0, 9.0], "b": [1.0, 2.0, 3.0]})).save(path)
    return json.loads(path.read_text())


@pytest.fixture(scope="module")
def kprototypes_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "kprototypes.json"
    KPrototypes(2, random_state=0).fit(FRAME).save(path)
    return json.loads(path.read_text())


def assert_refused(path, phrase, cls=KMeans):
    with pytest.raises(ValueError) as caught:
        cls.load(path)
    assert str(caught.value).startswith(f"{path} is not a model that can be loaded: ")
    assert phrase in str(caught.value)


CONTENTS = {
    "nothing": (b"", "Expecting value"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00", "'utf-8' codec can't decode byte 0x89"),
    "a table": (b"a,b\n1,2\n", "Expecting value: line 1 column 1"),
    "half a file": (b'{"format": "pykmeans model", "version": 1, "estim', "Unterminated string"),
    "a list": (b"[1, 2]", 'it has no "format": "pykmeans model"'),
    "other JSON": (b'{"a": 1}', 'it has no "format": "pykmeans model"'),
    "not a number": (b'{"a": NaN}', "JSON has no number NaN"),
    "an unknown tag": (b'{"a": {"$complex": [1, 2]}}', "$complex cannot be [1, 2] (there is no such kind of value)"),
    "two keys": (b'{"a": {"$date": "2026-01-31", "b": 1}}', "$date cannot be null"),
    "no date": (b'{"a": {"$date": "2026-02-30"}}', '$date cannot be "2026-02-30" (day is out of range for month)'),
    "a number as a date": (b'{"a": {"$date": 3}}', "$date cannot be 3"),
    "no decimal": (b'{"a": {"$decimal": "x"}}', '$decimal cannot be "x"'),
    "text as numbers": (b'{"a": {"$float64": ["1"]}}', '$float64 cannot be ["1"] (it must be a list of values of this'),
    "a fraction as an int": (b'{"a": {"$int64": [1.5]}}', "$int64 cannot be [1.5]"),
    "beyond an int": (b'{"a": {"$uint8": [300]}}', "$uint8 cannot be [300]"),
    "ragged": (b'{"a": {"$float64": [[1.0], [1.0, 2.0]]}}', "$float64 cannot be [[1.0], [1.0, 2.0]]"),
    "ragged objects": (b'{"a": {"$object": [[1.0], [1.0, 2.0]]}}', "$object cannot be [[1.0], [1.0, 2.0]]"),
    "no rows": (b'{"a": {"$object": 3}}', "$object cannot be 3"),
    "deep": (b"[" * 100_000, "it is nested too deeply"),
    "less deep": (b"[" * 300 + b"]" * 300, "it is nested too deeply"),
    "arrays in an array": (b'{"a": {"$object": [{"$str": ["b"]}, {"$str": ["c", "d"]}]}}', "$object cannot be"),
    "an object in an array": (b'{"a": {"$object": [[{}]]}}', "$object cannot be [[{}]]"),
    "digits": (b"1" * 10_000, "it has no" if sys.version_info < (3, 10, 7) else "integer string conversion"),
}


@pytest.mark.parametrize("case", CONTENTS)
def test_files_that_are_something_else(case, tmp_path):
    content, phrase = CONTENTS[case]
    (tmp_path / "m").write_bytes(content)
    assert_refused(tmp_path / "m", phrase)


REFINED = {
    "unrefined_inertia_": 9.0,
    "refinement_history_": {"$float64": [9, 8]},
    "n_swaps_": 3,
    "n_accepted_swaps_": 2,
    "n_moves_": 0,
}
BROKEN = {
    "version": ({"version": 2}, f'its "version" is 2, and pykmeans {pykmeans.__version__} reads version 1'),
    "version of another type": ({"version": True}, 'its "version" is True'),
    "no version": ({"version": ...}, 'its "version" is None'),
    "estimator": ({"estimator": "KMedians"}, "its \"estimator\" is 'KMedians', not KMeans"),
    "no estimator": ({"estimator": ...}, 'its "estimator" is None, not KMeans'),
    "no parameters": ({"parameters": ...}, 'it has no "parameters"'),
    "fitted as a list": ({"fitted": []}, 'it has no "fitted"'),
    "table": ({"table": 3}, 'its "table" is not an object'),
    "unknown parameter": ({"parameters": {"k": 3, "j": 2}}, "it has the unknown parameters j, k"),
    "bad parameter": ({"parameters": {"tol": -1}}, "The 'tol' parameter of KMeans must be a float in the range"),
    "parameter of a wrong type": ({"parameters": {"n_clusters": "2"}}, "The 'n_clusters' parameter of KMeans must be"),
    "combination": ({"parameters": {"metric": "hamming", "algorithm": "elkan"}}, "algorithm='elkan' works with metric"),
    "missing": ({"fitted": {"inertia_": ..., "n_iter_": ...}}, "it lacks the attributes inertia_, n_iter_"),
    "unknown": ({"fitted": {"labels_": [1]}}, "it has the unknown attributes labels_"),
    "type": ({"fitted": {"inertia_": 3}}, "inertia_ is 3, which must be of type float"),
    "flag": ({"fitted": {"converged_": 1}}, "converged_ is 1, which must be of type bool"),
    "list": ({"fitted": {"cluster_sizes_": [1, 2]}}, "cluster_sizes_ must be an array of float64 of shape (2)"),
    "sizes": (
        {"fitted": {"cluster_sizes_": {"$float64": [1]}}},
        "cluster_sizes_ must be an array of float64 of shape (2)",
    ),
    "history": ({"fitted": {"inertia_history_": {"$float64": [[1]]}}}, "inertia_history_ must be an array of float64"),
    "names": ({"fitted": {"feature_names_in_": {"$object": ["a"]}}}, "feature_names_in_ must be an array of object of"),
    "numbers as names": ({"fitted": {"feature_names_in_": {"$object": ["a", 1]}}}, "feature_names_in_ must be text"),
    "flat": (
        {"fitted": {"cluster_centers_": {"$float64": [1, 2]}}},
        "cluster_centers_ must be an array of float32 or float64 or object of shape (any, 2)",
    ),
    "narrow": ({"fitted": {"cluster_centers_": {"$float64": [[1], [2]]}}}, "cluster_centers_ must be an array of"),
    "integers": ({"fitted": {"cluster_centers_": {"$int64": [[1, 2]]}}}, "cluster_centers_ must be an array of"),
    "none": ({"fitted": {"cluster_centers_": {"$float64": []}}}, "cluster_centers_ must be an array of"),
    "infinite": ({"fitted": {"cluster_centers_": {"$float64": [[1, 2], [3, {"$float": "inf"}]]}}}, "must be finite"),
    "a negative inertia": (
        {"fitted": {"inertia_": -1.0}},
        "inertia_ is -1.0, which must be of type float, finite and >=",
    ),
    "no inertia": ({"fitted": {"inertia_": {"$float": "nan"}}}, "inertia_ is nan, which must be"),
    "no iteration": ({"fitted": {"n_iter_": 0, "inertia_history_": {"$float64": []}}}, "n_iter_ is 0, which must be"),
    "no feature": ({"fitted": {"n_features_in_": 0}}, "n_features_in_ is 0, which must be of type int and >= 1"),
    "an unknown reason": (
        {"fitted": {"stop_reason_": "x"}},
        "stop_reason_ is 'x', which must be of type str, one of lab",
    ),
    "another reason": ({"fitted": {"stop_reason_": "max_iter"}}, "converged_ is True, but stop_reason_ is 'max_iter'"),
    "an algorithm that is none": ({"fitted": {"algorithm_": "auto"}}, "algorithm_ is 'auto', which must be"),
    "negative sizes": (
        {"fitted": {"cluster_sizes_": {"$float64": [3, -1]}}},
        "cluster_sizes_ must be finite and >= 0, but it is [3.0, -1.0]",
    ),
    "infinite sizes": (
        {"fitted": {"cluster_sizes_": {"$float64": [1, {"$float": "inf"}]}}},
        "cluster_sizes_ must be fin",
    ),
    "no sizes": ({"fitted": {"cluster_sizes_": {"$float64": [0, 0]}}}, "cluster_sizes_ are all 0"),
    "negative parts": (
        {"fitted": {"cluster_inertia_": {"$float64": [1, -2]}}},
        "cluster_inertia_ must be finite and >=",
    ),
    "no history": (
        {"fitted": {"n_iter_": 1, "inertia_history_": {"$float64": [{"$float": "nan"}]}}},
        "inertia_history_ must be >= 0, but it is [nan]",
    ),
    "objects": (
        {"fitted": {"cluster_centers_": {"$object": [[1.0, 2.0], [3.0, 4.0]]}}},
        "cluster_centers_ must be an array of float32 or float64 where the metric is euclidean",
    ),
    "no direction": (
        {"parameters": {"metric": "cosine"}, "fitted": {"cluster_centers_": {"$float64": [[1, 2], [0, 0]]}}},
        "cluster_centers_ must have a value that is not 0 in each row where the metric is cosine",
    ),
    "some of a refinement": (
        {"fitted": {"n_swaps_": 3, "n_moves_": 0}},
        "it lacks the attributes n_accepted_swaps_, refinement_history_, unrefined_inertia_",
    ),
    "a refinement that lost": ({"fitted": {**REFINED, "unrefined_inertia_": 0.25}}, "but unrefined_inertia_ is 0.25"),
    "more than were tried": ({"fitted": {**REFINED, "n_swaps_": 1}}, "n_accepted_swaps_ is 2, but n_swaps_ is 1"),
    "moves undone": ({"fitted": {**REFINED, "n_moves_": -1}}, "n_moves_ is -1, which must be of type int and >= 0"),
    "a negative history": (
        {"fitted": {**REFINED, "refinement_history_": {"$float64": [1, -1]}}},
        "refinement_history_ must be >= 0, but it is [1.0, -1.0]",
    ),
    "too large": ({"fitted": {"cluster_centers_": {"$float32": [[1, 2], [3, 1e39]]}}}, "must be finite"),
}


def changed(found, changes):
    """A copy; ... takes a key away."""
    result = copy.deepcopy(found)
    for key, value in changes.items():
        if value is ...:
            del result[key]
        elif isinstance(value, dict) and key in result and not any(name.startswith("$") for name in value):
            result[key] = changed(result[key], value)
        else:
            result[key] = value
    return result


@pytest.mark.parametrize("case", BROKEN)
def test_what_does_not_go_together_is_refused(case, kmeans_file, tmp_path):
    changes, phrase = BROKEN[case]
    (tmp_path / "m").write_text(json.dumps(changed(kmeans_file, changes)))
    assert_refused(tmp_path / "m", phrase)


@pytest.mark.parametrize("positions", [[-1], [2], [1, 0], [0, 0]], ids=str)
def test_positions_that_are_not_there(positions, kprototypes_file, tmp_path):
    changes = {"fitted": {"categorical_features_": {"$int64": positions}}}
    (tmp_path / "m").write_text(json.dumps(changed(kprototypes_file, changes)))
    assert_refused(
        tmp_path / "m", f"categorical_features_ are {positions}, which must be positions of columns in", KPrototypes
    )


CENTERS = {
    "a date": ({"$date": "2026-01-31"}, 1, "is datetime.date(2026, 1, 31), which must be a finite number"),
    "no number": (None, 1, "is None, which must be a finite number"),
    "a flag": (True, 1, "is True, which must be a finite number"),
    "an infinite number": ({"$float": "inf"}, 1, "is inf, which must be a finite number"),
    "a large number": (10**400, 1, "is 1000000000"),
    "no category": (None, 0, "is None, which must be a category"),
    "a category that is missing": ({"$float": "nan"}, 0, "is nan, which must be a category"),
    "a category without a hash": ({"$decimal": "sNaN"}, 0, "is Decimal('sNaN'), which must be a category"),
}


@pytest.mark.parametrize("case", CENTERS)
def test_what_the_centers_of_a_table_cannot_hold(case, kprototypes_file, tmp_path):
    value, column, phrase = CENTERS[case]
    found = copy.deepcopy(kprototypes_file)
    found["fitted"]["cluster_centers_"]["$object"][1][column] = value
    (tmp_path / "m").write_text(json.dumps(found))
    assert_refused(tmp_path / "m", f"cluster_centers_[1, {column}] {phrase}", KPrototypes)


@pytest.mark.parametrize("gamma", [-0.5, 1e201, {"$float": "nan"}], ids=str)
def test_gamma_is_one_that_a_fit_could_have(gamma, kprototypes_file, tmp_path):
    (tmp_path / "m").write_text(json.dumps(changed(kprototypes_file, {"fitted": {"gamma_": ...}})))
    assert_refused(tmp_path / "m", "it lacks the attributes gamma_", KPrototypes)
    found = copy.deepcopy(kprototypes_file)
    found["fitted"]["gamma_"] = gamma
    (tmp_path / "m").write_text(json.dumps(found))
    assert_refused(tmp_path / "m", "which must be of type float, in the range [0.0, 1e+200]", KPrototypes)


@pytest.mark.parametrize("depth", [40, 900, 100_000])
def test_parameters_are_not_nested_so_deeply_that_they_cannot_be_shown(depth, kmeans_file, tmp_path):
    init = []
    for _ in range(depth):
        init = [init]
    model = KMeans(2, random_state=0).fit([[0.0], [1.0]]).set_params(init=init)
    with pytest.raises(TypeError, match=r"^init is nested too deeply\. Set another init before"):
        model.save(tmp_path / "m")
    assert not (tmp_path / "m").exists()
    content = json.dumps(changed(kmeans_file, {"parameters": {"init": "here"}}))
    (tmp_path / "m").write_text(content.replace('"here"', "[" * depth + "]" * depth))
    assert_refused(tmp_path / "m", "it is nested too deeply")


def test_a_model_of_the_other_estimator(kmeans_file, kprototypes_file, tmp_path):
    (tmp_path / "m").write_text(json.dumps(kmeans_file))
    assert_refused(tmp_path / "m", "its \"estimator\" is 'KMeans', not KPrototypes", KPrototypes)
    (tmp_path / "m").write_text(json.dumps(kprototypes_file))
    assert_refused(tmp_path / "m", "its \"estimator\" is 'KPrototypes', not KMeans")


def test_what_refine_found_is_optional(kmeans_file, tmp_path):
    """A file of a version that knew nothing of it is read, too, and one that has all of it."""
    assert not set(REFINED) & set(kmeans_file["fitted"])
    changes = {"parameters": {"refine": ..., "n_swaps": ...}, "fitted": REFINED}
    (tmp_path / "m").write_text(json.dumps(changed(kmeans_file, changes)))
    loaded = KMeans.load(tmp_path / "m")
    assert (loaded.refine, loaded.n_swaps, loaded.unrefined_inertia_, loaded.n_swaps_) == (None, "auto", 9.0, 3)
    assert loaded.refinement_history_.tolist() == [9.0, 8.0]


def test_what_a_person_may_change(kmeans_file, tmp_path):
    """Whole numbers for floats, a parameter left out, another layout."""
    changes = {
        "parameters": {"tol": ..., "record_steps": ...},
        "fitted": {"cluster_centers_": {"$float64": [[1, 2], [3, 4.5]]}},
    }
    (tmp_path / "m").write_text(json.dumps(changed(kmeans_file, changes), indent=1, sort_keys=True))
    loaded = KMeans.load(tmp_path / "m")
    assert loaded.cluster_centers_.tolist() == [[1, 2], [3, 4.5]] and loaded.cluster_centers_.dtype == np.float64
    assert loaded.tol == KMeans().tol and loaded.record_steps is False
