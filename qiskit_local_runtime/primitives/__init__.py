"""The primitives."""

from .estimator import EstimatorV2
from .noise_learner import NoiseLearner, NoiseLearnerV3
from .sampler import SamplerV2

__all__ = ["EstimatorV2", "NoiseLearner", "NoiseLearnerV3", "SamplerV2"]
