"""Parameters of a job as JSON, in the form they came in."""

from __future__ import annotations

import base64
import io
import zlib
from typing import Any

import numpy as np
from qiskit import qasm3, qpy
from qiskit.circuit import QuantumCircuit
from qiskit.exceptions import QiskitError
from qiskit.primitives.containers.bindings_array import BindingsArray

from ...codec.circuits import TEXT_VERSION


def circuit_as_text(circuit: QuantumCircuit) -> str:
    """OpenQASM 3 where it can say what the circuit is, else QPY in base 64."""
    try:
        text: str = qasm3.dumps(circuit)
    except (QiskitError, ValueError, TypeError, NotImplementedError):
        buffer = io.BytesIO()
        qpy.dump(circuit, buffer, version=TEXT_VERSION)
        text = base64.standard_b64encode(zlib.compress(buffer.getvalue(), 1)).decode("ascii")
    return text


def values_as_lists(values: BindingsArray, circuit: QuantumCircuit) -> Any:
    """Values in the order of the circuit's parameters; ``None`` where it has none."""
    if not circuit.num_parameters:
        return None
    return np.asarray(values.as_array(circuit.parameters)).tolist()
