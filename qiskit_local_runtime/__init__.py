"""Qiskit Runtime on your own machine."""

from .handles import RuntimeJob
from .options import EstimatorOptions, SamplerOptions
from .primitives import EstimatorV2, SamplerV2
from .runtime import LocalRuntime

Estimator = EstimatorV2
Sampler = SamplerV2
RuntimeJobV2 = RuntimeJob

__version__ = "0.1.0"

__all__ = [
    "Estimator",
    "EstimatorOptions",
    "EstimatorV2",
    "LocalRuntime",
    "RuntimeJob",
    "RuntimeJobV2",
    "Sampler",
    "SamplerOptions",
    "SamplerV2",
]
