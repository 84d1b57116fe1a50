"""Qiskit Runtime on your own machine.

Importing the package alone costs next to nothing: each name is loaded when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import exceptions as exceptions
    from . import noise as noise
    from . import options as options
    from . import results as results
    from .errors import (
        IBMBackendError,
        IBMError,
        IBMInputValueError,
        IBMNotAuthorizedError,
        IBMRuntimeError,
        RuntimeInvalidStateError,
        RuntimeJobFailureError,
        RuntimeJobMaxTimeoutError,
        RuntimeJobNotFound,
        RuntimeJobTimeoutError,
        RuntimeProgramNotFound,
    )
    from .handles import RuntimeJob
    from .handles import RuntimeJob as RuntimeJobV2
    from .modes import Batch, Session
    from .options import EstimatorOptions, ExecutorOptions, SamplerOptions
    from .primitives import EstimatorV2, Executor, NoiseLearner, NoiseLearnerV3, SamplerV2
    from .primitives import EstimatorV2 as Estimator
    from .primitives import SamplerV2 as Sampler
    from .runtime import LocalRuntime
    from .service import QiskitRuntimeService

__version__ = "0.1.0"

_NAMES = {
    "Batch": (".modes", "Batch"),
    "Estimator": (".primitives", "EstimatorV2"),
    "EstimatorOptions": (".options", "EstimatorOptions"),
    "EstimatorV2": (".primitives", "EstimatorV2"),
    "Executor": (".primitives", "Executor"),
    "ExecutorOptions": (".options", "ExecutorOptions"),
    "IBMBackendError": (".errors", "IBMBackendError"),
    "IBMError": (".errors", "IBMError"),
    "IBMInputValueError": (".errors", "IBMInputValueError"),
    "IBMNotAuthorizedError": (".errors", "IBMNotAuthorizedError"),
    "IBMRuntimeError": (".errors", "IBMRuntimeError"),
    "LocalRuntime": (".runtime", "LocalRuntime"),
    "NoiseLearner": (".primitives", "NoiseLearner"),
    "NoiseLearnerV3": (".primitives", "NoiseLearnerV3"),
    "QiskitRuntimeService": (".service", "QiskitRuntimeService"),
    "RuntimeInvalidStateError": (".errors", "RuntimeInvalidStateError"),
    "RuntimeJob": (".handles", "RuntimeJob"),
    "RuntimeJobFailureError": (".errors", "RuntimeJobFailureError"),
    "RuntimeJobMaxTimeoutError": (".errors", "RuntimeJobMaxTimeoutError"),
    "RuntimeJobNotFound": (".errors", "RuntimeJobNotFound"),
    "RuntimeJobTimeoutError": (".errors", "RuntimeJobTimeoutError"),
    "RuntimeJobV2": (".handles", "RuntimeJob"),
    "RuntimeProgramNotFound": (".errors", "RuntimeProgramNotFound"),
    "Sampler": (".primitives", "SamplerV2"),
    "SamplerOptions": (".options", "SamplerOptions"),
    "SamplerV2": (".primitives", "SamplerV2"),
    "Session": (".modes", "Session"),
}
_MODULES = ("exceptions", "noise", "options", "results")

__all__ = [
    "Batch",
    "Estimator",
    "EstimatorOptions",
    "EstimatorV2",
    "Executor",
    "ExecutorOptions",
    "IBMBackendError",
    "IBMError",
    "IBMInputValueError",
    "IBMNotAuthorizedError",
    "IBMRuntimeError",
    "LocalRuntime",
    "NoiseLearner",
    "NoiseLearnerV3",
    "QiskitRuntimeService",
    "RuntimeInvalidStateError",
    "RuntimeJob",
    "RuntimeJobFailureError",
    "RuntimeJobMaxTimeoutError",
    "RuntimeJobNotFound",
    "RuntimeJobTimeoutError",
    "RuntimeJobV2",
    "RuntimeProgramNotFound",
    "Sampler",
    "SamplerOptions",
    "SamplerV2",
    "Session",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f".{name}", __name__)
    if name not in _NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}. It offers {', '.join(__all__)}.")
    module, attribute = _NAMES[name]
    found = globals()[name] = getattr(import_module(module, __name__), attribute)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_MODULES})
