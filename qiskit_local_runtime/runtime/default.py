"""The runtime primitives use when they are given none: one a process, made when first needed."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import IBMInputValueError
from .stores import checked_path

if TYPE_CHECKING:
    from .homes import Home, Homes
    from .local import LocalRuntime
    from .port import Runtime

HOME = "QISKIT_LOCAL_RUNTIME_HOME"
_lock = threading.Lock()
_current: LocalRuntime | None = None
_durable: dict[Path, LocalRuntime] = {}
_lent: list[LocalRuntime] = []
"""Runtimes that stand in for the default one, the last one first."""
_homes: Homes | None = None


def home() -> Path:
    """Where stores and accounts are kept: ``$QISKIT_LOCAL_RUNTIME_HOME``, or ``~/.qiskit-local-runtime``."""
    chosen = os.environ.get(HOME)
    return Path(chosen).expanduser() if chosen else Path.home() / ".qiskit-local-runtime"


def default_runtime() -> LocalRuntime:
    """The process's default runtime; a forked child gets its own, and a closed one is replaced.

    It keeps jobs in memory, until something asks for the runtime that keeps them on disk (see :func:`durable_runtime`).
    """
    global _current
    with _lock:
        if _lent and not _lent[-1].closed:
            return _lent[-1]
        if _current is None or _current.closed:
            from .local import LocalRuntime

            _current = LocalRuntime()
        return _current


def durable_runtime(path: str | Path | None = None, **settings: Any) -> LocalRuntime:
    """The process's runtime on a store on disk; from now on it is the default one.

    Args:
        path: the store's file; ``None``: ``jobs.sqlite`` in :func:`home`.
        settings: see :class:`~qiskit_local_runtime.runtime.LocalRuntime`.

    Raises:
        IBMInputValueError: it is open with other settings, or one is out of range.
        IBMRuntimeError: the store cannot be opened.
    """
    global _current
    where = (checked_path(path) if path is not None else home() / "jobs.sqlite").expanduser().resolve()
    with _lock:
        from .local import LocalRuntime

        found = _durable.get(where)
        if found is None or found.closed:
            found = _durable[where] = LocalRuntime(store=where, **settings)
        for name, value in settings.items():
            if getattr(found.settings, name, value) != value:
                now = getattr(found.settings, name)
                raise IBMInputValueError(
                    f"The runtime on {where} is open with {name}={now!r} and cannot have {name}={value!r} as well. Close it "
                    "first (service.runtime.close()), or use another store."
                )
        _current = found
        return found


def lend(runtime: LocalRuntime) -> None:
    """Make a runtime the default one, until it is taken back."""
    with _lock:
        _lent.append(runtime)


def take_back(runtime: LocalRuntime) -> None:
    """End what :func:`lend` began."""
    with _lock:
        _lent[:] = [each for each in _lent if each is not runtime]


def homes() -> Homes:
    """Which service of this process handed which backend out."""
    global _homes
    if _homes is None:
        from .homes import Homes

        _homes = Homes()
    return _homes


def home_of(backend: object) -> Home | None:
    """The home of a backend that a service handed out, if its runtime is open."""
    return None if _homes is None else _homes.of(backend)


def runtime_for(backend: object) -> Runtime:
    """Where jobs on a backend run that say nothing else: with the service that handed it out, else the default runtime."""
    home = home_of(backend)
    return default_runtime() if home is None else home.runtime


def checked_runtime(runtime: Runtime | None) -> Runtime | None:
    """Refuse what is no runtime.

    Raises:
        IBMInputValueError: it is none.
    """
    if runtime is not None and not all(callable(getattr(runtime, name, None)) for name in ("submit", "job", "workload")):
        raise IBMInputValueError(
            f"runtime must be a LocalRuntime, or None for the process's default, found {runtime!r}. Pass LocalRuntime() or "
            "service.runtime."
        )
    return runtime


def _forget() -> None:
    """In a forked child: the parent's threads are not here, and one of them may have held the lock."""
    global _current, _homes, _lock
    _current, _homes, _lock = None, None, threading.Lock()
    _durable.clear()
    _lent.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
