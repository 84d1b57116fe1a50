"""Options: pydantic models at the edge, settled into frozen settings.

Each name is loaded when it is first asked for: pydantic is the largest single part of importing the primitives.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .base import Unset, UnsetType
    from .executor import ExecutorOptions, settle_executor
    from .groups import (
        DynamicalDecouplingOptions,
        EnvironmentOptions,
        ExecutionOptions,
        SamplerExecutionOptions,
        SimulatorOptions,
        TranspilationOptions,
        TwirlingOptions,
    )
    from .noise_learner import (
        BitFlipCheckOptions,
        BitFlipChecksOptions,
        NoiseLearnerOptions,
        NoiseLearnerV3Options,
        learner_options,
        settle_noise_learner,
        settle_noise_learner_v3,
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

_PLACES = {
    "BitFlipCheckOptions": "noise_learner",
    "BitFlipChecksOptions": "noise_learner",
    "DynamicalDecouplingOptions": "groups",
    "EnvironmentOptions": "groups",
    "EstimatorOptions": "primitives",
    "ExecutionOptions": "groups",
    "ExecutorOptions": "executor",
    "LayerNoiseLearningOptions": "resilience",
    "MeasureNoiseLearningOptions": "resilience",
    "NoiseLearnerOptions": "noise_learner",
    "NoiseLearnerV3Options": "noise_learner",
    "PecOptions": "resilience",
    "ResilienceOptions": "resilience",
    "SamplerExecutionOptions": "groups",
    "SamplerOptions": "primitives",
    "SimulatorOptions": "groups",
    "TranspilationOptions": "groups",
    "TwirlingOptions": "groups",
    "Unset": "base",
    "UnsetType": "base",
    "ZneOptions": "resilience",
    "learner_options": "noise_learner",
    "settle_estimator": "settle",
    "settle_executor": "executor",
    "settle_noise_learner": "noise_learner",
    "settle_noise_learner_v3": "noise_learner",
    "settle_sampler": "settle",
}

__all__ = [
    "BitFlipCheckOptions",
    "BitFlipChecksOptions",
    "DynamicalDecouplingOptions",
    "EnvironmentOptions",
    "EstimatorOptions",
    "ExecutionOptions",
    "ExecutorOptions",
    "LayerNoiseLearningOptions",
    "MeasureNoiseLearningOptions",
    "NoiseLearnerOptions",
    "NoiseLearnerV3Options",
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
    "learner_options",
    "settle_estimator",
    "settle_executor",
    "settle_noise_learner",
    "settle_noise_learner_v3",
    "settle_sampler",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}. It offers {', '.join(__all__)}.")
    found = globals()[name] = getattr(import_module(f".{_PLACES[name]}", __name__), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
