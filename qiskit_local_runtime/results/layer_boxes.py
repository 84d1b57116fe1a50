"""Layers as instructions of boxes, as IBM's ``find_unique_layers`` returns them, and back."""

from __future__ import annotations

from typing import Any

from qiskit.circuit import BoxOp, CircuitInstruction, QuantumCircuit, QuantumRegister, Qubit

from ..errors import IBMInputValueError
from ..sweeps.layers import Placed
from ..sweeps.unique_layers import UniqueLayer, unique_layer

_INJECT = "samplomatic.inject_noise"
_ADVICE = "Take layers from estimator.find_unique_layers(pubs)."


def layer_instruction(layer: UniqueLayer, num_qubits: int | None = None) -> CircuitInstruction:
    """A layer as a box on physical qubits.

    Args:
        layer: which.
        num_qubits: of the device; ``None``: as many as the layer's highest qubit needs.
    """
    size = max(layer.qubits) + 1 if num_qubits is None else num_qubits
    bits = QuantumRegister(size, "q")
    return CircuitInstruction(BoxOp(layer.circuit()), [bits[qubit] for qubit in layer.qubits])


def layer_of(given: Any, qubits: int | None = None) -> UniqueLayer:
    """The layer that a user means.

    Args:
        given: a layer; an instruction of a box or gate, whose qubits' indices are the physical ones; anything with a
            ``circuit`` and ``qubits``; or a circuit on physical qubits.
        qubits: how many the layer has; a circuit of as many has no idle ones that do not belong to it. Of other circuits,
            the qubits count that an instruction or barrier touches.

    Raises:
        IBMInputValueError: it is nothing of this, or not a layer of two-qubit gates side by side.
    """
    if isinstance(given, UniqueLayer):
        return given
    if isinstance(given, CircuitInstruction):
        return _of_instruction(given)
    if isinstance(given, QuantumCircuit):
        return _of_circuit(given, tuple(range(given.num_qubits)), all_qubits=given.num_qubits == qubits)
    if isinstance(circuit := getattr(given, "circuit", None), QuantumCircuit) and hasattr(given, "qubits"):
        return _of_circuit(circuit, tuple(int(qubit) for qubit in given.qubits), all_qubits=True)
    raise IBMInputValueError(
        f"expected a layer (an instruction of a box, a LayerError, a UniqueLayer or a circuit), found {type(given).__name__}. "
        f"{_ADVICE}"
    )


def noise_comes_after(given: Any) -> bool:
    """Whether a box says that its noise acts after its gates (``InjectNoise(…, site="after")``)."""
    notes = getattr(getattr(given, "operation", None), "annotations", ())
    return any(getattr(note, "namespace", "") == _INJECT and str(note.site.value) == "after" for note in notes)


def _of_instruction(given: CircuitInstruction) -> UniqueLayer:
    where = tuple(_physical(bit) for bit in given.qubits)
    operation = given.operation
    if isinstance(operation, BoxOp):
        return _of_circuit(operation.body, where, all_qubits=True)
    alone = QuantumCircuit(len(where), len(given.clbits))
    alone.append(operation, alone.qubits, alone.clbits)
    return _of_circuit(alone, where, all_qubits=True)


def _physical(bit: Qubit) -> int:
    index: int | None = bit._index  # a bit's index in its register has no other public form without its circuit
    if index is None:
        raise IBMInputValueError(
            "expected an instruction on qubits of a register, whose indices are the physical ones, found a qubit without one. "
            f"{_ADVICE}"
        )
    return index


def _of_circuit(circuit: QuantumCircuit, where: tuple[int, ...], *, all_qubits: bool) -> UniqueLayer:
    index = {bit: place for place, bit in enumerate(circuit.qubits)}
    gates: list[Placed] = []
    touched: list[int] = []
    for item in circuit.data:
        places = tuple(index[bit] for bit in item.qubits)
        touched += places
        if item.name == "barrier" or (item.is_standard_gate() and len(places) == 1):
            continue  # one-qubit gates belong to what surrounds the layer
        if not item.is_standard_gate() or len(places) != 2 or item.is_parameterized():
            raise IBMInputValueError(
                f"expected a layer of two-qubit gates without parameters, found {item.name} on {len(places)} qubits. {_ADVICE}"
            )
        gates.append(Placed(item, places))
    busy = [place for gate in gates for place in gate.qubits]
    if len(set(busy)) != len(busy):
        raise IBMInputValueError(f"expected gates side by side, found two that share a qubit. {_ADVICE}")
    if len(set(where)) != len(where):
        raise IBMInputValueError(f"expected each physical qubit once, found {list(where)}. {_ADVICE}")
    return unique_layer(gates, range(len(where)) if all_qubits else set(touched), where)
