"""Options: pydantic models at the edge, settled into frozen settings.

Each name is loaded when it is first asked for: pydantic is the largest single part of importing the primitives.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_PLACES = {
    "DynamicalDecouplingOptions": "groups",
    "EnvironmentOptions": "groups",
    "EstimatorOptions": "primitives",
    "ExecutionOptions": "groups",
    "LayerNoiseLearningOptions": "resilience",
    "MeasureNoiseLearningOptions": "resilience",
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
    "settle_estimator": "settle",
    "settle_sampler": "settle",
}

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


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}. It offers {', '.join(__all__)}.")
    found = globals()[name] = getattr(import_module(f".{_PLACES[name]}", __name__), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
