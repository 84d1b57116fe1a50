"""Packed shots cut into Qiskit's containers, one ``BitArray`` a classical register."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import QuantumCircuit
from qiskit.primitives import BitArray, DataBin

from ..sweeps import Shots, num_bytes

_CHUNK = 1 << 20
"""Shots at a time: what is between is as large as they are."""


def data_bin(shots: Shots, circuit: QuantumCircuit, shape: tuple[int, ...]) -> DataBin:
    """The bits of every classical register, in a PUB's shape.

    Randomizations and shots become one axis; the endings axis has length one.
    """
    rows, _, randomizations, each, width = shots.packed.shape
    packed = shots.packed.reshape(rows, randomizations * each, width)
    index = {bit: i for i, bit in enumerate(circuit.clbits)}
    fields = {}
    for register in circuit.cregs:
        bits = picked(packed, [index[b] for b in register], shots.num_clbits)
        fields[register.name] = BitArray(bits.reshape(*shape, *bits.shape[1:]), register.size)
    return DataBin(**fields, shape=shape)


def picked(packed: NDArray[np.uint8], bits: Sequence[int], num_clbits: int) -> NDArray[np.uint8]:
    """Some bits of packed shots, packed again; the shots themselves where these are all, in their order.

    Args:
        packed: ``(…, num_bytes(num_clbits))``.
        bits: which of them, the least significant first.
        num_clbits: how many there are.

    Returns:
        ``(…, num_bytes(len(bits)))``.
    """
    if list(bits) == list(range(num_clbits)):
        return packed
    flat = packed.reshape(-1, packed.shape[-1])
    out = np.zeros((len(flat), num_bytes(len(bits))), dtype=np.uint8)
    for start in range(0, len(flat), _CHUNK):
        part, done = flat[start : start + _CHUNK], out[start : start + _CHUNK]
        for here, there in enumerate(bits):
            bit = (part[:, -1 - there // 8] >> np.uint8(there % 8)) & np.uint8(1)
            done[:, -1 - here // 8] |= bit << np.uint8(here % 8)
    return out.reshape(*packed.shape[:-1], -1)
