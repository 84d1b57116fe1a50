"""What a QPY file would make, added up before it is made."""

from __future__ import annotations

from ...errors import IBMInputValueError
from .limits import DEEPEST, MOST_BITS, MOST_QUBITS

_MOST_IN_ALL = 4_000_000


class Tally:
    """Counts what costs memory beyond a file's own bytes."""

    def __init__(self) -> None:
        self._total = 0
        self._vectors: dict[int, int] = {}

    def circuit(self, qubits: int, clbits: int, depth: int) -> None:
        """A circuit or operation of so many bits, in so many others.

        Raises:
            IBMInputValueError: it is too large, or too deep.
        """
        if qubits > MOST_QUBITS or clbits > MOST_BITS:
            raise IBMInputValueError(
                f"expected at most {MOST_QUBITS} qubits and {MOST_BITS} classical bits, found {qubits} and {clbits}."
            )
        if depth > DEEPEST:
            raise IBMInputValueError(f"expected at most {DEEPEST} definitions or blocks in one another, found more.")
        self._add(qubits + clbits)

    def vector(self, root: int, size: int) -> None:
        """A vector of parameters, which comes with all its elements.

        Raises:
            IBMInputValueError: it is too large.
        """
        if self._vectors.get(root, -1) < size:
            self._add(size - self._vectors.get(root, 0))
            self._vectors[root] = size

    def _add(self, count: int) -> None:
        self._total += count
        if self._total > _MOST_IN_ALL:
            raise IBMInputValueError(
                f"expected a circuit of at most {_MOST_IN_ALL} bits and parameters, those of all blocks together, found more."
            )
