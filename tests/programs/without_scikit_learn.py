"""Imported before pykmeans by programs about the core. It hides scikit-learn, whose import takes two seconds."""

import sys

sys.modules["sklearn"] = None
