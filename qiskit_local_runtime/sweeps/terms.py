"""Observables as arrays: the terms whose expectation values a sweep is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Terms:
    """Products of one-qubit operators, one row a term, column ``q`` = active qubit ``q``.

    Letters are small integers: 0 ``I``, 1 ``X``, 2 ``Y``, 3 ``Z``, and the projectors 4 ``0``, 5 ``1``, 6 ``+``, 7 ``-``,
    8 ``r``, 9 ``l``.
    """

    letters: NDArray[np.uint8]
    """Shape ``(terms, num_qubits)``."""

    LETTERS = "IXYZ01+-rl"

    def __len__(self) -> int:
        return int(self.letters.shape[0])

    @property
    def num_qubits(self) -> int:
        """Width of the terms."""
        return int(self.letters.shape[1])

    @property
    def has_projectors(self) -> bool:
        """Whether any letter is a projector."""
        return bool((self.letters > 3).any())

    @property
    def basis(self) -> NDArray[np.uint8]:
        """The Pauli (0 I, 1 X, 2 Y, 3 Z) each letter is diagonal in; shape as ``letters``."""
        return _BASIS_OF_LETTER[self.letters]

    @cached_property
    def key(self) -> bytes:
        """Equal keys mean equal terms (of equal width)."""
        return self.num_qubits.to_bytes(4, "little") + self.letters.tobytes()


_BASIS_OF_LETTER = np.array([0, 1, 2, 3, 3, 3, 1, 1, 2, 2], dtype=np.uint8)
