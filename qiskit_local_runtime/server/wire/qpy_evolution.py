"""Evolutions under Paulis in QPY: only known syntheses, of bounded size."""

from __future__ import annotations

import json
import struct

from ...errors import IBMInputValueError
from .arrays import check_file
from .cursor import Cursor
from .limits import MOST_POWER
from .qpy_values import Values

_HEAD = struct.Struct("!Q?1cQQ")
_SPARSE = struct.Struct("!IQQQQ")
_SIZE = struct.Struct("!Q")
_SYNTHESES = ("LieTrotter", "SuzukiTrotter", "QDrift", "MatrixExponential", "ProductFormula")
_MOST_ORDER = 10


def check_evolution(at: Cursor, version: int, values: Values) -> None:
    """Refuse damaged operators, unknown syntheses and too many repetitions.

    Raises:
        IBMInputValueError: says which.
    """
    operators, _, kind, time, synthesis = at.read(_HEAD)
    for _ in at.times(operators, 8):
        if version >= 17 and at.take(1)[0]:
            at.take(sum(at.read(_SPARSE)[1:]))
        else:
            check_file(at.take(at.read(_SIZE)[0]))
    values.value(kind, at.take(time), 1)
    _check_synthesis(bytes(at.take(synthesis)))


def _check_synthesis(data: bytes) -> None:
    try:
        found = json.loads(data)
        name, settings = found["class"], dict(found["settings"])
    except (ValueError, RecursionError, LookupError, TypeError) as err:
        raise IBMInputValueError(f"expected QPY, found an evolution whose synthesis is damaged: {err}.") from err
    if name not in _SYNTHESES:
        raise IBMInputValueError(f"expected a synthesis that is one of {', '.join(_SYNTHESES)}, found {str(name)[:60]!r}.")
    for key, most in (("reps", MOST_POWER), ("order", _MOST_ORDER)):
        value = settings.get(key, 1)
        if not isinstance(value, (int, float)) or not 0 <= value <= most:
            raise IBMInputValueError(f"expected a synthesis with {key} up to {most}, found {str(value)[:40]}.")
