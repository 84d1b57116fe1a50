"""The primitives."""

from .estimator import EstimatorV2
from .sampler import SamplerV2

__all__ = ["EstimatorV2", "SamplerV2"]
