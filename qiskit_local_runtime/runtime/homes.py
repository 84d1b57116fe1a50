"""Which service handed a backend out: jobs on it run in that service's runtime, whatever service was made later."""

from __future__ import annotations

import copy
import threading
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiskit.providers import BackendV2

from ..devices.registry import spec_of

if TYPE_CHECKING:
    from .local import LocalRuntime


@dataclass(frozen=True)
class Home:
    """Where jobs on a backend run, and to which instance they are accounted."""

    runtime: LocalRuntime
    instance: str


class Homes:
    """The homes of backends, none of which they keep alive.

    The first service that hands a backend out gives the object the name stands for; one with another runtime or instance
    gives a copy. What has no equal copy (generic devices, and those users added) is one object for all, and its home is the
    service that handed it out last.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._homes: dict[int, _Entry] = {}
        self._copies: weakref.WeakKeyDictionary[LocalRuntime, dict[tuple[str, int], tuple[BackendV2, BackendV2]]]
        self._copies = weakref.WeakKeyDictionary()

    def hand_out(self, backend: BackendV2, home: Home) -> BackendV2:
        """The object for a service's user: the same each time for the same runtime and instance."""
        with self._lock:
            given = self._copies.get(home.runtime, {}).get((home.instance, id(backend)))
            if given is not None and given[0] is backend:
                return given[1]
            if self.of(backend) in (None, home) or (copied := _equal(backend)) is None:
                self._move_in(backend, home)
                return backend
            self._copies.setdefault(home.runtime, {})[home.instance, id(backend)] = (backend, copied)
            self._move_in(copied, home)
            return copied

    def of(self, backend: object) -> Home | None:
        """A backend's home; ``None``: no service handed it out, or its runtime is closed."""
        entry = self._homes.get(id(backend))
        if entry is None or entry.backend() is not backend:
            return None
        runtime = entry.runtime()
        return None if runtime is None or runtime.closed else Home(runtime, entry.instance)

    def _move_in(self, backend: BackendV2, home: Home) -> None:
        key = id(backend)
        # without the lock: the garbage collector may call this in the middle of anything
        gone = weakref.ref(backend, lambda _: self._homes.pop(key, None))
        self._homes[key] = _Entry(gone, weakref.ref(home.runtime), home.instance)


@dataclass(frozen=True)
class _Entry:
    backend: weakref.ref[BackendV2]
    runtime: weakref.ref[LocalRuntime]
    instance: str


def _equal(backend: BackendV2) -> BackendV2 | None:
    """A copy that other processes know by the same name; ``None``: there is none."""
    known = spec_of(backend)
    copied = copy.copy(backend)
    if known is None or spec_of(copied) != known:
        return None
    # options set on the copy are not the other's
    copied._options = copy.copy(backend.options)
    return copied
