"""How long a device takes for one operation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from qiskit.circuit import Operation, Parameter, ParameterExpression
from qiskit.transpiler import Target

from ..devices.durations import has_durations, seconds_of

Bindings = Mapping[Parameter, float]
"""Values of the parameters that durations depend on."""

_UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9, "ps": 1e-12}
_INSTANT = frozenset({"barrier", "break_loop", "continue_loop"})


class NoDurationError(Exception):
    """An operation whose duration nobody knows; never leaves the pipeline."""


@dataclass(frozen=True, eq=False)
class Durations:
    """Durations of a target's operations, each looked up once."""

    target: Target
    _found: dict[tuple[str, tuple[int, ...]], float] = field(default_factory=dict)

    @cached_property
    def known(self) -> bool:
        """Whether any operation takes time; the targets of plain simulators do not say."""
        return has_durations(self.target)

    def of(self, name: str, physical: tuple[int, ...]) -> float:
        """Seconds of an operation on physical qubits.

        Raises:
            NoDurationError: the target does not have it, or does not say.
        """
        key = (name, physical)
        if key not in self._found:
            self._found[key] = self._look_up(name, physical)
        return self._found[key]

    def delay(self, operation: Operation, values: Bindings) -> float:
        """Seconds of a delay or of a box with a duration.

        Raises:
            NoDurationError: a stretch, a parameter without a value, or ``dt`` on a target that does not say what that is.
        """
        unit = operation.unit
        scale = self.target.dt if unit == "dt" else _UNITS.get(unit)
        if scale is None:
            raise NoDurationError
        return _number(operation.duration, values) * float(scale)

    def _look_up(self, name: str, physical: tuple[int, ...]) -> float:
        if name in _INSTANT:
            return 0.0
        seconds = seconds_of(self.target, name, physical)
        if seconds is None:
            raise NoDurationError
        return seconds


def _number(value: Any, values: Bindings) -> float:
    if not isinstance(value, ParameterExpression):
        return float(value)
    if not value.parameters <= values.keys():
        raise NoDurationError
    return float(value.bind({parameter: values[parameter] for parameter in value.parameters}).numeric())
