"""Every error this package raises, drawn as a tree.

::

    QiskitError
    └── IBMError                          base of all of ours
        ├── IBMInputValueError            (also ValueError) a PUB, an option or an argument is wrong
        │   ├── InputTypeError            (also TypeError) it is of the wrong type
        │   └── OptionError               an option is unknown, mistyped or contradicts another
        ├── IBMBackendError               the backend cannot be used as asked
        │   └── SimulationTooLargeError   (also ValueError) would not fit in memory
        ├── IBMNotAuthorizedError         the plan or token does not allow it
        ├── OptionNotImplementedError     (also NotImplementedError) a known option we do not apply yet
        └── IBMRuntimeError               the runtime cannot do it now
            ├── RuntimeJobNotFound
            ├── RuntimeProgramNotFound
            ├── RuntimeInvalidStateError  e.g. cancelling a finished job
            │   └── RuntimeJobCancelledError (also RuntimeJobFailureError) asked for the result of a cancelled job
            └── RuntimeJobMaxTimeoutError the job ran longer than max_execution_time
    JobError
    ├── RuntimeJobFailureError            the job ended in ERROR
    └── JobTimeoutError
        └── RuntimeJobTimeoutError        waiting for a job took too long
    QiskitBackendNotFoundError
    └── BackendNotFoundError              no backend has this name, or none meets the conditions

The names are those of ``qiskit_ibm_runtime.exceptions``, so that ``except`` clauses survive the import swap. Each class
has a ``code``: a stable word for logs and tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from qiskit.exceptions import QiskitError
from qiskit.providers.exceptions import JobError, JobTimeoutError, QiskitBackendNotFoundError


class IBMError(QiskitError):
    """Base class of this package's errors."""

    code: ClassVar[str] = "error"

    def __str__(self) -> str:
        return str(self.message)


class IBMInputValueError(IBMError, ValueError):
    """A PUB, an option or an argument is wrong."""

    code = "input"


class InputTypeError(IBMInputValueError, TypeError):
    """A PUB or an argument is of the wrong type."""

    code = "input-type"


class OptionError(IBMInputValueError):
    """An option is unknown, has the wrong type or value, or contradicts another option."""

    code = "option"

    def __init__(self, problems: Mapping[str, str] | str) -> None:
        named = {"": problems} if isinstance(problems, str) else dict(problems)
        self.problems = named
        """Path of each option that is wrong (``twirling.strategy``), and what is wrong with it."""
        super().__init__("\n".join(f"options.{path}: {text}" if path else text for path, text in named.items()))


class OptionNotImplementedError(IBMError, NotImplementedError):
    """An option that IBM documents was switched on, and this version does not apply it."""

    code = "option-not-implemented"


class IBMBackendError(IBMError):
    """The backend cannot be used as asked."""

    code = "backend"


class SimulationTooLargeError(IBMBackendError, ValueError):
    """The simulation would not fit into memory."""

    code = "too-large"


class IBMNotAuthorizedError(IBMError):
    """The plan or the token does not allow what was asked."""

    code = "not-authorized"


class IBMRuntimeError(IBMError):
    """The runtime cannot do what was asked."""

    code = "runtime"


class RuntimeJobNotFound(IBMRuntimeError):  # noqa: N818 - IBM's name
    """No job has this id."""

    code = "job-not-found"


class RuntimeProgramNotFound(IBMRuntimeError):  # noqa: N818 - IBM's name
    """No routine has this name."""

    code = "program-not-found"


class RuntimeInvalidStateError(IBMRuntimeError):
    """The job is not in a state in which this can be done."""

    code = "invalid-state"


class RuntimeJobMaxTimeoutError(IBMRuntimeError):
    """The job used more quantum time than ``max_execution_time`` allows."""

    code = "ran-too-long"


class RuntimeJobFailureError(JobError):
    """The job ended in ``ERROR``; the cause is chained."""

    code: ClassVar[str] = "job-failure"

    def __str__(self) -> str:
        return str(self.message)


class RuntimeJobCancelledError(RuntimeInvalidStateError, RuntimeJobFailureError):
    """The job was cancelled, so it has no result; either of its bases catches it."""

    code: ClassVar[str] = "job-cancelled"


class RuntimeJobTimeoutError(JobTimeoutError):
    """The job did not end in the time the caller was ready to wait."""

    code: ClassVar[str] = "job-timeout"

    def __str__(self) -> str:
        return str(self.message)


class BackendNotFoundError(QiskitBackendNotFoundError):
    """No backend has this name, or none meets the conditions."""

    code: ClassVar[str] = "backend-not-found"

    def __str__(self) -> str:
        return str(self.message)
