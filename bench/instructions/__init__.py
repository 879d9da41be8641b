"""Counts the instructions of fixed small cases, which a busy machine does not change: python -m bench.instructions."""
