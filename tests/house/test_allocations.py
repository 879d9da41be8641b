"""A C++ program that calls again and again allocates in the first call only: tests/embed/allocations.cpp counts."""

import re
from functools import cache

import pytest
from embedded import program
from native import ROOT, build, install, run


@cache
def counts():
    """{name of a loop: how often memory was asked for in each call}"""
    lines = [line.rsplit(",", 1) for line in run(program("installed", "allocations")).splitlines()]
    return {name: [int(word) for word in words.split()] for name, words in lines}


@pytest.mark.parametrize("n_threads", [1, 2])
def test_the_colors_of_a_film_are_allocated_once(n_threads):
    first, others = counts()[f"film,{n_threads}"]
    assert first > 0
    assert others == 0


def test_every_way_takes_memory_from_the_workspace():
    loops = {name: calls for name, calls in counts().items() if name.startswith("workspace,")}
    assert len(loops) > 40
    assert {name: calls for name, calls in loops.items() if any(calls[1:])} == {}
    for words in ("uint8", "float", "double", "euclidean", "manhattan", "cosine", "hamming", "mixed", "boxes", "elkan"):
        assert any(words in name for name in loops), words


def test_without_a_workspace_the_counter_counts():
    heaps = {name: calls for name, calls in counts().items() if name.startswith("heap,")}
    assert len(heaps) > 40
    assert all(min(calls) > 0 for calls in heaps.values())


def test_a_workspace_changes_no_bit_keeps_its_promises_and_leaves_nothing_behind():
    assert [name for name in counts() if name.startswith("wrong,")] == []


@pytest.mark.parametrize("n_threads", [1, 2])
def test_memory_may_be_refused_anywhere(n_threads):
    (refusals,) = counts()[f"refusals,{n_threads}"]
    assert refusals > 50  # places, at each of which a fit ended with std::bad_alloc and left nothing behind


def test_the_example_runs():
    folder = build(ROOT / "examples" / "palette", "palette", f"-DCMAKE_PREFIX_PATH={install()}")
    (path,) = (p for p in folder.rglob("palette*") if p.is_file() and p.suffix in ("", ".exe"))
    *frames, kept = run(path).splitlines()
    assert len(frames) == 40
    assert all(re.fullmatch(r"frame +\d+, \d steps:( #[0-9a-f]{6}){6}", line) for line in frames)
    assert re.fullmatch(r"kept from frame to frame: \d+ kB", kept)
