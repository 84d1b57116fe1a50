"""The part of an Aer simulation that may run in a child process: bytes and plain values in, arrays out."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit import qpy
from qiskit.circuit import QuantumCircuit

from ..errors import IBMRuntimeError
from ..sweeps import num_bytes


def to_bytes(circuits: list[QuantumCircuit]) -> bytes:
    """Circuits as QPY."""
    buffer = io.BytesIO()
    qpy.dump(circuits, buffer)
    return buffer.getvalue()


def sample(
    circuits: bytes, num_clbits: int, options: dict[str, Any], noise_model: Any, shots: int, seed: int
) -> NDArray[np.uint8]:
    """Run circuits on Aer; packed bits of shape ``(circuits, shots, num_bytes)``."""
    loaded = qpy.load(io.BytesIO(circuits))
    result = _simulator(options, noise_model).run(loaded, shots=shots, memory=True, seed_simulator=seed).result()
    _check(result)
    width = num_bytes(num_clbits)
    out = np.zeros((len(loaded), shots, width), dtype=np.uint8)
    for i in range(len(loaded)):
        words = result.data(i)["memory"]
        joined = b"".join(int(word, 16).to_bytes(width, "big") for word in words)
        out[i] = np.frombuffer(joined, dtype=np.uint8).reshape(shots, width)
    return out


def expect(circuit: QuantumCircuit, labels: list[str], options: dict[str, Any], noise_model: Any) -> NDArray[np.float64]:
    """Saved expectation values of a circuit, shape ``(labels,)``."""
    result = _simulator(options, noise_model).run(circuit, shots=1).result()
    _check(result)
    return np.array([float(np.real(result.data(0)[label])) for label in labels])


def _simulator(options: dict[str, Any], noise_model: Any) -> Any:
    from qiskit_aer import AerSimulator

    return AerSimulator(noise_model=noise_model, **options)


def _check(result: Any) -> None:
    if result.success:
        return
    failed = [one.status for one in result.results if not one.success]
    raise IBMRuntimeError(f"Aer could not run the circuit: {failed[0] if failed else result.status}")
