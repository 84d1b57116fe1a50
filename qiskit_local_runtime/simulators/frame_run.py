"""Pauli frames of many batches of shots, moved through one circuit together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import Parameter

from ..cancellation import CancelToken
from ..devices.channel import Channel
from ..devices.device import ActiveDevice
from ..devices.readout import Readout
from ..sweeps import Step, Tape
from ..sweeps.recent import Recent
from .clifford import Table
from .clifford_rows import CliffordCircuit, Group, Slot, clifford_circuit
from .pauli_errors import ErrorPlaces
from .tableau import Tableau

_ALL = np.uint64(2**64 - 1)
_FULL = [np.where((np.arange(16) >> bit) & 1 == 1, _ALL, np.uint64(0)) for bit in range(4)]
"""For each bit of a Pauli's index: a word of ones where it is set."""
_OFTEN = 256


@dataclass(frozen=True, eq=False)
class Track:
    """A circuit on a device, as frames move through it."""

    steps: tuple[tuple[Step, tuple[Slot, ...], range], ...]
    """Steps with their gates and the numbers of their places of noise (measurements: before, all others: after)."""
    places: ErrorPlaces
    where: tuple[tuple[int, ...], ...]
    """Qubits of each place."""
    num_qubits: int
    num_clbits: int
    final: tuple[tuple[int, int], ...]
    readout: Readout | None

    @classmethod
    def of(cls, circuit: CliffordCircuit, tape: Tape, device: ActiveDevice) -> Track:
        """Gather what happens in a circuit on a device."""
        steps = []
        channels: list[Channel] = []
        where: list[tuple[int, ...]] = []
        noise = device.noise
        for step, slots in circuit.steps:
            start = len(channels)
            if noise is not None:
                for channel, qubits in noise.before(step) if step.name == "measure" else noise.after(step):
                    channels.append(channel)
                    where.append(qubits)
            if slots or start < len(channels) or step.name in ("measure", "reset"):
                steps.append((step, slots, range(start, len(channels))))
        readout = noise.readout if noise is not None and noise.readout else None
        places = ErrorPlaces(channels)
        return cls(tuple(steps), places, tuple(where), tape.num_qubits, tape.num_clbits, tape.final_measurements, readout)

    @cached_property
    def rows(self) -> NDArray[np.intp]:
        """Rows of the frame that each place acts on, shape ``(places, 2 × widest)``."""
        widest = max((len(qubits) for qubits in self.where), default=1)
        out = np.zeros((len(self.where), 2 * widest), dtype=np.intp)
        for place, qubits in enumerate(self.where):
            out[place, : 2 * len(qubits)] = [2 * q + half for q in qubits for half in (0, 1)]
        return out

    @cached_property
    def scrambles(self) -> int:
        """How often a qubit comes into a Z eigenstate."""
        return self.num_qubits + sum(step.name in ("measure", "reset") for step, _, _ in self.steps)

    def reference(self, group: Group, cancel: CancelToken) -> tuple[bool, ...]:
        """Outcomes of all measurements in one noiseless run."""
        tableau = Tableau(self.num_qubits)
        outcomes = []
        for number, (step, slots, _) in enumerate(self.steps):
            if number % _OFTEN == 0:
                cancel.check()
            for slot in slots:
                tableau.apply(slot.qubits, group.table(slot))
            if step.name == "reset":
                tableau.reset(step.qubits[0])
            elif step.name == "measure":
                outcomes.append(bool(tableau.measure(step.qubits[0])))
        return tuple(outcomes)


_CACHE: Recent[Track] = Recent(4)


def track_of(tape: Tape, parameters: tuple[Parameter, ...], device: ActiveDevice) -> Track:
    """A circuit on a device, or what was gathered for an equal one before.

    Raises:
        NotCliffordError: with the gate's name.
    """
    key = (tape.key, parameters)
    return _CACHE.get(key, lambda: Track.of(clifford_circuit(tape, parameters), tape, device), device.noise)


