"""What was found out about an object, kept as long as the object lives."""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class IdentityCache(Generic[T]):
    """The latest values found for an object, by key; objects are told apart by identity and not kept alive.

    Args:
        kept: how many values are kept for one object.
    """

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._lock = threading.RLock()
        self._found: dict[int, tuple[weakref.ref[Any], OrderedDict[Hashable, T]]] = {}

    def get(self, owner: object, key: Hashable, find: Callable[[], T]) -> T:
        """The value of ``owner`` under ``key``, found with ``find`` if need be; when threads race, the first one's."""
        with self._lock:
            values = self._values(owner)
            if key in values:
                values.move_to_end(key)
                return values[key]
        value = find()
        with self._lock:
            value = values.setdefault(key, value)
            while len(values) > self._kept:
                values.popitem(last=False)
        return value

    def _values(self, owner: object) -> OrderedDict[Hashable, T]:
        """The owner's own dictionary, made when there is none."""
        place = id(owner)
        if place not in self._found:
            self._found[place] = (weakref.ref(owner, lambda gone: self._forget(place, gone)), OrderedDict())
        return self._found[place][1]

    def _forget(self, place: int, gone: weakref.ref[Any]) -> None:
        with self._lock:
            if place in self._found and self._found[place][0] is gone:
                del self._found[place]
