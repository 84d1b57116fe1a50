"""One noiseless run of a Clifford circuit: the reference that frames are differences to.

Source: Aaronson and Gottesman, "Improved simulation of stabilizer circuits", Phys. Rev. A 70, 052328 (2004).
"""

from __future__ import annotations

from .clifford import Table


class Tableau:
    """Stabilizers and destabilizers of ``n`` qubits, all in ``|0>`` to begin with.

    For every qubit two integers, of which bit ``i`` belongs to destabilizer ``i`` (``i < n``) or stabilizer ``i - n``: a gate
    costs a few operations on integers of ``2 n`` bits.

    Args:
        num_qubits: how many.
    """

    def __init__(self, num_qubits: int) -> None:
        self._n = num_qubits
        self._half: list[int] = []
        """``x_0, z_0, x_1, z_1, …``"""
        for qubit in range(num_qubits):
            self._half += [1 << qubit, 1 << (num_qubits + qubit)]
        self._sign = 0

    def apply(self, qubits: tuple[int, ...], table: Table) -> None:
        """Apply a gate."""
        half = self._half
        old = [half[2 * q + h] for q in qubits for h in (0, 1)]
        for term in table.sign_terms:
            product = old[term[0]]
            for bit in term[1:]:
                product &= old[bit]
            self._sign ^= product
        for place, sources in table.changes:
            value = 0
            for source in sources:
                value ^= old[source]
            half[2 * qubits[place >> 1] + (place & 1)] = value

    def measure(self, qubit: int) -> int:
        """Measure Z; an outcome that is open is 0."""
        stabilizers = self._half[2 * qubit] >> self._n
        if stabilizers:
            lowest = (stabilizers & -stabilizers).bit_length() - 1
            self._collapse(qubit, self._n + lowest)
            return 0
        return self._decided(qubit)

    def reset(self, qubit: int) -> None:
        """Bring a qubit to ``|0>``."""
        if self.measure(qubit):
            self._sign ^= self._half[2 * qubit + 1]

    def _collapse(self, qubit: int, chosen: int) -> None:
        """Replace a stabilizer that does not commute with Z by Z, after multiplying it into all others that do not."""
        half, others = self._half, self._half[2 * qubit] & ~(1 << chosen)
        low = high = 0
        partner, kept = chosen - self._n, ~((1 << chosen) | (1 << (chosen - self._n)))
        for place in range(0, 2 * self._n, 2):
            x, z = half[place], half[place + 1]
            own_x, own_z = (x >> chosen) & 1, (z >> chosen) & 1
            if own_x or own_z:
                plus, minus = _turns(x, z, own_x, own_z)
                high ^= (low & plus) | (~low & minus)
                low ^= plus | minus
                x, z = x ^ (others if own_x else 0), z ^ (others if own_z else 0)
            half[place], half[place + 1] = (x & kept) | own_x << partner, (z & kept) | own_z << partner
        own_sign = (self._sign >> chosen) & 1
        self._sign ^= others & (~high if own_sign else high)
        self._sign = (self._sign & kept) | own_sign << partner
        half[2 * qubit + 1] |= 1 << chosen

    def _decided(self, qubit: int) -> int:
        """The outcome that the stabilizers fix: the sign of the product of those whose destabilizers flip the qubit.

        A Pauli is ``i^Y X^x Z^z`` with as many ``Y`` as qubits with both; a Z that passes an X changes the sign.
        """
        rows = (self._half[2 * qubit] & ((1 << self._n) - 1)) << self._n
        turns = 2 * (self._sign & rows).bit_count()
        for place in range(0, 2 * self._n, 2):
            x, z = self._half[place] & rows, self._half[place + 1] & rows
            if x:
                turns += (x & z).bit_count()
                if z:
                    turns += 2 * (_parity_below(z, 2 * self._n) & x).bit_count()
        return (turns % 4) // 2


def _turns(x: int, z: int, own_x: int, own_z: int) -> tuple[int, int]:
    """Rows whose Pauli ``x, z``, multiplied by the given one from the right, brings a factor ``i`` and ``-i``."""
    if own_x and own_z:
        return x & ~z, z & ~x
    return (z & ~x, x & z) if own_x else (x & z, x & ~z)


def _parity_below(bits: int, width: int) -> int:
    """Bit ``i`` is the parity of the bits below ``i``."""
    bits <<= 1
    shift = 1
    while shift < width:
        bits ^= bits << shift
        shift <<= 1
    return bits & ((1 << width) - 1)