class RowWise:
    """Draws like a generator, equal parts of the first axis from one generator each."""

    def __init__(self, rngs: Sequence[np.random.Generator]) -> None:
        self._rngs = rngs

    def random(self, shape: tuple[int, ...]) -> NDArray[np.float64]:
        """Uniform in ``[0, 1)``."""
        part = (shape[0] // len(self._rngs), *shape[1:])
        return np.concatenate([rng.random(part) for rng in self._rngs])

    @property
    def as_generator(self) -> np.random.Generator:
        """Itself, for those who only call :meth:`random`."""
        return cast(np.random.Generator, self)


class Run:
    """The frames of batches of shots, bit-packed: ``(2 n, batches, words)``, rows ``x_0, z_0, x_1, z_1, …``.

    Args:
        track: the circuit.
        group: gates, up to Paulis.
        paulis: those Paulis, ``(gates with parameters, batches)``.
        shots: of each batch.
        rngs: of each batch; nothing else decides its bits.
    """

    def __init__(
        self, track: Track, group: Group, paulis: NDArray[np.uint8], shots: int, rngs: Sequence[np.random.Generator]
    ) -> None:
        self._track, self._group, self._paulis, self._shots, self._rngs = track, group, paulis, shots, rngs
        self._words = -(-shots // 64)
        self._frame = np.zeros((2 * track.num_qubits, len(rngs), self._words), dtype=np.uint64)
        self._occurring = np.bitwise_or.reduce(paulis, axis=1).tolist() if paulis.size else [0] * len(paulis)
        size = (track.scrambles, self._words)
        self._random = iter(np.stack([rng.integers(0, 2**64, size, dtype=np.uint64) for rng in rngs], axis=1))
        self._hits, self._masks, self._edges = self._drawn()

    def measure(self, reference: tuple[bool, ...], cancel: CancelToken, out: NDArray[np.bool_]) -> None:
        """Run the circuit and write all bits but the readout errors of final measurements.

        Args:
            reference: outcomes of the group.
            cancel: whether they are still wanted.
            out: shape ``(batches, shots, num_clbits)``, zeros.
        """
        for qubit in range(self._track.num_qubits):
            self._scramble(qubit)
        outcomes = iter(reference)
        final = set(self._track.final)
        for number, (step, slots, places) in enumerate(self._track.steps):
            if number % _OFTEN == 0:
                cancel.check()
            for slot in slots:
                self._gate(slot)
            if step.name == "reset":
                self._frame[2 * step.qubits[0]] = 0
                self._scramble(step.qubits[0])
            for place in places:
                self._suffer(place)
            if step.name == "measure":
                qubit, clbit = step.qubits[0], step.clbits[0]
                out[..., clbit] = self._bits(qubit, next(outcomes), is_final=(qubit, clbit) in final)

    def _gate(self, slot: Slot) -> None:
        _conjugate(self._frame, slot.qubits, self._group.table(slot))
        if slot.table is None and self._occurring[slot.column]:
            paulis = self._paulis[slot.column]
            for bit in range(2 * len(slot.qubits)):
                if self._occurring[slot.column] >> bit & 1:
                    self._frame[2 * slot.qubits[bit >> 1] + (bit & 1)] ^= _FULL[bit][paulis][:, None]

    def _drawn(self) -> tuple[NDArray[np.intp], NDArray[np.uint64], list[int]]:
        """Words of the frame that errors hit, which of their bits, and where in these lists each place begins."""
        errors = self._track.places.draw(self._shots, self._rngs)
        rows = self._track.rows
        event, bit = np.nonzero((errors.bits[:, None] >> np.arange(rows.shape[1], dtype=np.uint8)) & 1)
        place = np.repeat(np.arange(len(rows)), np.diff(errors.edges))
        shot = errors.shots[event]
        word = errors.batches[event] * self._words + (shot >> 6)
        hits = rows[place[event], bit] * (len(self._rngs) * self._words) + word
        masks = np.uint64(1) << (shot & 63).astype(np.uint64)
        return hits, masks, np.searchsorted(event, errors.edges).tolist()

    def _suffer(self, place: int) -> None:
        usual = self._track.places.usual[place]
        if usual:
            for bit, row in enumerate(self._track.rows[place]):
                if usual >> bit & 1:
                    self._frame[row] ^= _ALL
        part = slice(self._edges[place], self._edges[place + 1])
        if part.start < part.stop:
            np.bitwise_xor.at(self._frame.reshape(-1), self._hits[part], self._masks[part])

    def _scramble(self, qubit: int) -> None:
        """A qubit in a Z eigenstate does not notice Z: make that true of the frames."""
        self._frame[2 * qubit + 1] ^= next(self._random)

    def _bits(self, qubit: int, outcome: bool, *, is_final: bool) -> NDArray[np.bool_]:
        packed = self._frame[2 * qubit].view(np.uint8)
        bits = np.unpackbits(packed, axis=1, count=self._shots, bitorder="little").view(np.bool_) ^ outcome
        self._scramble(qubit)
        if is_final or self._track.readout is None:
            return bits
        return self._track.readout.corrupt(bits[..., None], (qubit,), RowWise(self._rngs).as_generator)[..., 0]


def _conjugate(frame: NDArray[np.uint64], qubits: tuple[int, ...], table: Table) -> None:
    rows = [2 * q + half for q in qubits for half in (0, 1)]
    if table.additions is not None:
        for bit, source in table.additions:
            frame[rows[bit]] ^= frame[rows[source]]
        return
    new = []
    for _, sources in table.changes:
        value = frame[rows[sources[0]]].copy()
        for source in sources[1:]:
            value ^= frame[rows[source]]
        new.append(value)
    for (bit, _), value in zip(table.changes, new, strict=True):
        frame[rows[bit]] = value
