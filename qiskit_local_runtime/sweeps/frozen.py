"""Circuits as they were: copies nobody changes, the same copy (read once) for as long as the original stays as it is.

A variational algorithm submits one circuit hundreds of times. Finding that it has not changed costs a fifth of copying
and reading it again.
"""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from typing import NamedTuple

from qiskit.circuit import QuantumCircuit

from .tape import Tape, tape_of

_KEPT = 32
"""Circuits of any length."""
_MORE_KEPT = 256
"""Circuits, where all of them together are short: a job may have hundreds."""
_STEPS = 50_000
"""What short means: in 50 MB at most."""


class _Frozen(NamedTuple):
    """A copy and what was read from it."""

    copy: QuantumCircuit
    tape: Tape


class _Read(NamedTuple):
    """A copy that was read."""

    circuit: weakref.ref[QuantumCircuit]
    tape: Tape


def frozen(circuit: QuantumCircuit) -> QuantumCircuit:
    """A copy of a circuit that its owner's later changes do not reach; do not change it."""
    with _LOCK:
        found = _FROZEN.get(id(circuit))
    if found is not None and _same(circuit, found.copy):
        return found.copy
    copy = circuit.copy()
    if copy.metadata is not None:
        copy.metadata = dict(copy.metadata)
    tape = tape_of(copy)
    if tape.standard:
        # other operations are Python objects shared with the original, which may change in place
        _keep(id(circuit), _Frozen(copy, tape))
    return copy


def read(circuit: QuantumCircuit) -> Tape:
    """The tape of a circuit, not made again for one that :func:`frozen` returned."""
    found = _TAPES.get(id(circuit))
    return found.tape if found is not None and found.circuit() is circuit else tape_of(circuit)


def _same(circuit: QuantumCircuit, copy: QuantumCircuit) -> bool:
    return bool(
        circuit.name == copy.name
        and circuit.global_phase == copy.global_phase
        and circuit.metadata == copy.metadata
        and circuit.layout is copy.layout
        and circuit.qregs == copy.qregs
        and circuit.cregs == copy.cregs
        and circuit.num_qubits == copy.num_qubits
        and circuit.num_clbits == copy.num_clbits
        and circuit.data == copy.data
    )


def _keep(key: int, made: _Frozen) -> None:
    with _LOCK:
        _FROZEN.pop(key, None)
        _FROZEN[key] = made
        _LENGTHS[key] = len(made.tape)
        while len(_FROZEN) > _MORE_KEPT or (len(_FROZEN) > _KEPT and sum(_LENGTHS.values()) > _STEPS):
            oldest, _ = _FROZEN.popitem(last=False)
            del _LENGTHS[oldest]
    number = id(made.copy)
    _TAPES[number] = _Read(weakref.ref(made.copy, lambda _: _TAPES.pop(number, None)), made.tape)


_LOCK = threading.Lock()
_FROZEN: OrderedDict[int, _Frozen] = OrderedDict()
"""By the original's id; an id that is used again is found out by comparing."""
_LENGTHS: dict[int, int] = {}
"""Steps of each."""
_TAPES: dict[int, _Read] = {}
"""By a copy's id, for as long as it is there: a job may have more circuits than are kept for the next one."""
