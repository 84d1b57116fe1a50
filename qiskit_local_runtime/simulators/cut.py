"""Sweeps cut into the parts that never meet, each a sweep of its own on a device of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import Parameter, ParameterExpression, QuantumCircuit

from ..devices.device import ActiveDevice
from ..sweeps import Step, Sweep, Tape
from ..sweeps.recent import Recent
from ..sweeps.tape import Columns
from .cut_circuit import Numbers, within
from .parts import Qubits, lonely, packed, parts_of


@dataclass(frozen=True, eq=False)
class Part:
    """Some qubits of a sweep, and all that happens to them."""

    qubits: Qubits
    """Of the whole sweep, ascending."""
    clbits: tuple[int, ...]
    """Of the whole sweep: the bits that are written here."""
    places: tuple[int, ...]
    """The number that each of them has here."""
    lonely: bool
    """Whether its qubits do not meet either: each has gates and a measurement at the end only."""
    device: ActiveDevice
    tapes: tuple[Tape, ...]
    """The common beginning and the endings."""
    circuits: tuple[QuantumCircuit, ...]
    """The same; empty ones where only methods are asked that read tapes."""
    parameters: tuple[Parameter, ...]
    columns: tuple[int, ...]
    """Of the whole sweep's values: those of :attr:`parameters`."""

    def of(self, sweep: Sweep) -> Sweep:
        """The part of a sweep of the same circuit; where nothing can be flipped, randomizations are but more shots."""
        beginning, *endings = self.circuits
        known = (self.tapes[0], self.tapes[1:])
        flips, shots = self._flips(sweep.flips), sweep.shots
        own = Sweep(beginning, self.parameters, sweep.values[:, list(self.columns)], shots, tuple(endings), flips, *known)
        if flips is None or any(tape.final_measurements for tape in own.tapes):
            return own
        return replace(own, flips=None, shots=shots * flips.shape[2])

    def _flips(self, flips: NDArray[np.bool_] | None) -> NDArray[np.bool_] | None:
        if flips is None:
            return None
        out = np.zeros((*flips.shape[:3], self.tapes[0].num_clbits), dtype=np.bool_)
        out[..., list(self.places)] = flips[..., list(self.clbits)]
        return out


def cut(sweep: Sweep, device: ActiveDevice, together: int, *, circuits: bool) -> tuple[Part, ...]:
    """The parts of a sweep, or what was cut of an equal one before.

    Args:
        sweep: with any values.
        device: what it runs on.
        together: how many lonely qubits are put into one part.
        circuits: whether the parts' circuits are wanted, and not only their tapes.
    """
    tapes = (sweep.tape, *sweep.ending_tapes)
    key = (tuple([tape.key for tape in tapes]), sweep.parameters, together, circuits)
    return _CUT.get(key, lambda: tuple(_parts(sweep, device, together, circuits=circuits)), device)


_CUT: Recent[tuple[Part, ...]] = Recent(8)
_NONE = QuantumCircuit()


def _parts(sweep: Sweep, device: ActiveDevice, together: int, *, circuits: bool) -> Iterator[Part]:
    found = parts_of(sweep, device)
    alone = lonely(sweep, found)
    groups = packed(found, alone, together)
    number = {qubit: place for place, qubits in enumerate(groups) for qubit in qubits}
    steps = [_sorted(tape, number, len(groups)) for tape in (sweep.tape, *sweep.ending_tapes)]
    for place, qubits in enumerate(groups):
        own = tuple([each[place] for each in steps])
        yield _part(sweep, device, qubits, own, circuits=circuits, is_lonely=qubits[0] in alone)


def _sorted(tape: Tape, number: dict[int, int], count: int) -> list[list[Step]]:
    """Steps of each part; those on no qubits (global phases) matter to nobody."""
    out: list[list[Step]] = [[] for _ in range(count)]
    for step in tape.steps:
        if step.qubits:
            out[number[step.qubits[0]]].append(step)
    return out


def _part(
    sweep: Sweep, device: ActiveDevice, qubits: Qubits, steps: tuple[list[Step], ...], *, circuits: bool, is_lonely: bool
) -> Part:
    clbits = tuple(sorted({bit for own in steps for step in own for bit in step.clbits}))
    # conditions name registers and bits of the circuit itself
    all_bits = circuits and any(tape.dynamic for tape in sweep.tapes)
    here = Numbers.of(qubits, clbits, sweep.num_clbits if all_bits else None)
    made = tuple([within(each, here, all_bits=all_bits) for each in (sweep.circuit, *sweep.endings)]) if circuits else ()
    used = set(made[0].parameters) if made else _parameters(steps[0])
    columns = tuple([i for i, parameter in enumerate(sweep.parameters) if parameter in used])
    noise = None if device.noise is None else device.noise.restricted(qubits)
    return Part(
        qubits=qubits,
        clbits=clbits,
        places=tuple([here.clbits[bit] for bit in clbits]),
        lonely=is_lonely,
        device=replace(device, qubits=tuple([device.qubits[q] for q in qubits]), noise=noise),
        tapes=tuple([_tape(own, here) for own in steps]),
        circuits=made or (_NONE,) * len(steps),
        parameters=tuple([sweep.parameters[i] for i in columns]),
        columns=columns,
    )


def _tape(steps: Iterable[Step], here: Numbers) -> Tape:
    rows = [
        step._replace(qubits=tuple([here.qubits[q] for q in step.qubits]), clbits=tuple([here.clbits[c] for c in step.clbits]))
        for step in steps
    ]
    return Tape(Columns.of(rows), len(here.qubits), here.num_clbits)


def _parameters(steps: Iterable[Step]) -> set[Parameter]:
    expressions = [param for step in steps for param in step.params if isinstance(param, ParameterExpression)]
    return {parameter for expression in expressions for parameter in expression.parameters}
