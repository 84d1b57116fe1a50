"""Dynamical decoupling: π pulses in idle windows turn the qubit to and fro, so that slow dephasing cancels.

Viola and Lloyd, Phys. Rev. A 58, 2733 (1998); sequences on IBM's devices: Ezzell et al., Phys. Rev. Applied 20, 064027
(2023). A window of length T gets ``n`` pulses at T/2n, 3T/2n, …: one sequence, stretched to the window. It adds no axis:
the circuit is scheduled before (:func:`~qiskit_local_runtime.sweeps.schedule.scheduled`) and lasts as long after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple

from qiskit.circuit import CircuitInstruction, QuantumCircuit

from ..errors import OptionError
from ..sweeps.durations import Durations
from ..sweeps.pulses import GATES, SEQUENCES, Pulse, phase, pulses
from ..sweeps.schedule import Timed, blocks_of, segments, timeline, with_blocks

Outcome = Literal["decoupled", "too short", "reset", "measured", "no pulses"]


@dataclass(frozen=True)
class Decoupling:
    """What to insert, and where not."""

    sequence_type: Literal["XX", "XpXm", "XY4"] = "XX"
    extra_slack_distribution: Literal["middle", "edges"] = "middle"
    """Where whole ticks that cannot be divided evenly go."""
    skip_reset_qubits: bool = False
    """Leave windows alone before a qubit's first gate and after a reset."""
    shortest: float = 0.0
    """Seconds: shorter windows are left alone, even if the pulses fit."""
    staggered: frozenset[int] = field(default_factory=frozenset)
    """Qubits whose pulses come a half interval later (the last at the window's end), so that ZZ between them and aligned
    neighbours cancels too."""

    def __post_init__(self) -> None:
        problems = {}
        if self.sequence_type not in SEQUENCES:
            problems["dynamical_decoupling.sequence_type"] = (
                f"expected one of {', '.join(SEQUENCES)}, found {self.sequence_type!r}. Set one of them."
            )
        if self.extra_slack_distribution not in ("middle", "edges"):
            problems["dynamical_decoupling.extra_slack_distribution"] = (
                f"expected 'middle' or 'edges', found {self.extra_slack_distribution!r}. Set one of the two."
            )
        if problems:
            raise OptionError(problems)


class Window(NamedTuple):
    """An idle time of a qubit."""

    qubit: int
    """In a block of control flow, the qubit of the outermost circuit."""
    start: int
    """In ticks from the beginning of the stretch between control flow that it lies in."""
    ticks: int
    outcome: Outcome


@dataclass(frozen=True)
class Report:
    """What decoupling did."""

    windows: tuple[Window, ...]
    notes: tuple[str, ...] = ()
    """What was left alone as a whole, and why."""

    @cached_property
    def decoupled(self) -> int:
        """Number of windows with pulses in them."""
        return sum(window.outcome == "decoupled" for window in self.windows)

    @cached_property
    def fraction(self) -> float:
        """Share of the idle time that is decoupled; 0 without idle time."""
        idle = sum(window.ticks for window in self.windows)
        return sum(w.ticks for w in self.windows if w.outcome == "decoupled") / idle if idle else 0.0


def decoupled(circuit: QuantumCircuit, durations: Durations, options: Decoupling) -> tuple[QuantumCircuit, Report]:
    """Pulses in the idle windows of a scheduled circuit, which does and lasts the same, its global phase included.

    A window that a measurement opens stays as it is: the qubit is in a state that dephasing cannot hurt.

    Args:
        circuit: as :func:`~qiskit_local_runtime.sweeps.schedule.scheduled` returns it.
        durations: those it was scheduled with.
        options: sequence and exceptions.

    Returns:
        The circuit, and what was done to each window.

    Raises:
        IBMInputValueError: the circuit is not scheduled.
    """
    work = _Work(durations, options)
    out = work.circuit(circuit, tuple(range(circuit.num_qubits)), set(range(circuit.num_qubits)))
    return out, Report(tuple(work.windows), tuple(work.notes))


