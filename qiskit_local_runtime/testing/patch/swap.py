"""Names in modules that are loaded: replaced, and put back exactly."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from .names import WINDOWS, full_name, is_ibms, names_of, replacements
from .newcomers import restore


@dataclass(frozen=True)
class _Replaced:
    """One name in one module."""

    space: dict[str, Any]
    """The module's names."""
    name: str
    before: Any
    now: Any

    def put_back(self) -> None:
        """Undo it, unless somebody has given the name another meaning since."""
        if self.space.get(self.name) is self.now:
            self.space[self.name] = self.before


class Swap:
    """Replaces IBM's objects by ours wherever a loaded module has them under a name of its own.

    Outside IBM's client these are all modules that hold the very objects. Inside it they are the modules users import from
    and those that define the objects, so that the rest of it goes on working with its own classes; its errors are replaced
    everywhere, so that one ``except`` clause catches them and ours.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._ours: dict[int, tuple[Any, Any]] = {}
        """By identity of IBM's object: that object, which thus stays alive, and ours."""
        self._in_ibms: list[_Replaced] = []
        self._elsewhere: list[_Replaced] = []
        self._on = False
        self._loading = 0
        """Modules of IBM's client that are being loaded."""

    def install(self) -> None:
        """Replace in all modules that are loaded."""
        with self._lock:
            self._on = True
            self._replace()

    def remove(self) -> None:
        """Put everything back, also in modules that imported the names from IBM's client meanwhile."""
        with self._lock:
            self._on = False
            _undo(self._in_ibms)
            _undo(self._elsewhere)
            restore({id(ours): ours for _, ours in self._ours.values()})
            self._ours.clear()

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """While IBM's client loads a module of its own: that one shall see its siblings as they are."""
        # no lock is held meanwhile: another thread may hold that of a module this one imports, and wait for ours
        with self._lock:
            self._loading += 1
            _undo(self._in_ibms)
        try:
            yield
        finally:
            with self._lock:
                self._loading -= 1
                self._replace()

    def _replace(self) -> None:
        if not self._on or self._loading:
            return
        known = len(self._ours)
        for window in WINDOWS:
            module = sys.modules.get(full_name(window))
            if module is not None:
                self._replace_window(names_of(module), window)
        # what others hold that nobody knew of yet came with a new window
        everywhere = len(self._ours) > known
        for name, module in list(sys.modules.items()):
            if everywhere or is_ibms(name):
                self._replace_in(name, names_of(module))

    def _replace_window(self, space: dict[str, Any], window: str) -> None:
        for name, ours in replacements(window).items():
            theirs = space.get(name, ours)
            if theirs is not ours:
                # one object under several names keeps the first meaning elsewhere
                self._ours.setdefault(id(theirs), (theirs, ours))
                self._put(self._in_ibms, space, name, ours)

    def _replace_in(self, module: str, space: dict[str, Any]) -> None:
        inside = is_ibms(module)
        for name, value in list(space.items()):
            found = self._ours.get(id(value))
            if found is None or (inside and not _belongs(value, module)):
                continue
            self._put(self._in_ibms if inside else self._elsewhere, space, name, found[1])

    @staticmethod
    def _put(kept: list[_Replaced], space: dict[str, Any], name: str, ours: Any) -> None:
        kept.append(_Replaced(space, name, space[name], ours))
        space[name] = ours


def _belongs(value: Any, module: str) -> bool:
    """Whether a module of IBM's client gets ours for an object: an error, or one it defines itself."""
    return getattr(value, "__module__", None) == module or (isinstance(value, type) and issubclass(value, Exception))


def _undo(replaced: list[_Replaced]) -> None:
    while replaced:
        replaced.pop().put_back()
