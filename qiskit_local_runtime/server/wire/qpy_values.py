"""Values in QPY: whether they are what they say, and small enough."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable

from ...errors import IBMInputValueError
from .arrays import check_file
from .cursor import Cursor
from .limits import MOST_CONTROLS, MOST_POWER
from .qpy_limits import Tally

_TYPED = struct.Struct("!1cQ")
_PARAMETER = struct.Struct("!H16s")
_ELEMENT = struct.Struct("!HQ16sQ")
_EXPRESSION = struct.Struct("!QQ")
_MAPPED = struct.Struct("!ccQ")
_STEP = struct.Struct("!Bc16sc16s")
_SIZES = struct.Struct("!QQ")
_COUNT = struct.Struct("!Q")
_ITEM = struct.Struct("!H1cH")
_MODIFIER = struct.Struct("!1cIId")
_SIZED = {b"i": 8, b"f": 8, b"c": 16, b"z": 0, b"d": 0}
_MOST_STEPS = 100_000
"""Of an expression, after parameters were replaced by expressions."""
_DEEPEST_EXPRESSION = 4096
"""Bytes of a classical expression, each of whose nodes has at least two."""

Nested = Callable[[memoryview, int], None]


class Values:
    """Checks values.

    Args:
        tally: what was counted.
        nested: checks a circuit inside a value, at a depth.
    """

    def __init__(self, tally: Tally, nested: Nested) -> None:
        self._tally, self._nested = tally, nested

    def typed(self, at: Cursor, depth: int) -> None:
        """A value with its type before it."""
        kind, size = at.read(_TYPED)
        self.value(kind, at.take(size), depth)

    def value(self, kind: bytes, data: memoryview, depth: int) -> None:
        """A value of a type.

        Raises:
            IBMInputValueError: it is damaged, unknown or too large.
        """
        if kind in _SIZED:
            if len(data) < _SIZED[kind]:
                raise IBMInputValueError("expected QPY, found that it is damaged: a number is too short.")
        elif kind == b"q":
            self._nested(data, depth + 1)
        elif kind == b"t":
            self._tuple(Cursor(data), depth + 1)
        elif kind == b"n":
            check_file(data)
        elif kind in (b"p", b"v", b"e"):
            self._symbol(kind, Cursor(data), depth + 1)
        elif kind == b"m":
            _check_modifier(Cursor(data))
        elif kind == b"x":
            if len(data) > _DEEPEST_EXPRESSION:
                raise IBMInputValueError(f"expected classical expressions of at most {_DEEPEST_EXPRESSION} bytes, found more.")
        elif kind not in (b"s", b"R", b"r"):
            raise IBMInputValueError(f"expected QPY, found a value of the unknown type {kind!r}.")

    def _tuple(self, at: Cursor, depth: int) -> None:
        self._tally.circuit(0, 0, depth)
        (count,) = at.read(_COUNT)
        for _ in at.times(count, _TYPED.size):
            self.typed(at, depth)

    def _symbol(self, kind: bytes, at: Cursor, depth: int) -> int:
        """A parameter or expression; returns how many steps it has."""
        self._tally.circuit(0, 0, depth)
        if kind == b"p":
            at.take(at.read(_PARAMETER)[0])
            return 1
        if kind == b"v":
            name, size, identity, index = at.read(_ELEMENT)
            self._tally.vector(int.from_bytes(identity, "big") - index, size)
            at.take(name)
            return 1
        if kind != b"e":
            raise IBMInputValueError(f"expected QPY, found a symbol of the unknown type {kind!r}.")
        return self._expression(at, depth)

    def _expression(self, at: Cursor, depth: int) -> int:
        symbols, size = at.read(_EXPRESSION)
        steps = self._steps(Cursor(at.take(size)), depth)
        for _ in at.times(symbols, _MAPPED.size):
            symbol, kind, length = at.read(_MAPPED)
            steps = self._bounded(steps * self._symbol(symbol, at, depth + 1))
            value = at.take(length)
            if kind == b"e":
                steps = self._bounded(steps * self._symbol(kind, Cursor(value), depth + 1))
        return steps

    def _steps(self, at: Cursor, depth: int) -> int:
        steps = 1
        while at.left:
            _, left, numbers, _, _ = at.read(_STEP)
            steps += 1
            if left == b"u":
                steps *= self._replaced(Cursor(at.take(_SIZES.unpack(numbers)[0])), depth)
            self._bounded(steps)
        return steps

    def _replaced(self, at: Cursor, depth: int) -> int:
        """Symbols that are replaced by expressions; returns how many steps the longest of these has."""
        longest = 1
        (count,) = at.read(_COUNT)
        for _ in at.times(count, _ITEM.size):
            name, kind, size = at.read(_ITEM)
            at.take(name)
            value = at.take(size)
            if kind in (b"p", b"v", b"e"):
                longest = max(longest, self._symbol(kind, Cursor(value), depth + 1))
            else:
                self.value(kind, value, depth)
        return longest

    @staticmethod
    def _bounded(steps: int) -> int:
        if steps > _MOST_STEPS:
            raise IBMInputValueError(f"expected expressions of at most {_MOST_STEPS} steps, found more.")
        return steps


def _check_modifier(at: Cursor) -> None:
    kind, controls, _, power = at.read(_MODIFIER)
    if kind == b"c" and controls > MOST_CONTROLS:
        raise IBMInputValueError(f"expected modifiers of at most {MOST_CONTROLS} controls, found {controls}.")
    if kind == b"p" and not (math.isfinite(power) and abs(power) <= MOST_POWER):
        raise IBMInputValueError(f"expected powers up to {MOST_POWER}, found {power}.")
