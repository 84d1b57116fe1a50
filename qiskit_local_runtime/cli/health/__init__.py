"""What ``doctor`` looks at."""

from .finding import Finding

__all__ = ["Finding"]
