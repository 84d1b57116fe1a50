"""What was worked out lately, by key: compiled circuits, observables taken apart."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """The latest values, thread safe.

    Args:
        kept: how many.
    """

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, tuple[object, T]] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T], owner: object = None) -> T:
        """The value under a key, made if it is not there or was made for another ``owner`` (told apart by identity)."""
        with self._lock:
            found = self._values.get(key)
            if found is not None and found[0] is owner:
                self._values.move_to_end(key)
                return found[1]
        made = make()
        with self._lock:
            self._values[key] = (owner, made)
            while len(self._values) > self._kept:
                self._values.popitem(last=False)
        return made
