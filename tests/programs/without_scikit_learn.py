"""Imported before pykmeans, by programs about the core: scikit-learn is not found, whose import takes two seconds."""

import sys

sys.modules["sklearn"] = None
