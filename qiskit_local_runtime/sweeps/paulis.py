"""The Paulis that a two-qubit gate carries to Paulis: what may be written before it and undone after it.

A Pauli on one qubit is a *code* of two bits, ``x + 2 z`` (0 I, 1 X, 2 Z, 3 Y), phases left out; on two qubits it is
``code of the first + 4 × code of the second``. Codes multiply by XOR.

Source: Wallman, Emerson, "Noise tailoring for scalable quantum computation via randomized compiling", Phys. Rev. A 94,
052325 (2016); for gates that are not Clifford the subgroup that the gate does carry to Paulis is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import ParameterExpression
from qiskit.circuit.library import get_standard_gate_name_mapping

_ONE = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[1, 0], [0, -1]], [[0, -1j], [1j, 0]]], dtype=np.complex128)
_TWO = np.array([np.kron(_ONE[code >> 2], _ONE[code & 3]) for code in range(16)])
_STANDARD = get_standard_gate_name_mapping()
_GENERIC = (0.739085133215, 1.202056903159, 0.915965594177, 0.567143290409)
"""Stand-ins for angles that are not known: what holds at such angles holds at all."""
_EXACT = 1e-13
"""By how much a carried Pauli may differ from a Pauli: a gate a little off a Clifford gate is not a Clifford gate."""


@dataclass(frozen=True, eq=False)
class TwirlGroup:
    """A group of Paulis before a gate and, for each, the Pauli after it that undoes it up to a phase."""

    before: NDArray[np.uint8]
    """Shape ``(size,)``: codes, the identity first; ``size`` is a power of two."""
    after: NDArray[np.uint8]
    """Shape ``(size,)``: codes; gate · before ∝ after · gate."""

    def __len__(self) -> int:
        return len(self.before)

    @cached_property
    def times(self) -> NDArray[np.uint8]:
        """Shape ``(4, 16)``: place of each element multiplied with I, X, Z and Y on all its qubits; of those of no place 0.

        A product that the group does not have is replaced by the element itself.
        """
        width = 5 if self.before.max() > 3 else 1
        place = {int(code): i for i, code in enumerate(self.before)}
        out = np.zeros((4, 16), dtype=np.uint8)
        for pauli in range(4):
            for i, code in enumerate(self.before.tolist()):
                out[pauli, i] = place.get(code ^ (pauli * width), i)
        return out

    @property
    def legs(self) -> NDArray[np.uint8]:
        """Shape ``(size, 4)``: codes before the gate on its first and second qubit, then after it on both."""
        return np.stack([self.before & 3, self.before >> 2, self.after & 3, self.after >> 2], axis=1)


IDLE = TwirlGroup(np.arange(4, dtype=np.uint8), np.arange(4, dtype=np.uint8))
"""One qubit to which nothing happens."""


def group_of(name: str, params: Sequence[Any]) -> TwirlGroup | None:
    """The largest twirling group of one of Qiskit's standard two-qubit gates.

    All sixteen Paulis for a Clifford gate; for ``rzz(θ)`` the eight that commute with it, which also serve where ``θ`` is
    a parameter.

    Args:
        name: Qiskit's name of the gate.
        params: its angles, numbers or ``ParameterExpression``.

    Returns:
        ``None`` where the gate is not a standard two-qubit gate, or carries only the identity to a Pauli.
    """
    gate = _STANDARD.get(name)
    if gate is None or gate.num_qubits != 2 or not hasattr(gate, "to_matrix") or len(params) > len(_GENERIC):
        return None
    known = tuple(_GENERIC[i] if isinstance(p, ParameterExpression) else float(p) for i, p in enumerate(params))
    return _group(name, known)


@lru_cache(maxsize=4096)
def _group(name: str, params: tuple[float, ...]) -> TwirlGroup | None:
    group = twirl_group(np.asarray(_STANDARD[name].base_class(*params).to_matrix(), dtype=np.complex128))
    return group if len(group) > 1 else None


def twirl_group(unitary: NDArray[np.complex128]) -> TwirlGroup:
    """All Paulis that a gate carries to a Pauli, and which.

    Args:
        unitary: shape ``(4, 4)``, first qubit least significant as in Qiskit.
    """
    carried = unitary @ _TWO @ unitary.conj().T
    overlaps = np.abs(np.einsum("bij,aji->ba", carried, _TWO)) / 4
    # what is not the largest is of first order in how far the gate is off; 1 less the largest, of second
    before = np.flatnonzero(np.sort(overlaps, axis=1)[:, :-1].max(axis=1) < _EXACT)
    return TwirlGroup(before.astype(np.uint8), overlaps[before].argmax(axis=1).astype(np.uint8))
