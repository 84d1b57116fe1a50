"""The primitives."""

from .estimator import EstimatorV2
from .executor import Executor
from .noise_learner import NoiseLearner, NoiseLearnerV3
from .sampler import SamplerV2

__all__ = ["EstimatorV2", "Executor", "NoiseLearner", "NoiseLearnerV3", "SamplerV2"]
