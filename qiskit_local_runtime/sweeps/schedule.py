"""When each instruction of a circuit runs: idle time made explicit as delays.

An instruction occupies its qubits, and the classical bits it writes, from its start to its end; what is between is idle,
and idle qubits decohere. Noise that acts on delays thus sees the same idle time whether it is decoupled later or not.

A control-flow operation lasts an unknown time. It is a border at which all qubits meet: what is before, what is after and
each of its blocks is scheduled by itself; qubits that wait for it get no delay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

from qiskit.circuit import CircuitInstruction, QuantumCircuit

from ..errors import IBMInputValueError
from .durations import Durations

Method = Literal["alap", "asap"]


class Timed(NamedTuple):
    """An instruction and when it runs."""

    item: CircuitInstruction
    qubits: tuple[int, ...]
    """Indices in the circuit; in a block, those of the outermost circuit."""
    start: int
    """In ticks from the beginning of its segment."""
    ticks: int

    @property
    def end(self) -> int:
        """When it ends, in ticks."""
        return self.start + self.ticks


def scheduled(circuit: QuantumCircuit, durations: Durations, method: Method = "alap") -> QuantumCircuit:
    """The circuit with every idle time written as a delay.

    Instructions keep their order. Delays of the circuit are idle time and merge with what surrounds them, up to the next
    barrier. There is no delay on qubits on which nothing happens, nor after the measurement that ends a qubit's life.

    Args:
        circuit: in instructions that the device has.
        durations: of its instructions.
        method: ``"alap"``: everything as late as possible; ``"asap"``: as soon as possible.

    Raises:
        IBMInputValueError: durations are unknown or depend on parameters, or the method is neither of the two.
    """
    if method not in ("alap", "asap"):
        raise IBMInputValueError(
            f"dynamical_decoupling.scheduling_method: expected 'alap' or 'asap', found {method!r}. Set one of the two."
        )
    return _scheduled(circuit, tuple(range(circuit.num_qubits)), durations, method, outermost=True)


def without_duration(circuit: QuantumCircuit, durations: Durations) -> tuple[str, ...]:
    """What :func:`scheduled` would refuse, in control flow too: instructions of unknown duration, each with its qubits."""
    return tuple(sorted(_unknown(circuit, tuple(range(circuit.num_qubits)), durations)))


def timeline(part: Sequence[CircuitInstruction], where: dict[Any, int], durations: Durations) -> list[Timed]:
    """When the instructions of a scheduled segment run.

    Args:
        part: instructions without control flow, as :func:`scheduled` leaves them.
        where: index of each qubit.
        durations: those it was scheduled with.

    Raises:
        IBMInputValueError: the qubits of an instruction are not free at the same time: it has not been scheduled.
    """
    clock: dict[int, int] = {}
    found = []
    for item, qubits, ticks in _timed(part, where, durations):
        starts = {clock.get(q, 0) for q in qubits}
        if len(starts) > 1 and item.name != "barrier":
            raise IBMInputValueError(
                f"Expected a scheduled circuit, found {item.name} on qubits {qubits} that are free at different times "
                f"({sorted(starts)} {durations.unit}). Call scheduled() with the same durations first."
            )
        start = max(starts, default=0)
        found.append(Timed(item, qubits, start, ticks))
        clock.update((q, start + ticks) for q in qubits if ticks)
    return found


def segments(circuit: QuantumCircuit) -> Iterator[tuple[list[CircuitInstruction], CircuitInstruction | None]]:
    """The circuit cut at its control flow: instructions, and the control-flow operation after them (at the end: none)."""
    part: list[CircuitInstruction] = []
    for item in circuit.data:
        if item.is_control_flow() or item.name in ("break_loop", "continue_loop"):
            yield part, item
            part = []
        else:
            part.append(item)
    yield part, None


def blocks_of(border: CircuitInstruction) -> tuple[QuantumCircuit, ...]:
    """The blocks of a control-flow instruction; none of a break."""
    return tuple(getattr(border.operation, "blocks", ()))


def with_blocks(border: CircuitInstruction, blocks: Sequence[QuantumCircuit]) -> CircuitInstruction:
    """A control-flow instruction with other blocks; one without blocks as it is."""
    return border.replace(operation=border.operation.replace_blocks(blocks)) if blocks else border


def _scheduled(
    circuit: QuantumCircuit, outer: tuple[int, ...], durations: Durations, method: Method, *, outermost: bool = False
) -> QuantumCircuit:
    where = dict(zip(circuit.qubits, outer, strict=True))
    writer = _Writer(circuit, durations, keep_ends=not outermost)
    for part, border in segments(circuit):
        placed, length = _placed(part, where, durations, method)
        writer.segment(placed, length)
        if border is not None:
            inner = tuple(where[bit] for bit in border.qubits)
            writer.border(with_blocks(border, [_scheduled(b, inner, durations, method) for b in blocks_of(border)]))
    return writer.out


def _placed(
    part: Sequence[CircuitInstruction], where: dict[Any, int], durations: Durations, method: Method
) -> tuple[list[Timed], int]:
    """The instructions of a segment in their order with their starts, and how long the segment lasts.

    As late as possible is as soon as possible with time running backwards. What takes time and is no delay starts aligned.
    """
    late = method == "alap"
    timed = _timed(part, where, durations)
    free: dict[Any, int] = {}
    placed: list[Timed] = []
    for item, qubits, ticks in reversed(timed) if late else timed:
        wires = (*qubits, *item.clbits)
        start = max((free.get(wire, 0) for wire in wires), default=0)
        end = start + ticks
        if ticks and item.name != "delay":
            start, end = (start, durations.up(end)) if late else (durations.up(start), durations.up(start) + ticks)
        free.update((wire, end) for wire in wires)
        placed.append(Timed(item, qubits, end if late else start, ticks))
    length = durations.up(max(free.values(), default=0))
    if late:
        placed = [entry._replace(start=length - entry.start) for entry in reversed(placed)]
    return placed, length


def _unknown(circuit: QuantumCircuit, outer: tuple[int, ...], durations: Durations) -> set[str]:
    where = dict(zip(circuit.qubits, outer, strict=True))
    found: set[str] = set()
    for part, border in segments(circuit):
        placed = [(item, tuple([where[bit] for bit in item.qubits])) for item in part]
        found.update(f"{item.name} on {qubits}" for item, qubits in placed if not durations.known(item, qubits))
        if border is not None:
            inner = tuple([where[bit] for bit in border.qubits])
            found.update(*(_unknown(block, inner, durations) for block in blocks_of(border)))
    return found


def _timed(
    part: Sequence[CircuitInstruction], where: dict[Any, int], durations: Durations
) -> list[tuple[CircuitInstruction, tuple[int, ...], int]]:
    found, unknown = [], set()
    for item in part:
        qubits = tuple([where[bit] for bit in item.qubits])
        ticks = durations.of(item, qubits)
        if ticks is None:
            unknown.add(f"{item.name} on {qubits}")
        else:
            found.append((item, qubits, ticks))
    if unknown:
        names = ", ".join(sorted(unknown)[:8]) + (", …" if len(unknown) > 8 else "")
        raise IBMInputValueError(
            f"Scheduling (dynamical_decoupling.scheduling_method) expects a duration of every instruction, found none of "
            f"{names}. Transpile the circuit for the backend, use a backend whose target has durations, or set "
            "dynamical_decoupling.enable = False."
        )
    return found


class _Writer:
    """Writes instructions in their order, each gap before them as a delay."""

    def __init__(self, circuit: QuantumCircuit, durations: Durations, *, keep_ends: bool) -> None:
        self.out = circuit.copy_empty_like()
        self._durations = durations
        self._keep_ends = keep_ends
        self._busy: dict[Any, int] = {}
        used = {bit for item in circuit.data if item.name != "barrier" for bit in item.qubits}
        self._left = Counter(bit for item in circuit.data if item.name not in ("barrier", "delay") for bit in item.qubits)
        self._alive = [bit for bit in circuit.qubits if bit in used]
        self._waits = set(self._alive)

    def segment(self, placed: Sequence[Timed], length: int) -> None:
        """Write a segment and let all qubits wait for its end."""
        self._busy.clear()
        for entry in placed:
            if entry.item.name == "delay":
                continue
            for bit in entry.item.qubits:
                self._fill(bit, entry.start)
                self._busy[bit] = entry.end
            self._write(entry.item)
        for bit in self._alive:
            self._fill(bit, length)

    def border(self, item: CircuitInstruction) -> None:
        """Write a control-flow operation."""
        self._write(item)

    def _write(self, item: CircuitInstruction) -> None:
        self.out._append(item)
        if item.name != "barrier":
            self._left.subtract(item.qubits)
        if item.name == "measure" and not self._keep_ends and not self._left[item.qubits[0]]:
            self._waits.discard(item.qubits[0])

    def _fill(self, bit: Any, until: int) -> None:
        idle = until - self._busy.get(bit, 0)
        if idle > 0 and bit in self._waits:
            self.out._append(CircuitInstruction(self._durations.delay(idle), (bit,)))
        self._busy[bit] = until
