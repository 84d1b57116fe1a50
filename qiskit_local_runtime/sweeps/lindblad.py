"""Sparse Pauli–Lindblad channels: noise as independent chances of Paulis.

Source: van den Berg, Minev, Kandala, Temme, "Probabilistic error cancellation with sparse Pauli–Lindblad models on noisy
quantum processors", Nature Physics 19, 1116 (2023).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..errors import IBMInputValueError

if TYPE_CHECKING:
    from qiskit.quantum_info import PauliLindbladMap

LETTERS = "IXYZ"
_CODES = np.array([0, 1, 3, 2], dtype=np.uint8)
"""Code ``x + 2 z`` of :mod:`~qiskit_local_runtime.sweeps.paulis` of each letter; also the letter of each code."""


@dataclass(frozen=True, eq=False)
class PauliLindblad:
    """The channel ``exp(Σ_k λ_k (P_k ρ P_k − ρ))``.

    Raises:
        IBMInputValueError: shapes do not match, or a rate is not finite.
    """

    letters: NDArray[np.uint8]
    """Generators ``P_k``, shape ``(generators, qubits)``: 0 I, 1 X, 2 Y, 3 Z, column ``q`` = qubit ``q`` of the layer."""
    rates: NDArray[np.float64]
    """``λ_k``, shape ``(generators,)``; negative rates make the inverse of a channel."""

    def __post_init__(self) -> None:
        if self.letters.ndim != 2 or self.rates.shape != self.letters.shape[:1] or (self.letters > 3).any():
            raise IBMInputValueError(
                f"Expected Paulis (generators, qubits) of letters 0 to 3 and as many rates, found shapes {self.letters.shape} "
                f"and {self.rates.shape}."
            )
        if not np.isfinite(self.rates).all():
            raise IBMInputValueError("Expected finite rates of a Pauli–Lindblad model, found one that is not.")

    def __len__(self) -> int:
        return len(self.rates)

    @property
    def num_qubits(self) -> int:
        """Number of qubits it acts on."""
        return int(self.letters.shape[1])

    @cached_property
    def codes(self) -> NDArray[np.uint8]:
        """The generators as codes ``x + 2 z``, which multiply by XOR; shape as ``letters``."""
        return _CODES[self.letters]

    @property
    def gamma(self) -> float:
        """Cost of its inverse: ``exp(2 Σ λ)`` over the positive rates; the sampling overhead is its square."""
        return float(np.exp(2 * self.rates[self.rates > 0].sum()))

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """Chance that a generator's Pauli acts, ``(1 − exp(−2 λ)) / 2``, shape ``(generators,)``."""
        return np.asarray(-np.expm1(-2 * self.rates) / 2)

    def fidelities(self, letters: NDArray[np.uint8]) -> NDArray[np.float64]:
        """By how much Paulis ``(paulis, qubits)`` shrink, shape ``(paulis,)``."""
        return np.asarray(np.exp(-2 * anticommute(letters, self.letters) @ self.rates))

    def scaled(self, factor: float) -> PauliLindblad:
        """The channel ``factor`` times as strong; -1: its inverse."""
        return PauliLindblad(self.letters, factor * self.rates)

    def to_qiskit(self) -> PauliLindbladMap:
        """Qiskit's form."""
        from qiskit.quantum_info import PauliLindbladMap

        texts = ["".join(LETTERS[letter] for letter in row[::-1]) for row in self.letters]
        return PauliLindbladMap(list(zip(texts, self.rates.tolist(), strict=True)), num_qubits=self.num_qubits)

    @classmethod
    def from_qiskit(cls, found: PauliLindbladMap) -> PauliLindblad:
        """From Qiskit's form."""
        listed = found.to_sparse_list()
        letters = np.zeros((len(listed), found.num_qubits), dtype=np.uint8)
        for row, (text, qubits, _) in zip(letters, listed, strict=True):
            row[list(qubits)] = [LETTERS.index(letter) for letter in text]
        return cls(letters, np.array([rate for _, _, rate in listed], dtype=np.float64))


def anticommute(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which Paulis anticommute: ``(n, qubits)`` and ``(m, qubits)`` letters to ``(n, m)``."""
    (x1, z1), (x2, z2) = (_bits(each) for each in (first, second))
    return np.asarray((x1 @ z2.T + z1 @ x2.T) % 2 == 1)


def _bits(letters: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    codes = _CODES[letters]
    # products of whole numbers up to 2^24 are exact in single precision, and quick
    return (codes & 1).astype(np.float32), (codes >> 1).astype(np.float32)
