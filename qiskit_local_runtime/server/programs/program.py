"""What a program of the wire offers: parameters to a request, a result to text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from qiskit.providers import BackendV2

from ...records.job import Job
from ...records.request import Request


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a call of ``POST /jobs`` asks for."""

    backend: BackendV2
    params: Mapping[str, Any]
    """The program's own parameters: JSON as it came, nothing decoded."""
    tags: tuple[str, ...] = ()
    private: bool = False
    workload: str | None = None
    instance: str | None = None
    log_level: str | None = None
    """``None``: what the options say, or the default."""
    max_execution_time: float | None = None
    """Seconds of quantum time; ``None``: what the options say, or the runtime's cap."""
    unimplemented: Literal["raise", "warn"] = "raise"
    """What happens to options that are known but not applied."""


@dataclass(frozen=True)
class Program:
    """One value of ``program_id``; stateless, safe to call from several threads."""

    id: str
    routines: tuple[str, ...]
    """Names of the routines that its jobs run."""
    request: Callable[[Asked], Request]
    """Reads parameters.

    Raises:
        IBMInputValueError: something in them is wrong; says where and what was expected.
    """
    result: Callable[[Job, Any], Iterator[bytes]]
    """A result as text, piece by piece, in the form :attr:`~qiskit_local_runtime.records.job.Job.form` names."""
    params: Callable[[Request], Mapping[str, Any]]
    """The parameters of a job as JSON, in the form they came in."""
