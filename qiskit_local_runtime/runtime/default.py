"""The runtime primitives use when they are given none: one a process, made when first needed."""

from __future__ import annotations

import atexit
import os
import threading

from .local import LocalRuntime

_lock = threading.Lock()
_current: LocalRuntime | None = None
_owner = 0


def default_runtime() -> LocalRuntime:
    """The process's default runtime; a forked child gets its own."""
    global _current, _owner
    with _lock:
        if _current is None or _owner != os.getpid():
            _current, _owner = LocalRuntime(), os.getpid()
            atexit.register(_current.close)
        return _current
