"""Numbers in IBM's units, chosen so that whoever reads them gets the very number that was meant."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from operator import mul

_TIMES = {"ns": 10**9, "us": 10**6}
_FREQUENCIES = {"GHz": 10**9, "MHz": 10**6, "kHz": 10**3}


def nanoseconds(seconds: float) -> tuple[float, str]:
    """A time as number and unit: ``ns``, else ``us`` or ``s`` where only those give the same number back."""
    for unit, factor in _TIMES.items():
        found = _inverse(seconds * factor, partial(_over, factor), seconds)
        if found is not None:
            return found, unit
    return seconds, "s"


def microseconds(seconds: float) -> tuple[float, str]:
    """A time as number and unit: ``us``, else ``s``."""
    found = _inverse(seconds * 10**6, partial(_over, 10**6), seconds)
    return (seconds, "s") if found is None else (found, "us")


def gigahertz(hertz: float) -> tuple[float, str]:
    """A frequency as number and unit: ``GHz``, else a smaller one, else none at all, which is read as hertz."""
    for unit, factor in _FREQUENCIES.items():
        found = _inverse(hertz / factor, partial(mul, factor), hertz)
        if found is not None:
            return found, unit
    return hertz, ""


def plain_nanoseconds(seconds: float) -> float:
    """A time in ns for a field without unit, read as ``number * 1e-9``; where none is exact, within one rounding."""
    found = _inverse(seconds * 1e9, partial(mul, 1e-9), seconds)
    return seconds / 1e-9 if found is None else found


def _over(factor: float, number: float) -> float:
    return number / factor


def _inverse(near: float, read: Callable[[float], float], value: float) -> float | None:
    return next((number for number in _around(near) if read(number) == value), None)


def _around(near: float) -> Iterator[float]:
    """The short decimals first: 24 and not 24.000000000000004."""
    yield from (round(near, 3), round(near, 6), near)
    up = down = near
    for _ in range(2):
        up, down = math.nextafter(up, math.inf), math.nextafter(down, -math.inf)
        yield from (up, down)
