"""How child processes are started: with an environment of their own, and without the user's script."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pebble import ProcessPool

_CHILD_ENVIRONMENT = {
    "OMP_WAIT_POLICY": "PASSIVE",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "QISKIT_PARALLEL": "FALSE",
    "QISKIT_IN_PARALLEL": "TRUE",
}
"""Set before NumPy and Aer load: spinning OpenMP threads make small circuits ten times slower, children that run side by side
share the cores already, and a child must not fork further. Aer's own threads are set by call."""
_PRELOAD = ["pebble", "qiskit_aer", "qiskit_local_runtime.pipeline.bundles"]
"""Imported once, by the process that children are forked from: what runs in them most often."""

_CONTEXT: Any = multiprocessing.get_context("spawn" if sys.platform == "win32" else "forkserver")
_PROCESS: Any = _CONTEXT.Process


class HiddenMainProcess(_PROCESS):
    """A child that never imports the user's script.

    So scripts need no ``if __name__ == "__main__"``, and notebooks and ``python -c`` work.
    """

    @staticmethod
    def _Popen(process_obj: Any) -> Any:  # noqa: N802 - the name multiprocessing calls
        with _STARTING, _environment(), _hidden_main():
            return _PROCESS._Popen(process_obj)


class _Context(type(_CONTEXT)):  # type: ignore[misc]
    """A context whose children hide the main module."""

    Process = HiddenMainProcess


def new_pool(workers: int) -> ProcessPool:
    """A pool of that many processes, which start when it is first given something."""
    from pebble import CONSTS, ProcessPool

    # SIGTERM is not served while Aer holds the GIL: do not wait long before SIGKILL.
    CONSTS.term_timeout = 0.3
    context = _Context()
    if sys.platform != "win32":
        context.set_forkserver_preload(_PRELOAD)
    return ProcessPool(max_workers=workers, context=context, initializer=_initialize)


_STARTING = threading.Lock()
"""Held while a child starts: the environment and the main module are the whole process's."""


def _initialize() -> None:
    os.environ.update(_CHILD_ENVIRONMENT)


@contextmanager
def _environment() -> Iterator[None]:
    """The children's environment, in place while it starts."""
    before = {name: os.environ.get(name) for name in _CHILD_ENVIRONMENT}
    os.environ.update(_CHILD_ENVIRONMENT)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _hidden_main() -> Iterator[None]:
    """Keep children from importing the user's script: scripts need no ``if __name__ == "__main__"``."""
    main = sys.modules["__main__"]
    hidden = {name: getattr(main, name) for name in ("__file__", "__spec__") if hasattr(main, name)}
    try:
        main.__spec__ = None
        main.__dict__.pop("__file__", None)
        yield
    finally:
        for name, value in hidden.items():
            setattr(main, name, value)
