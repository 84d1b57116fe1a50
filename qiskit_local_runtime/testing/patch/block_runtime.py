"""The runtime of a block."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import numpy as np

from ...errors import IBMInputValueError
from ...records.request import Request
from ...runtime.local import LocalRuntime


class BlockRuntime(LocalRuntime):
    """Gives the n-th job that says no seed the n-th child of a first seed, and keeps all jobs until it is closed.

    Args:
        seed: the first one; ``None``: each job has the one that was drawn for it.
        store: see :class:`~qiskit_local_runtime.runtime.LocalRuntime`, as ``settings``.

    Raises:
        IBMInputValueError: not a whole number of at least 0.
    """

    def __init__(self, seed: int | None, **settings: Any) -> None:
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0):
            raise IBMInputValueError(f"seed must be a whole number of at least 0, or None, found {seed!r}.")
        self._root = None if seed is None else np.random.SeedSequence(int(seed))
        self._spawning = threading.Lock()
        super().__init__(**settings)

    def submit(self, request: Request) -> str:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        if self._root is None or _says_its_own(request):
            return super().submit(request)
        with self._spawning:
            child = self._root.spawn(1)[0]
        return super().submit(replace(request, seed=int(child.generate_state(1, np.uint64)[0] >> np.uint64(1))))

    def release(self, job_id: str) -> None:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`; a job nobody holds can still be asked for by its id."""
        if self._store.durable:
            super().release(job_id)


def _says_its_own(request: Request) -> bool:
    """Whether the options or the backend of a request have a seed."""
    simulator = getattr(request.settings, "simulator", None)
    return getattr(simulator, "seed", None) is not None or getattr(request.backend.options, "seed_simulator", None) is not None
