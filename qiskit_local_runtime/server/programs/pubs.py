"""The parts of a PUB as it came."""

from __future__ import annotations

import math
from typing import Any

from qiskit.circuit import QuantumCircuit

from ...codec.budget import Budget
from ...errors import IBMInputValueError
from ..wire.reader import read
from .circuits import circuit_of

MOST_SETS = 1_000_000
"""Of parameter values, or of pairs of these and observables, in a PUB."""


def check_values(pub: Any, index: int) -> None:
    """Refuse a PUB of too many values, or of values for parameters that its circuit does not have.

    Raises:
        IBMInputValueError: it is one.
    """
    known = {parameter.name for parameter in pub.circuit.parameters}
    for name in (name for names in pub.parameter_values.data for name in names):
        if name not in known:
            raise IBMInputValueError(
                f"PUB {index}: the circuit has no parameter {name!r}. Expected values for {', '.join(sorted(known)) or 'none'}."
            )
    size = math.prod(pub.shape)
    if size > MOST_SETS:
        raise IBMInputValueError(f"PUB {index}: expected at most {MOST_SETS} sets of values, found {size}. Split the PUB.")


def parts_of(value: Any, index: int, budget: Budget, names: tuple[str, ...]) -> list[Any]:
    """The parts of a PUB, ``None`` for those that are not given; the first one as a circuit.

    Args:
        value: a list ``[circuit, …]``, or the circuit alone.
        index: which PUB, for errors.
        budget: what may be unpacked.
        names: what its parts are.

    Raises:
        IBMInputValueError: it is something else.
    """
    where = f"PUB {index}"
    try:
        found = read(value, budget)
    except IBMInputValueError as err:
        raise IBMInputValueError(f"{where}: {err}") from err
    if isinstance(found, (str, QuantumCircuit)):
        found = [found]
    if not isinstance(found, list) or not 1 <= len(found) <= len(names):
        what = f"{len(found)} parts" if isinstance(found, list) else type(found).__name__
        raise IBMInputValueError(f"{where}: expected a list [{', '.join(names)}], found {what}.")
    parts = [circuit_of(found[0], budget, where), *found[1:]]
    return parts + [None] * (len(names) - len(parts))
