"""What a simulator is asked to run: one circuit, many parameter values, several endings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import Parameter, QuantumCircuit

from .recent import Recent
from .tape import Tape, joined, tape_of


@dataclass(frozen=True, eq=False)
class Sweep:
    """One parametrised circuit on active qubits, run for every row of ``values`` and every ending.

    The circuit's qubit ``i`` is the active device's qubit ``i``. Its classical bits are the ones the shots are packed in.
    """

    circuit: QuantumCircuit
    """The common beginning (for a sampler: everything)."""
    parameters: tuple[Parameter, ...]
    """The parameters of ``circuit``, in the order of the columns of ``values``."""
    values: NDArray[np.float64]
    """Shape ``(rows, len(parameters))``."""
    shots: int
    """Shots of every row, ending and randomization."""
    endings: tuple[QuantumCircuit, ...] = ()
    """Unparametrised circuits (basis changes and final measurements) on the same qubits and classical bits, each appended
    to ``circuit`` in turn; empty means one ending that adds nothing. Simulators share the common beginning."""
    flips: NDArray[np.bool_] | None = None
    """Measurement twirling: shape ``(rows, endings, randomizations, num_clbits)``. Where true, the qubit finally measured
    into that bit is flipped by an X just before its (noisy) measurement and the recorded bit is flipped back.
    ``None`` means one randomization without flips."""

    known_tape: Tape | None = None
    """``circuit`` as a tape, where it has been read already."""
    known_endings: tuple[Tape, ...] | None = None
    """``endings`` as tapes, the same."""

    @cached_property
    def tape(self) -> Tape:
        """The common beginning, read once."""
        return self.known_tape if self.known_tape is not None else tape_of(self.circuit)

    @cached_property
    def ending_tapes(self) -> tuple[Tape, ...]:
        """The endings alone, read once."""
        return tuple(map(tape_of, self.endings)) if self.known_endings is None else self.known_endings

    @cached_property
    def tapes(self) -> tuple[Tape, ...]:
        """One tape per ending: the whole circuit, beginning and ending together."""
        if not self.endings:
            return (self.tape,)
        return tuple(_joined(self.tape, ending) for ending in self.ending_tapes)

    def whole(self, ending: int) -> QuantumCircuit:
        """The circuit with ending number ``ending`` appended (for simulators that do not share beginnings)."""
        if not self.endings:
            return self.circuit
        return self.circuit.compose(self.endings[ending], range(self.circuit.num_qubits), range(self.num_clbits))

    @property
    def num_clbits(self) -> int:
        """Classical bits of the circuit (the endings have the same)."""
        return self.circuit.num_clbits if self.known_tape is None else self.known_tape.num_clbits

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """``(rows, endings, randomizations, shots)``."""
        randomizations = 1 if self.flips is None else self.flips.shape[2]
        return (self.values.shape[0], max(1, len(self.endings)), randomizations, self.shots)


_JOINED: Recent[Tape] = Recent(8)
"""Whole circuits, so that noise factors and parts of a sweep share what is known of them."""


def _joined(beginning: Tape, ending: Tape) -> Tape:
    def make() -> Tape:
        return joined(beginning, ending)

    return _JOINED.get((id(beginning), ending.key), make, beginning)
