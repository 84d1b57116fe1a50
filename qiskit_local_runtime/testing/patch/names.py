"""Which name of IBM's client becomes which of ours."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

IBM = "qiskit_ibm_runtime"
_OURS = __name__.partition(".")[0]

_EXCEPTIONS = {
    name: f"errors:{name}"
    for name in (
        "IBMBackendError",
        "IBMError",
        "IBMInputValueError",
        "IBMNotAuthorizedError",
        "IBMRuntimeError",
        "RuntimeInvalidStateError",
        "RuntimeJobFailureError",
        "RuntimeJobMaxTimeoutError",
        "RuntimeJobNotFound",
        "RuntimeJobTimeoutError",
        "RuntimeProgramNotFound",
    )
}
_LEARNED = {name: f"results:{name}" for name in ("LayerError", "NoiseLearnerResult", "PauliLindbladError")}
_GROUPS = {
    name: f"options:{name}"
    for name in (
        "DynamicalDecouplingOptions",
        "EnvironmentOptions",
        "EstimatorOptions",
        "MeasureNoiseLearningOptions",
        "PecOptions",
        "SamplerOptions",
        "SimulatorOptions",
        "TwirlingOptions",
        "ZneOptions",
    )
}
_SAMPLER, _ESTIMATOR = "primitives:SamplerV2", "primitives:EstimatorV2"
_LEARNER, _LEARNER_V3 = "primitives:NoiseLearner", "primitives:NoiseLearnerV3"
_SERVICE = "testing.patch.service:QiskitRuntimeService"
_EXECUTOR, _EXECUTOR_OPTIONS = "primitives.executor:Executor", "options.executor:ExecutorOptions"
_ANY_OPTIONS = "options.primitives:PrimitiveOptions"

WINDOWS: Mapping[str, Mapping[str, str]] = {
    "": {
        **_EXCEPTIONS,
        "Batch": "modes:Batch",
        "Estimator": _ESTIMATOR,
        "EstimatorOptions": "options:EstimatorOptions",
        "EstimatorV2": _ESTIMATOR,
        "Executor": _EXECUTOR,
        "ExecutorOptions": _EXECUTOR_OPTIONS,
        "IBMQuantumComputeService": _SERVICE,
        "NoiseLearner": _LEARNER,
        "NoiseLearnerOptions": "options:NoiseLearnerOptions",
        "NoiseLearnerV2": _LEARNER,
        "NoiseLearnerV3": _LEARNER_V3,
        "NoiseLearnerV3Options": "options:NoiseLearnerV3Options",
        "Options": _ANY_OPTIONS,
        "OptionsV2": _ANY_OPTIONS,
        "QiskitRuntimeService": _SERVICE,
        "RuntimeJobV2": "handles:RuntimeJob",
        "Sampler": _SAMPLER,
        "SamplerOptions": "options:SamplerOptions",
        "SamplerV2": _SAMPLER,
        "Session": "modes:Session",
    },
    "exceptions": _EXCEPTIONS,
    "options": {
        **_GROUPS,
        "ExecutionOptionsV2": "options:ExecutionOptions",
        "LayerNoiseLearningOptions": "options:LayerNoiseLearningOptions",
        "NoiseLearnerOptions": "options:NoiseLearnerOptions",
        "OptionsV2": _ANY_OPTIONS,
        "ResilienceOptionsV2": "options:ResilienceOptions",
        "SamplerExecutionOptionsV2": "options:SamplerExecutionOptions",
    },
    "options_models": {
        **_GROUPS,
        "BitFlipChecksOptions": "options:BitFlipChecksOptions",
        "ExecutionOptions": "options:ExecutionOptions",
        "ExecutorOptions": _EXECUTOR_OPTIONS,
        "NoiseLearnerV3Options": "options:NoiseLearnerV3Options",
        "ResilienceOptions": "options:ResilienceOptions",
        "SamplerExecutionOptions": "options:SamplerExecutionOptions",
    },
    "executor": {"Executor": _EXECUTOR},
    "executor_estimator": {"Estimator": _ESTIMATOR, "EstimatorV2": _ESTIMATOR},
    "executor_noise_learner": {"NoiseLearnerV3": _LEARNER_V3},
    "executor_sampler": {"Sampler": _SAMPLER, "SamplerV2": _SAMPLER},
    "noise_learner": {"NoiseLearner": _LEARNER},
    "noise_learner_v3": {"NoiseLearnerV3": _LEARNER_V3},
    "results": {
        **_LEARNED,
        "NoiseLearnerV3Result": "results:NoiseLearnerV3Result",
        "NoiseLearnerV3Results": "results:NoiseLearnerV3Results",
        "QuantumProgramItemResult": "results.program_result:QuantumProgramItemResult",
        "QuantumProgramResult": "results.program_result:QuantumProgramResult",
    },
    "utils.noise_learner_result": _LEARNED,
}
"""Modules of IBM's client (below its root) that users import from, and ``module:attribute`` of this package for their names."""


def replacements(window: str) -> Mapping[str, Any]:
    """Our objects for the names of one of the :data:`WINDOWS`."""
    return {name: _ours(place) for name, place in WINDOWS[window].items()}


def full_name(window: str) -> str:
    """A window's name in ``sys.modules``."""
    return f"{IBM}.{window}" if window else IBM


def is_ibms(module: str) -> bool:
    """Whether a module belongs to IBM's client."""
    return module == IBM or module.startswith(f"{IBM}.")


def names_of(module: object) -> dict[str, Any]:
    """A module's names, without making a lazy one load; none of what has no dictionary (some of compiled libraries)."""
    if not isinstance(module, ModuleType):
        return {}
    try:
        found: dict[str, Any] = object.__getattribute__(module, "__dict__")
    except AttributeError:
        return {}
    return found


@cache
def _ours(place: str) -> Any:
    module, _, attribute = place.partition(":")
    return getattr(import_module(f"{_OURS}.{module}"), attribute)
