"""``with local_runtime():``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qiskit.providers import BackendV2
from qiskit.providers.exceptions import QiskitBackendNotFoundError

from ...devices import registry
from ...errors import BackendNotFoundError
from ...runtime.local import LocalRuntime
from ...runtime.settings import checked_backend
from ...store import Store
from .block_runtime import BlockRuntime
from .blocks import Block, enter, leave


@contextmanager
def local_runtime(
    backend: BackendV2 | str | None = None,
    *,
    store: Store | str | Path | None = None,
    seed: int | None = None,
    **settings: Any,
) -> Iterator[LocalRuntime]:
    """Put this package in the place of IBM's client for the length of a block, in the whole process.

    .. code-block:: python

        with local_runtime(seed=7):
            their_script.main()  # which imports qiskit_ibm_runtime

    It replaces names that modules import from ``qiskit_ibm_runtime``, before the block or in it, and puts them back at its end;
    where IBM's client is not installed, modules of its names stand in for it. Objects that were made before stay what they are.
    Blocks may be nested, and be entered in several threads: the one entered last holds. It is a decorator as well.

    Args:
        backend: the device, or its name, that the service has: every QPU asked for by name (``ibm_…``) is this one. ``None``:
            the service has all local backends, and a QPU is the fake device that was taken from it.
        store: where jobs are kept: a store, or a file; ``None``: in memory, until the end of the block.
        seed: makes all jobs of the block reproducible that have no seed of their own, in the order they are submitted.
        settings: of the runtime, such as ``plan="open"``
            (see :class:`~qiskit_local_runtime.runtime.settings.RuntimeSettings`).

    Yields:
        The runtime that runs the jobs; it is closed at the end.

    Raises:
        BackendNotFoundError: there is no backend of this name.
        IBMInputValueError: an argument is not what it should be.
        IBMRuntimeError: the store cannot be opened.
    """
    device = _device(backend)
    with BlockRuntime(seed, store=store, **settings) as runtime:
        block = Block(runtime, device)
        enter(block)
        try:
            yield runtime
        finally:
            leave(block)


def _device(backend: BackendV2 | str | None) -> BackendV2 | None:
    if backend is None:
        return None
    if not isinstance(backend, str):
        return checked_backend(backend)
    try:
        return registry.backend_named(backend)
    except QiskitBackendNotFoundError as err:
        raise BackendNotFoundError(err.message) from err
