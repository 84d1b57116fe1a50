"""The π pulses of decoupling sequences in the gates of a device.

A pulse about another axis is the device's X between virtual rotations about Z, so that its amplitude errors turn with it:
XpXm's second pulse really goes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from qiskit.circuit.library import RGate, RXGate, RYGate, RZGate, SXGate, UGate, XGate, YGate

from .durations import Durations

_PI = np.pi
_Gates = tuple[tuple[str, tuple[float, ...]], ...]

SEQUENCES: dict[str, tuple[str, ...]] = {
    "XX": ("+X", "+X"),
    "XpXm": ("+X", "-X"),
    "XY4": ("+X", "+Y", "-X", "-Y"),
}
"""IBM's sequences, pulses in the order of time. XY4 after Maudsley, J. Magn. Reson. 69, 488 (1986), which has no signs; with
IBM's it cancels noise about any axis as well, but not errors of the pulses, which XpXm does."""

GATES = {"x": XGate, "y": YGate, "sx": SXGate, "rx": RXGate, "ry": RYGate, "rz": RZGate, "r": RGate, "u": UGate}
"""The gates that pulses are made of."""

_AXES = {"+X": 0.0, "+Y": _PI / 2, "-X": _PI, "-Y": -_PI / 2}
"""Angle of the axis in the equator, from X."""

_NATIVE: dict[str, tuple[_Gates, ...]] = {
    "+X": ((("x", ()),), (("rx", (_PI,)),), (("sx", ()), ("sx", ()))),
    "+Y": ((("y", ()),), (("ry", (_PI,)),)),
    "-X": ((("rx", (-_PI,)),),),
    "-Y": ((("ry", (-_PI,)),),),
}
_TURNED: tuple[_Gates, ...] = ((("x", ()),), (("sx", ()), ("sx", ())), (("rx", (_PI,)),))


@dataclass(frozen=True, eq=False)
class Pulse:
    """A π rotation of one qubit."""

    gates: tuple[tuple[str, tuple[float, ...], int], ...]
    """Name, angles, ticks; in the order of time."""


def pulses(sequence: str, qubit: int, durations: Durations) -> tuple[Pulse, ...] | None:
    """The pulses of a sequence on a qubit; ``None`` if the device's gates do not suffice."""
    found = [_pulse(axis, qubit, durations) for axis in SEQUENCES[sequence]]
    return None if None in found else tuple(pulse for pulse in found if pulse is not None)


def phase(sequence: Sequence[Pulse]) -> float:
    """The phase ``φ`` of a sequence whose product is ``exp(iφ)``, in radians."""
    product = np.eye(2, dtype=complex)
    for pulse in sequence:
        for name, angles, _ in pulse.gates:
            product = GATES[name](*angles).to_matrix() @ product
    return float(np.angle(product[0, 0]))


def _pulse(axis: str, qubit: int, durations: Durations) -> Pulse | None:
    for gates in _candidates(axis):
        ticks = [durations.ticks(name, (qubit,), angles) for name, angles in gates]
        if None not in ticks:
            return Pulse(tuple((name, angles, t) for (name, angles), t in zip(gates, ticks, strict=True) if t is not None))
    return None


def _candidates(axis: str) -> list[_Gates]:
    """Ways to make a pulse, the best first."""
    angle = _AXES[axis]
    before, after = (("rz", (-angle,)),), (("rz", (angle,)),)
    turned = [(*before, *gates, *after) for gates in _TURNED] if angle else []
    others: list[_Gates] = [(("r", (_PI, angle)),), (("u", (_PI, angle, _PI - angle)),)]
    return [*turned, *_NATIVE[axis], *others] if axis != "+X" else [*_NATIVE[axis], *others]
