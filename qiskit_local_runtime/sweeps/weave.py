"""Noise that grows with idle time, woven into a scheduled circuit as rotations labelled :data:`~.durations.NOISELESS`.

Conventions, with ħ = 1 and ``t`` the idle time in seconds:

* ZZ of ``f`` Hz is ``H = 2π (f / 4) Z⊗Z``: the frequency of either qubit differs by ``f`` between ``|0⟩`` and ``|1⟩`` of the
  other. In time ``t`` it is ``RZZ(π f t)``. Frames turn with the mean of the two frequencies, so a neighbour on which nothing
  happens leaves no trace.
* A detuning of ``δ`` Hz is ``H = 2π (δ / 2) Z``; in time ``t`` it is ``RZ(2π δ t)``.

Only delays count as idle: what happens during gates belongs to the noise of gates. ZZ acts while *both* qubits are in
delays. A rotation is written just before the next instruction with which it does not commute; relaxation in a delay that
goes on beyond that moment comes before the rotation, an error of second order in the idle time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from qiskit.circuit import CircuitInstruction, Parameter, QuantumCircuit
from qiskit.circuit.library import RZGate, RZZGate

from .durations import NOISELESS, Durations
from .schedule import Timed, blocks_of, segments, timeline, with_blocks

Rates = Sequence[tuple[tuple[int, int], float]]
"""Pairs of qubits and their ZZ in Hz."""
_COMMUTE = frozenset({"delay", "barrier", "rz", "z", "s", "sdg", "t", "tdg", "p", "u1", "id"})
"""Instructions that woven rotations pass."""
_Span = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Woven:
    """A circuit with its timed noise written out."""

    circuit: QuantumCircuit
    parameters: tuple[Parameter, ...]
    """The detunings in Hz, one for each qubit that has any idle time."""
    columns: tuple[int, ...]
    """The qubit of each parameter: its column in an array of detunings by qubit."""


def woven(circuit: QuantumCircuit, durations: Durations, zz: Rates, detuned: Iterable[int]) -> Woven:
    """A scheduled circuit with the rotations of its idle times.

    Instructions come in the order of time. Each block of control flow is woven by itself, as it was scheduled.

    Args:
        circuit: as :func:`~qiskit_local_runtime.sweeps.schedule.scheduled` or a decoupling of it returns it.
        durations: those it was scheduled with.
        zz: crosstalk of pairs of its qubits.
        detuned: qubits whose frequency is off.

    Raises:
        IBMInputValueError: the circuit is not scheduled.
    """
    loom = _Loom(durations, [(pair, hertz) for pair, hertz in zz if hertz], frozenset(detuned))
    out = loom.circuit(circuit, tuple(range(circuit.num_qubits)))
    found = sorted(loom.parameters.items())
    return Woven(out, tuple(parameter for _, parameter in found), tuple(qubit for qubit, _ in found))


class _Thread(NamedTuple):
    """A rotation that grows with idle time."""

    qubits: tuple[int, ...]
    """One: detuning; two: crosstalk."""
    hertz: float
    meter: _Meter


class _Meter:
    """How long something lasted since it was last looked at.

    Args:
        spans: from when to when, in ticks, disjoint and ascending.
    """

    def __init__(self, spans: Sequence[_Span]) -> None:
        self._spans, self._next = spans, 0

    def until(self, tick: int) -> int:
        """Ticks of the spans up to ``tick`` that were not told before; no span has begun and not ended."""
        found = 0
        while self._next < len(self._spans) and self._spans[self._next][1] <= tick:
            start, end = self._spans[self._next]
            found += end - start
            self._next += 1
        return found


class _Loom:
    """One call of :func:`woven`."""

    def __init__(self, durations: Durations, zz: Rates, detuned: frozenset[int]) -> None:
        self.parameters: dict[int, Parameter] = {}
        self._durations, self._zz, self._detuned = durations, zz, detuned

    def circuit(self, circuit: QuantumCircuit, outer: tuple[int, ...]) -> QuantumCircuit:
        """Weave a circuit, or a block on the qubits ``outer`` of the outermost circuit."""
        out = circuit.copy_empty_like()
        where = dict(zip(circuit.qubits, outer, strict=True))
        bits = {index: bit for bit, index in where.items()}
        for part, border in segments(circuit):
            self._segment(out, timeline(part, where, self._durations), bits)
            if border is not None:
                inner = tuple(where[bit] for bit in border.qubits)
                out._append(with_blocks(border, [self.circuit(block, inner) for block in blocks_of(border)]))
        return out

    def _segment(self, out: QuantumCircuit, entries: list[Timed], bits: dict[int, Any]) -> None:
        threads = self._threads(entries)
        touching: dict[int, list[_Thread]] = defaultdict(list)
        for thread in threads:
            for qubit in thread.qubits:
                touching[qubit].append(thread)
        for entry in _in_time(entries):
            if entry.item.name not in _COMMUTE:
                for qubit in entry.qubits:
                    self._write(out, touching[qubit], entry.start, bits)
            out._append(entry.item)
        self._write(out, threads, max((entry.end for entry in entries), default=0), bits)

    def _threads(self, entries: list[Timed]) -> list[_Thread]:
        idle: dict[int, list[_Span]] = defaultdict(list)
        for entry in entries:
            if entry.item.name == "delay":
                idle[entry.qubits[0]].append((entry.start, entry.end))
        pairs = [(pair, hertz, _common(idle[pair[0]], idle[pair[1]])) for pair, hertz in self._zz]
        crosstalk = [_Thread(pair, hertz, _Meter(spans)) for pair, hertz, spans in pairs if spans]
        return [*crosstalk, *(_Thread((q,), 1.0, _Meter(idle[q])) for q in sorted(self._detuned & idle.keys()))]

    def _write(self, out: QuantumCircuit, threads: list[_Thread], tick: int, bits: dict[int, Any]) -> None:
        for thread in threads:
            seconds = thread.meter.until(tick) * self._durations.tick
            if seconds:
                gate = self._rotation(thread, seconds)
                out._append(CircuitInstruction(gate, tuple(bits[qubit] for qubit in thread.qubits)))

    def _rotation(self, thread: _Thread, seconds: float) -> RZGate | RZZGate:
        if len(thread.qubits) == 2:
            return RZZGate(np.pi * thread.hertz * seconds, label=NOISELESS)
        (qubit,) = thread.qubits
        detuning = self.parameters.setdefault(qubit, Parameter(f"detuning_{qubit}"))
        return RZGate(2 * np.pi * seconds * detuning, label=NOISELESS)


def _in_time(entries: list[Timed]) -> list[Timed]:
    """In the order of starts, but nothing passes a classical store, which does not say what bits it reads."""
    floor, latest, keys = 0, 0, []
    for entry in entries:
        if entry.item.name == "store":
            floor = latest
        keys.append(max(floor, entry.start))
        latest = max(latest, keys[-1])
    return [entries[i] for i in sorted(range(len(entries)), key=keys.__getitem__)]


def _common(first: Sequence[_Span], second: Sequence[_Span]) -> list[_Span]:
    """When both last; each disjoint and ascending."""
    found, i, j = [], 0, 0
    while i < len(first) and j < len(second):
        start, end = max(first[i][0], second[j][0]), min(first[i][1], second[j][1])
        if start < end:
            found.append((start, end))
        if first[i][1] <= second[j][1]:
            i += 1
        else:
            j += 1
    return found
