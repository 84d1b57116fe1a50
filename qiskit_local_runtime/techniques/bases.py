"""Measurement bases: terms that commute qubit by qubit share a basis, and so share shots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.transpiler import Target, generate_preset_pass_manager

from ..sweeps import Terms

_X, _Y = 1, 2

_ROTATIONS: tuple[tuple[int, tuple[tuple[str, tuple[float, ...]], ...]], ...] = (
    (_X, (("h", ()),)),
    (_X, (("rz", (np.pi / 2,)), ("sx", ()))),
    (_X, (("ry", (-np.pi / 2,)),)),
    (_X, (("u", (-np.pi / 2, 0.0, 0.0)),)),
    (_Y, (("sx", ()),)),
    (_Y, (("sdg", ()), ("h", ()))),
    (_Y, (("rx", (np.pi / 2,)),)),
    (_Y, (("u", (np.pi / 2, -np.pi / 2, np.pi / 2)),)),
)
"""Ways to turn an X or a Y into the Z that is measured, the best first; the first whose gates the target has is taken."""


@dataclass(frozen=True, eq=False)
class Grouping:
    """Terms sorted into measurement bases."""

    bases: NDArray[np.uint8]
    """Shape ``(bases, qubits)``: 0 any, 1 X, 2 Y, 3 Z."""
    members: tuple[NDArray[np.intp], ...]
    """For each basis the indices of its terms; each term that is not the identity is in exactly one."""


def group(terms: Terms) -> Grouping:
    """Sort terms into qubit-wise commuting groups, heaviest terms first, each into the first basis it fits."""
    wanted = terms.basis
    weights = (wanted > 0).sum(axis=1)
    bases = np.zeros((0, terms.num_qubits), dtype=np.uint8)
    members: list[list[int]] = []
    for index in np.argsort(-weights, kind="stable"):
        if weights[index] == 0:
            continue
        term = wanted[index]
        fits = ((bases == 0) | (term == 0) | (bases == term)).all(axis=1)
        place = int(np.argmax(fits)) if fits.any() else len(members)
        if place == len(members):
            bases = np.vstack([bases, term])
            members.append([])
        bases[place] = np.where(term > 0, term, bases[place])
        members[place].append(int(index))
    return Grouping(bases, tuple(np.array(m, dtype=np.intp) for m in members))


def ending(
    basis: NDArray[np.uint8],
    measured: tuple[int, ...],
    beginning: QuantumCircuit,
    register: ClassicalRegister,
    target: Target | None,
    physical: tuple[int, ...],
) -> QuantumCircuit:
    """A circuit that rotates a basis to Z and measures.

    Args:
        basis: ``(len(measured),)``: what to measure on each of ``measured``.
        measured: active qubits; qubit ``measured[j]`` goes to bit ``j`` of ``register``.
        beginning: the circuit it will be appended to (same qubits and classical bits).
        register: where the outcomes go.
        target: whose gates are used; ``None``: any.
        physical: physical qubit of each active qubit, for asking the target.
    """
    out = QuantumCircuit(beginning.qubits, beginning.clbits)
    for register_ in beginning.cregs:
        out.add_register(register_)
    for qubit, letter in zip(measured, basis, strict=True):
        for name, params in _rotation(int(letter), target, physical[qubit]):
            getattr(out, name)(*params, qubit)
    for j, qubit in enumerate(measured):
        out.measure(qubit, register[j])
    return out


def _rotation(letter: int, target: Target | None, physical: int) -> tuple[tuple[str, tuple[float, ...]], ...]:
    if letter not in (_X, _Y):
        return ()
    for which, gates in _ROTATIONS:
        if which == letter and all(_has(target, name, physical) for name, _ in gates):
            return gates
    return _compiled(letter, target, physical)


def _has(target: Target | None, name: str, physical: int) -> bool:
    if target is None:
        return True
    return name in target.operation_names and target.instruction_supported(name, (physical,))


def _compiled(letter: int, target: Target | None, physical: int) -> tuple[tuple[str, tuple[float, ...]], ...]:
    """The rotation in the gates of an unusual target."""
    circuit = QuantumCircuit(QuantumRegister(1))
    if letter == _Y:
        circuit.sdg(0)
    circuit.h(0)
    manager = generate_preset_pass_manager(optimization_level=1, target=target, initial_layout=[physical], seed_transpiler=0)
    done = manager.run(circuit)
    return tuple((item.operation.name, tuple(float(p) for p in item.operation.params)) for item in done.data)
