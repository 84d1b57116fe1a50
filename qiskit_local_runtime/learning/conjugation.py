"""What a layer of Clifford gates does to Paulis."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.quantum_info import Clifford, Pauli

from ..errors import IBMInputValueError
from ..sweeps.lindblad import LETTERS
from ..sweeps.paulis import group_of
from ..sweeps.unique_layers import UniqueLayer

_ROUNDED = 1e-5
_Table = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.int8]]


def carried(layer: UniqueLayer, letters: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.int8]]:
    """Paulis behind a layer, and the signs with which they return when the layer acts twice.

    Args:
        layer: of Clifford gates on two qubits.
        letters: ``(paulis, qubits)``.

    Returns:
        ``P′ ∝ U P U†``, shape of ``letters``, and ``s = ±1`` of ``U² P U†² = s P``, shape ``(paulis,)``.

    Raises:
        IBMInputValueError: a gate is not Clifford, or does not return Paulis when it acts twice.
    """
    place = {qubit: i for i, qubit in enumerate(layer.qubits)}
    out, signs = letters.copy(), np.ones(len(letters), dtype=np.int8)
    for name, angles, where in layer.gates:
        first, second, sign = _table(name, angles, where)
        one, two = (place[qubit] for qubit in where)
        index = letters[:, one] + 4 * letters[:, two]
        out[:, one], out[:, two] = first[index], second[index]
        signs *= sign[index]
    return out, signs


def check_learnable(layer: UniqueLayer) -> None:
    """Refuse a layer whose noise cannot be learned; errors as :func:`carried`."""
    for name, angles, where in layer.gates:
        _table(name, angles, where)


def exact(layer: UniqueLayer) -> UniqueLayer:
    """The layer with quarter turns that are quarter turns; angles of layers are rounded."""
    gates = tuple((name, tuple(map(_exact, angles)), where) for name, angles, where in layer.gates)
    return UniqueLayer(gates, layer.qubits)


@lru_cache(maxsize=4096)
def _table(name: str, angles: tuple[float, ...], where: tuple[int, ...]) -> _Table:
    """By letter of the first + 4 × letter of the second qubit: letters behind the gate, and the sign of going twice."""
    meant = tuple(map(_exact, angles))
    group = group_of(name, meant) if len(where) == 2 else None
    if group is None or len(group) < 16:
        raise IBMInputValueError(
            f"Noise is learned of layers of Clifford gates on two qubits, found {_shown(name, angles)} on qubits "
            f"{list(where)}. Write the circuit in cx, cz or ecr, for example by transpiling it to a basis without "
            f"{name}."
        )
    gate = Clifford(get_standard_gate_name_mapping()[name].base_class(*meant))
    labels = [LETTERS[index >> 2] + LETTERS[index & 3] for index in range(16)]
    once = [Pauli(label).evolve(gate, frame="s") for label in labels]
    twice = [each.evolve(gate, frame="s") for each in once]
    if any(str(back).lstrip("-") != label for back, label in zip(twice, labels, strict=True)):
        raise IBMInputValueError(
            f"Layers are learned in pairs, so that each gate must return Paulis when it acts twice, which "
            f"{_shown(name, angles)} on qubits {list(where)} does not. Write the circuit in cx, cz or ecr."
        )
    behind = [str(each).lstrip("-") for each in once]
    first, second = ([LETTERS.index(label[i]) for label in behind] for i in (1, 0))
    signs = [-1 if str(back).startswith("-") else 1 for back in twice]
    return np.array(first, dtype=np.uint8), np.array(second, dtype=np.uint8), np.array(signs, dtype=np.int8)


def _exact(angle: float) -> float:
    turned = float(np.round(2 * angle / np.pi) * np.pi / 2)
    return turned if abs(angle - turned) <= _ROUNDED else angle


def _shown(name: str, angles: tuple[float, ...]) -> str:
    return f"{name}({', '.join(f'{angle:g}' for angle in angles)})" if angles else name
