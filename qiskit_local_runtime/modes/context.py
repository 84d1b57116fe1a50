"""The mode of the ``with`` block one is in.

A context variable: another thread or task does not see it.
"""

from __future__ import annotations

from contextvars import ContextVar, Token
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .workload import WorkloadHandle

_MODES: ContextVar[tuple[WorkloadHandle, ...]] = ContextVar("qiskit_local_runtime_modes", default=())


def current_mode() -> WorkloadHandle | None:
    """The session or batch of the innermost ``with`` block, if any."""
    modes = _MODES.get()
    return modes[-1] if modes else None


def enter(mode: WorkloadHandle) -> Token[tuple[WorkloadHandle, ...]]:
    """A ``with`` block begins."""
    return _MODES.set((*_MODES.get(), mode))


def leave(mode: WorkloadHandle) -> None:
    """A ``with`` block ends."""
    modes = list(_MODES.get())
    if mode in modes:
        modes.reverse()
        modes.remove(mode)
        modes.reverse()
        _MODES.set(tuple(modes))
