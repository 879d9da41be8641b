"""The base classes of KMeans: scikit-learn's where it is installed, so that KMeans is one of its estimators."""

from typing import TYPE_CHECKING

from . import _scikit_learn

if TYPE_CHECKING or not _scikit_learn.is_installed():
    from ._plain import BaseEstimator, ClassNamePrefixFeaturesOutMixin, ClusterMixin, TransformerMixin
else:
    from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, ClusterMixin, TransformerMixin

__all__ = ["BaseEstimator", "ClassNamePrefixFeaturesOutMixin", "ClusterMixin", "TransformerMixin"]
