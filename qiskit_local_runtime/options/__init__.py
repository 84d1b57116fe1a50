"""Options: pydantic models at the edge, settled into frozen settings."""

from .base import Unset, UnsetType
from .groups import (
    DynamicalDecouplingOptions,
    EnvironmentOptions,
    ExecutionOptions,
    SamplerExecutionOptions,
    SimulatorOptions,
    TranspilationOptions,
    TwirlingOptions,
)
from .primitives import EstimatorOptions, SamplerOptions
from .resilience import (
    LayerNoiseLearningOptions,
    MeasureNoiseLearningOptions,
    PecOptions,
    ResilienceOptions,
    ZneOptions,
)
from .settle import settle_estimator, settle_sampler

__all__ = [
    "DynamicalDecouplingOptions",
    "EnvironmentOptions",
    "EstimatorOptions",
    "ExecutionOptions",
    "LayerNoiseLearningOptions",
    "MeasureNoiseLearningOptions",
    "PecOptions",
    "ResilienceOptions",
    "SamplerExecutionOptions",
    "SamplerOptions",
    "SimulatorOptions",
    "TranspilationOptions",
    "TwirlingOptions",
    "Unset",
    "UnsetType",
    "ZneOptions",
    "settle_estimator",
    "settle_sampler",
]
