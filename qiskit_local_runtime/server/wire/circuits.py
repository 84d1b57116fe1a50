"""Circuits of strangers as QPY."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

from qiskit import qpy
from qiskit.circuit import QuantumCircuit

from ...codec.tree import DAMAGE
from ...errors import IBMInputValueError, IBMRuntimeError
from .expanded import check_expanded
from .qpy import check_qpy


def circuit_of_qpy(data: bytes, metadata: Callable[[Any], Any] | None = None) -> QuantumCircuit:
    """The circuit of a QPY file that holds one.

    Args:
        data: the file.
        metadata: makes objects of the circuit's metadata; ``None``: they stay as JSON has them.

    Raises:
        IBMInputValueError: it is damaged, unsafe to read, or holds more or less than one circuit.
    """
    check_qpy(data)

    class Metadata(json.JSONDecoder):
        def decode(self, s: str, *args: Any) -> Any:
            found = super().decode(s, *args)
            return found if metadata is None else metadata(found)

    try:
        found = qpy.load(io.BytesIO(data), metadata_deserializer=Metadata, annotation_factories={"samplomatic": _annotations})
    except (IBMInputValueError, IBMRuntimeError):
        raise
    except DAMAGE as err:
        raise IBMInputValueError(f"expected a circuit as QPY, found that it cannot be read: {err}") from err
    except BaseException as err:  # a failure inside Qiskit's reader in Rust is no Exception
        if type(err).__name__ != "PanicException":
            raise
        raise IBMInputValueError(f"expected a circuit as QPY, found damaged data: {err}") from None
    circuit = found[0]
    if not isinstance(circuit, QuantumCircuit):
        raise IBMInputValueError(f"expected a circuit as QPY, found a {type(circuit).__name__}.")
    return check_expanded(circuit)


def _annotations() -> Any:
    """What reads annotations of boxes."""
    try:
        from ibm_quantum_schemas.common.annotation_serializer import AnnotationSerializer
    except ImportError as err:
        raise IBMRuntimeError(
            "Annotations of boxes are read by the packages ibm-quantum-schemas and samplomatic, which are not installed. Run "
            "pip install qiskit-local-runtime[server]."
        ) from err
    return AnnotationSerializer()