def spread(slack: int, lead: int, pulses: int, durations: Durations, options: Decoupling, *, late: bool = False) -> list[int]:
    """The waits before, between and after pulses, in ticks.

    Args:
        slack: the window less its pulses.
        lead: ticks from the window's start to the next aligned one; at most ``slack``.
        pulses: how many; an even number.
        durations: for the alignment.
        options: where the rest goes that cannot be divided evenly.
        late: whether the pulses come a half interval later.

    Returns:
        ``pulses + 1`` numbers that add up to ``slack``; all but the first (less ``lead``) and last are aligned.
    """
    shares = [2] * pulses + [0] if late else [1] + [2] * (pulses - 1) + [1]
    waits = [durations.down((slack - lead) * share // (2 * pulses)) for share in shares]
    rest = slack - lead - sum(waits)
    place, given = (pulses // 2, rest) if options.extra_slack_distribution == "middle" else (0, rest // 2)
    waits[place] += durations.down(given)
    waits[-1] += rest - durations.down(given)
    waits[0] += lead
    return waits


class _Work:
    """One call of :func:`decoupled`."""

    def __init__(self, durations: Durations, options: Decoupling) -> None:
        self.windows: list[Window] = []
        self.notes: list[str] = []
        self._durations, self._options = durations, options
        self._shortest = options.shortest / durations.tick
        self._known: dict[int, tuple[tuple[Pulse, ...], int, float] | None] = {}

    def circuit(self, circuit: QuantumCircuit, outer: tuple[int, ...], fresh: set[int]) -> QuantumCircuit:
        """Decouple a circuit or block; ``fresh``: the qubits (outermost indices) that are known to be in 0."""
        out = circuit.copy_empty_like()
        where = dict(zip(circuit.qubits, outer, strict=True))
        state: dict[int, Outcome | None] = dict.fromkeys(fresh, "reset")
        for part, border in segments(circuit):
            for entry in timeline(part, where, self._durations):
                self._step(out, entry, state)
            if border is not None:
                inner = tuple(where[bit] for bit in border.qubits)
                out._append(with_blocks(border, [self.circuit(block, inner, set()) for block in blocks_of(border)]))
                state.update(dict.fromkeys(inner))
                self._note(f"{border.name}: qubits that wait for it have no idle window; its blocks are decoupled one by one")
        return out

    def _step(self, out: QuantumCircuit, entry: Timed, state: dict[int, Outcome | None]) -> None:
        name = entry.item.name
        if name == "delay" and entry.ticks:
            outcome = self._outcome(entry, state.get(entry.qubits[0]))
            self.windows.append(Window(entry.qubits[0], entry.start, entry.ticks, outcome))
            if outcome == "decoupled":
                self._fill(out, entry)
                return
        elif name not in ("barrier", "delay"):
            after: Outcome | None = "reset" if name == "reset" else "measured" if name == "measure" else None
            state.update(dict.fromkeys(entry.qubits, after))
        out._append(entry.item)

    def _outcome(self, entry: Timed, state: Outcome | None) -> Outcome:
        if state == "measured" or (state == "reset" and self._options.skip_reset_qubits):
            return state
        found = self._pulses(entry.qubits[0])
        if found is None:
            return "no pulses"
        fits = entry.ticks > found[1] + self._lead(entry) and entry.ticks >= self._shortest
        return "decoupled" if fits else "too short"

    def _fill(self, out: QuantumCircuit, entry: Timed) -> None:
        qubit, bit = entry.qubits[0], entry.item.qubits[0]
        found = self._pulses(qubit)
        assert found is not None
        sequence, busy, angle = found
        late = qubit in self._options.staggered
        waits = spread(entry.ticks - busy, self._lead(entry), len(sequence), self._durations, self._options, late=late)
        for wait, pulse in zip(waits, (*sequence, None), strict=True):
            self._wait(out, bit, wait)
            for name, angles, ticks in pulse.gates if pulse is not None else ():
                out._append(CircuitInstruction(GATES[name](*angles), (bit,)))
                self._wait(out, bit, self._durations.up(ticks) - ticks)
        out.global_phase -= angle

    def _wait(self, out: QuantumCircuit, bit: Any, ticks: int) -> None:
        if ticks:
            out._append(CircuitInstruction(self._durations.delay(ticks), (bit,)))

    def _lead(self, entry: Timed) -> int:
        return self._durations.up(entry.start) - entry.start

    def _pulses(self, qubit: int) -> tuple[tuple[Pulse, ...], int, float] | None:
        """The pulses of a qubit, their slots in ticks, their phase."""
        if qubit not in self._known:
            found = pulses(self._options.sequence_type, qubit, self._durations)
            self._known[qubit] = None if found is None else (found, self._slots(found), phase(found))
            if found is None:
                self._note(f"qubit {qubit}: the device's gates do not make the pulses of {self._options.sequence_type}")
        return self._known[qubit]

    def _slots(self, sequence: Sequence[Pulse]) -> int:
        return sum(self._durations.up(ticks) for pulse in sequence for _, _, ticks in pulse.gates)

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)
