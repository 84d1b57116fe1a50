"""From ideal outcomes to recorded bits: readout errors, flips, classical bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..devices.device import ActiveDevice
from ..sweeps import num_bytes, pack_bools, pack_integers

Final = tuple[tuple[int, int], ...]
"""``(qubit, clbit)`` of each final measurement."""


def marginal(probabilities: NDArray[np.float64], num_qubits: int, qubits: tuple[int, ...]) -> NDArray[np.float64]:
    """Probabilities of the outcomes of some qubits.

    Args:
        probabilities: ``(rows, 2^num_qubits)``.
        num_qubits: how many qubits the last axis holds.
        qubits: those measured; bit ``j`` of the new index is ``qubits[j]``.

    Returns:
        ``(rows, 2^len(qubits))``.
    """
    if qubits == tuple(range(num_qubits)):
        return probabilities
    rows = len(probabilities)
    cube = probabilities.reshape(rows, *(2,) * num_qubits)
    gone = tuple(1 + num_qubits - 1 - q for q in range(num_qubits) if q not in qubits)
    left = sorted(qubits, reverse=True)
    kept = cube.sum(axis=gone)
    order = [0] + [1 + left.index(q) for q in reversed(qubits)]
    return np.ascontiguousarray(kept.transpose(order)).reshape(rows, -1)


def record(
    outcomes: NDArray[np.int64],
    final: Final,
    num_clbits: int,
    device: ActiveDevice,
    flips: NDArray[np.bool_] | None,
    rng: np.random.Generator,
) -> NDArray[np.uint8]:
    """Packed bits of ideal outcomes.

    Args:
        outcomes: ``(randomizations, shots)``; bit ``j`` is the outcome of ``final[j]``'s qubit.
        final: the final measurements.
        num_clbits: classical bits of the circuit; those not written read 0.
        device: for its readout errors.
        flips: ``(randomizations, num_clbits)`` or ``None``.
        rng: for the readout errors.

    Returns:
        ``(randomizations, shots, num_bytes(num_clbits))``.
    """
    noisy = device.noise is not None and bool(device.noise.readout)
    in_order = all(clbit == j for j, (_, clbit) in enumerate(final))
    if in_order and num_clbits <= 64 and not noisy:
        return pack_integers(outcomes, num_clbits)
    bits = ((outcomes[..., None] >> np.arange(len(final))) & 1).astype(np.bool_)
    return record_bits(bits, final, num_clbits, device, flips, rng)


def record_bits(
    bits: NDArray[np.bool_],
    final: Final,
    num_clbits: int,
    device: ActiveDevice,
    flips: NDArray[np.bool_] | None,
    rng: np.random.Generator,
    others: NDArray[np.bool_] | None = None,
) -> NDArray[np.uint8]:
    """Like :func:`record` for ideal bits ``(randomizations, shots, len(final))``.

    ``others``: ``(randomizations, shots, num_clbits)`` bits already written by earlier measurements.
    """
    if not final:
        blank = np.zeros((*bits.shape[:2], num_bytes(num_clbits)), dtype=np.uint8)
        return blank if others is None else pack_bools(others)
    clbits = [clbit for _, clbit in final]
    if device.noise is not None and device.noise.readout:
        flipped = None if flips is None else flips[:, None, clbits]
        seen = bits if flipped is None else bits ^ flipped
        seen = device.noise.readout.corrupt(seen, tuple(qubit for qubit, _ in final), rng)
        bits = seen if flipped is None else seen ^ flipped
    out = np.zeros((*bits.shape[:2], num_clbits), dtype=np.bool_) if others is None else others
    out[..., clbits] = bits
    return pack_bools(out)
