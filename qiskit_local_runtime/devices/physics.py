"""Gate noise from calibration numbers, in closed form: thermal relaxation and depolarization.

The physics is that of Aer's ``NoiseModel.from_backend``: a gate's qubits relax for its duration, and what its reported
error says beyond that is depolarization. Superoperators stack columns, qubit 0 least significant.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..errors import IBMBackendError

Superop = NDArray[np.complex128]


def relaxation(t1: float, t2: float, seconds: float, excited: float = 0.0) -> Superop:
    """Thermal relaxation of one qubit, shape ``(4, 4)``.

    Args:
        t1: relaxation time in seconds, may be infinite.
        t2: dephasing time in seconds, at most ``2 * t1``, may be infinite.
        seconds: how long.
        excited: probability of 1 in equilibrium.

    Raises:
        IBMBackendError: no qubit has such times.
    """
    if t1 <= 0 or t2 <= 0 or t2 > 2 * t1 or seconds < 0:
        raise IBMBackendError(
            f"The backend reports T1 = {t1} s, T2 = {t2} s and a duration of {seconds} s. Expected positive times with "
            "T2 at most 2 T1 and a duration of at least 0; correct the backend's properties or avoid this qubit."
        )
    decay, coherence = -np.expm1(-seconds / t1), np.exp(-seconds / t2)
    up, down = excited * decay, (1 - excited) * decay
    out = np.diag([1 - up, coherence, coherence, 1 - down]).astype(complex)
    out[0, 3], out[3, 0] = down, up
    return out


def together(first: Superop, second: Superop) -> Superop:
    """Two channels side by side; the qubits of ``first`` are the less significant ones."""
    low, high = (int(np.sqrt(len(channel))) for channel in (first, second))
    joined = np.einsum("abcd,efgh->aebfcgdh", second.reshape((high,) * 4), first.reshape((low,) * 4))
    return np.ascontiguousarray(joined.reshape((low * high) ** 2, (low * high) ** 2))


def gate_noise(error: float, seconds: float, times: Sequence[tuple[float, float]]) -> Superop:
    """The noise that follows a gate.

    Args:
        error: one minus the average gate fidelity, cut off where no channel could have it.
        seconds: duration, 0 where unknown.
        times: T1 and T2 of each qubit of the gate.
    """
    relaxed = relaxation(*times[0], seconds)
    for t1, t2 in times[1:]:
        relaxed = together(relaxed, relaxation(t1, t2, seconds))
    dim = 2 ** len(times)
    fidelity = (np.trace(relaxed).real / dim + 1) / (dim + 1)
    if not error > 1 - fidelity:
        return relaxed
    strength = dim * (min(error, dim / (dim + 1)) - (1 - fidelity)) / (dim * fidelity - 1)
    strength = min(strength, dim**2 / (dim**2 - 1))
    trace = np.eye(dim).reshape(-1)
    return np.asarray((1 - strength) * relaxed + strength / dim * np.outer(relaxed @ trace, trace))
