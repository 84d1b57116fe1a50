"""The errors, under the module name they have in ``qiskit_ibm_runtime``."""

from .errors import (
    IBMBackendError,
    IBMError,
    IBMInputValueError,
    IBMNotAuthorizedError,
    IBMRuntimeError,
    OptionError,
    OptionNotImplementedError,
    RuntimeInvalidStateError,
    RuntimeJobCancelledError,
    RuntimeJobFailureError,
    RuntimeJobMaxTimeoutError,
    RuntimeJobNotFound,
    RuntimeJobTimeoutError,
    RuntimeProgramNotFound,
    SimulationTooLargeError,
)

__all__ = [
    "IBMBackendError",
    "IBMError",
    "IBMInputValueError",
    "IBMNotAuthorizedError",
    "IBMRuntimeError",
    "OptionError",
    "OptionNotImplementedError",
    "RuntimeInvalidStateError",
    "RuntimeJobCancelledError",
    "RuntimeJobFailureError",
    "RuntimeJobMaxTimeoutError",
    "RuntimeJobNotFound",
    "RuntimeJobTimeoutError",
    "RuntimeProgramNotFound",
    "SimulationTooLargeError",
]
