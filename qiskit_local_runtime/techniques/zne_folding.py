"""Noise amplification: a two-qubit gate ``G`` becomes ``G (G⁻¹ G)^k``, which does the same with ``2k + 1`` times the errors.

Sources: Giurgica-Tiron, Hindy, LaRose, Mari, Zeng, "Digital zero noise extrapolation for quantum error mitigation", IEEE
QCE 2020 (local folding, fractional factors by folding a subset); He, Nachman, de Jong, Bauer, "Zero-noise extrapolation
for quantum-gate error mitigation with identity insertions", Phys. Rev. A 102, 012426 (2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.circuit import Gate
from qiskit.circuit.exceptions import CircuitError
from qiskit.converters import circuit_to_dag

from ..errors import IBMInputValueError

AMPLIFIERS = ("gate_folding", "gate_folding_front", "gate_folding_back")
"""Which gates are folded once more than the others: drawn at random, the first, the last."""


_TIE = 1e-9
"""Half a fold, but for the rounding of the factor, is a fold."""


class Folded(NamedTuple):
    """A circuit with amplified noise."""

    circuit: QuantumCircuit
    factor: float
    """Two-qubit gates now, divided by before (of those that can be folded): the factor to extrapolate with. It is the
    multiple of ``2 / gates`` above 1 that lies nearest to the factor asked for, of two the greater. Without gates: the
    factor asked for, since each of the no gates was amplified by it."""
    notes: tuple[str, ...]
    """What carries noise and was left alone, and why; one line a kind."""


def folded(
    circuit: QuantumCircuit,
    noise_factor: float,
    where: str = "gate_folding",
    seed: int | np.random.SeedSequence = 0,
    *,
    barriers: bool = True,
) -> Folded:
    """Amplify the noise of a circuit's two-qubit gates; its unitary stays the same, global phase included.

    Barriers on the gate's qubits stand around and between the copies, so that no later pass cancels them. Everything but
    two-qubit gates is copied as it is. Left alone, with a note: control flow, gates on more qubits, and gates whose inverse
    is a gate of another name (whose noise need not be the same). The inverse of ``rzz(θ)`` is written ``rzz(-θ)``.

    Args:
        circuit: any circuit, with parameters or without.
        noise_factor: at least 1.
        where: one of ``AMPLIFIERS``; first and last are meant in the topological order of the circuit's graph.
        seed: root of the random choice; only ``gate_folding`` uses it.
        barriers: ``False`` where nothing comes later that could cancel gates.

    Raises:
        IBMInputValueError: the factor is less than 1 or not finite, or ``where`` is unknown.
    """
    _check(noise_factor, where)
    nodes = list(circuit_to_dag(circuit, copy_operations=False).topological_op_nodes())
    inverses = [_inverse(node.op) for node in nodes]
    spots = [index for index, inverse in enumerate(inverses) if inverse is not None]
    notes = _notes([node.op for node, inverse in zip(nodes, inverses, strict=True) if inverse is None])
    if not spots:
        return Folded(circuit.copy(), float(noise_factor), (*notes, "there is no two-qubit gate to fold"))
    counts = _counts(len(spots), noise_factor, where, seed)
    folds = dict(zip(spots, counts.tolist(), strict=True))
    result = circuit.copy_empty_like()
    for index, node in enumerate(nodes):
        _append(result, node, inverses[index], folds.get(index, 0), barriers)
    return Folded(result, 1 + 2 * int(counts.sum()) / len(spots), notes)


def _check(noise_factor: float, where: str) -> None:
    if where not in AMPLIFIERS:
        raise IBMInputValueError(f"zne.amplifier must be one of {', '.join(AMPLIFIERS)} to fold gates; found {where!r}.")
    if not (np.isfinite(noise_factor) and noise_factor >= 1):
        raise IBMInputValueError(
            f"zne.amplifier {where} can only add noise, so zne.noise_factors must be finite numbers of at least 1; found "
            f"{noise_factor}. Set zne.noise_factors to numbers such as (1, 3, 5)."
        )


def _counts(gates: int, noise_factor: float, where: str, seed: int | np.random.SeedSequence) -> NDArray[np.intp]:
    """How often each gate is folded, ``(gates,)``: all the same, and some once more."""
    each, more = divmod(int((noise_factor - 1) * gates / 2 + 0.5 + _TIE), gates)
    counts = np.full(gates, each, dtype=np.intp)
    if where == "gate_folding":
        counts[np.random.default_rng(seed).choice(gates, size=more, replace=False)] += 1
    elif where == "gate_folding_front":
        counts[:more] += 1
    else:
        counts[gates - more :] += 1
    return counts


def _inverse(operation: Any) -> Gate | None:
    """The inverse of a two-qubit gate that can be folded, else ``None``."""
    if not isinstance(operation, Gate) or operation.num_qubits != 2:
        return None
    try:
        inverse = operation.inverse()
    except CircuitError:
        return None
    return inverse if inverse.name == operation.name else None


def _notes(kept: Sequence[Any]) -> tuple[str, ...]:
    """Say which of the operations that were not folded carry the noise of two-qubit gates."""
    noisy = {}
    for operation in kept:
        if hasattr(operation, "blocks"):
            noisy[operation.name] = "control flow is not folded"
        elif isinstance(operation, Gate) and operation.num_qubits > 2:
            noisy[operation.name] = f"it acts on {operation.num_qubits} qubits"
        elif isinstance(operation, Gate) and operation.num_qubits == 2:
            noisy[operation.name] = "its inverse is another gate"
    return tuple(f"{name} was not folded: {reason}" for name, reason in sorted(noisy.items()))


def _append(circuit: QuantumCircuit, node: Any, inverse: Gate | None, folds: int, barriers: bool) -> None:
    if not folds:
        circuit.append(node.op, node.qargs, node.cargs)
        return
    for copy in range(2 * folds + 1):
        if barriers:
            circuit.barrier(node.qargs)
        circuit.append(inverse if copy % 2 else node.op, node.qargs)
    if barriers:
        circuit.barrier(node.qargs)
