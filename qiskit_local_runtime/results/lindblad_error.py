"""A Pauli–Lindblad channel as IBM's noise learner writes it down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import PauliList

from ..errors import IBMInputValueError
from ..sweeps.lindblad import PauliLindblad

_SWAPPED = np.array([0, 1, 3, 2], dtype=np.uint8)
"""Letters (0 I, 1 X, 2 Y, 3 Z) of codes ``x + 2 z``."""


class PauliLindbladError:
    """The channel ``exp(Σ_k r_k (P_k ρ P_k − ρ))``.

    Args:
        generators: the Paulis ``P_k``.
        rates: ``r_k``, as many.

    Raises:
        IBMInputValueError: there are more of the one than of the other.
    """

    def __init__(self, generators: PauliList, rates: Sequence[float] | NDArray[np.float64]) -> None:
        self._generators = generators
        self._rates = np.asarray(rates, dtype=np.float64)
        if self._rates.shape != (len(generators),):
            raise IBMInputValueError(
                f"Expected a rate for each of the {len(generators)} generators, found rates of shape {self._rates.shape}. "
                "Give as many."
            )

    @property
    def generators(self) -> PauliList:
        """The Paulis."""
        return self._generators

    @property
    def rates(self) -> NDArray[np.float64]:
        """Their rates, shape ``(generators,)``."""
        return self._rates

    @property
    def num_qubits(self) -> int:
        """Number of qubits it acts on."""
        return int(self._generators.num_qubits)

    def restrict_num_bodies(self, num_qubits: int) -> PauliLindbladError:
        """The part of it whose generators act on exactly so many qubits.

        Raises:
            IBMInputValueError: ``num_qubits`` is negative.
        """
        if num_qubits < 0:
            raise IBMInputValueError(f"num_qubits must be at least 0, found {num_qubits}. Count from 0.")
        kept = (self._generators.x | self._generators.z).sum(axis=1) == num_qubits
        return PauliLindbladError(self._generators[kept], self._rates[kept])

    def to_model(self) -> PauliLindblad:
        """The same channel as the package computes with it."""
        return PauliLindblad(letters_of(self._generators), self._rates)

    @classmethod
    def from_model(cls, model: PauliLindblad) -> PauliLindbladError:
        """From the package's own form."""
        codes = model.codes
        return cls(PauliList.from_symplectic(codes >> 1 == 1, codes & 1 == 1), model.rates)

    def __repr__(self) -> str:
        return f"PauliLindbladError(generators={self._generators}, rates={self._rates.tolist()})"


def letters_of(paulis: Any) -> NDArray[np.uint8]:
    """Letters of a ``PauliList``, ``(paulis, qubits)``; signs do not matter."""
    return np.asarray(_SWAPPED[paulis.x.astype(np.uint8) + 2 * paulis.z.astype(np.uint8)])
