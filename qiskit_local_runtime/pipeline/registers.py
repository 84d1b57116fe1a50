"""Packed shots cut into Qiskit's containers, one ``BitArray`` a classical register."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import QuantumCircuit
from qiskit.primitives import BitArray, DataBin

from ..sweeps import Shots, num_bytes, pack_bools, unpack_bools

_CHUNK = 1 << 20
"""Shots unpacked at a time."""


def data_bin(shots: Shots, circuit: QuantumCircuit, shape: tuple[int, ...]) -> DataBin:
    """The bits of every classical register, in a PUB's shape.

    Randomizations and shots become one axis; the endings axis has length one.
    """
    rows, _, randomizations, each, width = shots.packed.shape
    packed = shots.packed.reshape(rows, randomizations * each, width)
    index = {bit: i for i, bit in enumerate(circuit.clbits)}
    fields = {}
    for register in circuit.cregs:
        bits = _extract(packed, [index[b] for b in register], shots.num_clbits)
        fields[register.name] = BitArray(bits.reshape(*shape, *bits.shape[1:]), register.size)
    return DataBin(**fields, shape=shape)


def _extract(packed: NDArray[np.uint8], bits: list[int], num_clbits: int) -> NDArray[np.uint8]:
    if bits == list(range(num_clbits)):
        return packed
    flat = packed.reshape(-1, packed.shape[-1])
    out = np.empty((len(flat), num_bytes(len(bits))), dtype=np.uint8)
    for start in range(0, len(flat), _CHUNK):
        part = unpack_bools(flat[start : start + _CHUNK], num_clbits)
        out[start : start + _CHUNK] = pack_bools(part[:, bits])
    return out.reshape(*packed.shape[:-1], -1)
