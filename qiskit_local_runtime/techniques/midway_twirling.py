"""Twirling of measurements in the middle of a circuit: the same flip before and after, and the recorded bit flipped back."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import CircuitInstruction, Parameter, QuantumCircuit
from qiskit.circuit.library import RXGate

from ..sweeps import read
from ..sweeps.durations import NOISELESS
from ..sweeps.layers import final_measurements


@dataclass(frozen=True, eq=False)
class Midway:
    """A circuit whose measurements in its middle can be flipped."""

    circuit: QuantumCircuit
    parameters: tuple[Parameter, ...]
    """Angles of the flips, 0 or π, one for each of ``clbits``."""
    clbits: tuple[int, ...]
    """The classical bits that are flipped with their qubits."""


def midway(circuit: QuantumCircuit) -> Midway | None:
    """Put flips around every measurement that something follows; those at the end are flipped by simulators.

    A flip takes no time and has no errors, as those at the end. Left alone are circuits with feed-forward, which reads the
    bits before they are flipped back, and bits that are measured more than once.

    Args:
        circuit: any circuit.

    Returns:
        ``None`` where there is nothing to flip.
    """
    # most circuits measure at their end only, which is seen from there without reading them
    if len(final_measurements(circuit)) == circuit.count_ops().get("measure", 0):
        return None
    tape = read(circuit)
    if tape.dynamic:
        return None
    written = Counter(bit for step in tape.steps if step.name == "measure" for bit in step.clbits)
    final = set(tape.final_measurements)
    out = circuit.copy_empty_like()
    flipped: dict[int, Parameter] = {}
    for item in circuit.data:
        place = _place(circuit, item)
        if place is None or place in final or written[place[1]] > 1:
            out._append(item)
            continue
        angle = flipped.setdefault(place[1], Parameter(f"_flip_{place[1]}"))
        flip = CircuitInstruction(RXGate(angle, label=NOISELESS), item.qubits)
        for each in (flip, item, flip):
            out._append(each)
    return Midway(out, tuple(flipped.values()), tuple(flipped)) if flipped else None


def draw_midway(shape: tuple[int, int], clbits: int, seed: np.random.SeedSequence, *, start: int = 0) -> NDArray[np.bool_]:
    """Random flips, shape ``(rows, randomizations, clbits)``; rows drawn in portions are those drawn at once.

    Args:
        shape: ``(rows, randomizations)``.
        clbits: how many bits are flipped.
        seed: of all rows; each has a child of its own.
        start: number of the first row.
    """
    rows, randomizations = shape
    out = np.empty((rows, randomizations, clbits), dtype=np.bool_)
    for row in range(rows):
        child = np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, start + row))
        out[row] = np.random.default_rng(child).integers(0, 2, (randomizations, clbits), dtype=np.bool_)
    return out


def _place(circuit: QuantumCircuit, item: CircuitInstruction) -> tuple[int, int] | None:
    """Qubit and classical bit of a measurement."""
    if item.name != "measure":
        return None
    return circuit.find_bit(item.qubits[0]).index, circuit.find_bit(item.clbits[0]).index
