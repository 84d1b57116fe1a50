"""The runtime primitives use when they are given none: one a process, made when first needed."""

from __future__ import annotations

import os
import threading

from .local import LocalRuntime

_lock = threading.Lock()
_current: LocalRuntime | None = None


def default_runtime() -> LocalRuntime:
    """The process's default runtime; a forked child gets its own, and a closed one is replaced."""
    global _current
    with _lock:
        if _current is None or _current.closed:
            _current = LocalRuntime()
        return _current


def _forget() -> None:
    """In a forked child: the parent's threads are not here, and one of them may have held the lock."""
    global _current, _lock
    _current, _lock = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
