"""What all parts of a ``map`` share: sent to a worker when it may lack it, kept there by its content."""

from __future__ import annotations

import hashlib
import os
import pickle
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

from .base import CannotTravelError

_KEPT = 4
"""Common values a worker keeps."""
_VALUES: OrderedDict[bytes, Any] = OrderedDict()
"""In a worker: the latest common values by content."""


class Parcel(NamedTuple):
    """A pickled value and its hash."""

    key: bytes
    data: bytes


class Done(NamedTuple):
    """What came of a part, and in which process."""

    process: int
    result: Any


class Lacking(NamedTuple):
    """The process had not been sent the common value, or had dropped it: send the part again, with it."""

    process: int


class Unreadable(NamedTuple):
    """The common value cannot be read in the process."""

    why: str


def packed(value: object) -> Parcel:
    """A value for workers; it goes through pipes and never to a disk.

    Raises:
        CannotTravelError: it cannot be pickled.
    """
    try:
        data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    except (pickle.PicklingError, TypeError, AttributeError) as err:
        raise CannotTravelError(f"What is to run cannot be sent to a child process: {err}") from err
    return Parcel(hashlib.sha256(data).digest(), data)


def run_part(key: bytes, data: bytes | None, function: Callable[[Any, Any], Any], part: Any) -> Done | Lacking | Unreadable:
    """In a worker: run a part with the common value of a key."""
    if key not in _VALUES:
        if data is None:
            return Lacking(os.getpid())
        try:
            _VALUES[key] = pickle.loads(data)
        except (pickle.UnpicklingError, AttributeError, ImportError, TypeError) as err:
            return Unreadable(str(err))
        while len(_VALUES) > _KEPT:
            _VALUES.popitem(last=False)
    _VALUES.move_to_end(key)
    return Done(os.getpid(), function(_VALUES[key], part))


class Postbook:
    """Which processes are known to hold which common values.

    Args:
        workers: how many processes there are.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._lock = threading.Lock()
        self._holders: OrderedDict[bytes, set[int]] = OrderedDict()

    def enclosed(self, parcel: Parcel) -> bytes | None:
        """What to send with a part: the value itself while processes may be without it, else nothing."""
        with self._lock:
            return None if len(self._holders.get(parcel.key, ())) >= self._workers else parcel.data

    def note(self, parcel: Parcel, process: int) -> None:
        """A process holds a value."""
        with self._lock:
            self._holders.setdefault(parcel.key, set()).add(process)
            self._holders.move_to_end(parcel.key)
            while len(self._holders) > _KEPT:
                self._holders.popitem(last=False)

    def forget(self, process: int) -> None:
        """A process has dropped a value, or is new."""
        with self._lock:
            for holders in self._holders.values():
                holders.discard(process)

    def forget_all(self) -> None:
        """A process has ended, and it is not known which."""
        with self._lock:
            self._holders.clear()
