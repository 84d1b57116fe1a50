"""What the noise learners return, and layers with their noise."""

from __future__ import annotations

from typing import Any

from qiskit.circuit import CircuitInstruction, QuantumCircuit, QuantumRegister
from qiskit.quantum_info import QubitSparsePauliList

from ..results import LayerError, NoiseLearnerResult, NoiseLearnerV3Result, NoiseLearnerV3Results, PauliLindbladError
from ..sweeps.lindblad import PauliLindblad
from ..sweeps.unique_layers import UniqueLayer
from .kind import Kind, of_class

_IBM = "qiskit_ibm_runtime.utils.noise_learner_result"
"""The module that IBM's text names."""


def _named(kind: type) -> type:
    """What stands for IBM's class of the same name."""
    return type(kind.__name__, (), {"__module__": _IBM})


def _layer_error_fields(value: LayerError) -> dict[str, Any]:
    return {"circuit": value.circuit, "qubits": value.qubits, "error": value.error}


def _lindblad_error_fields(value: PauliLindbladError) -> dict[str, Any]:
    return {"generators": value.generators, "rates": value.rates}


def _result_fields(value: NoiseLearnerResult) -> dict[str, Any]:
    return {"data": value.data, "metadata": value.metadata}


SHARED: tuple[Kind, ...] = (
    Kind("_json", of_class(LayerError), _layer_error_fields, lambda v: LayerError(**v), _named(LayerError)),
    Kind(
        "_json",
        of_class(PauliLindbladError),
        _lindblad_error_fields,
        lambda v: PauliLindbladError(**v),
        _named(PauliLindbladError),
    ),
)
"""Read and written by IBM's client as well."""


def _sparse_fields(value: QubitSparsePauliList) -> dict[str, Any]:
    return {"paulis": [[text, list(qubits)] for text, qubits in value.to_sparse_list()], "num_qubits": value.num_qubits}


def _sparse(value: dict[str, Any]) -> QubitSparsePauliList:
    rows = [(text, list(qubits)) for text, qubits in value["paulis"]]
    return QubitSparsePauliList.from_sparse_list(rows, num_qubits=value["num_qubits"])


def _v3_fields(value: NoiseLearnerV3Result) -> dict[str, Any]:
    return {
        "generators": value.generators,
        "rates": value.rates,
        "rates_std": value.rates_std,
        "metadata": value.metadata,
    }


def _v3_results_fields(value: NoiseLearnerV3Results) -> dict[str, Any]:
    return {"data": value.data, "metadata": value.metadata}


def _layer_fields(value: UniqueLayer) -> dict[str, Any]:
    gates = [[name, list(angles), list(qubits)] for name, angles, qubits in value.gates]
    return {"gates": gates, "qubits": list(value.qubits)}


def _layer(value: dict[str, Any]) -> UniqueLayer:
    gates = tuple((name, tuple(angles), tuple(qubits)) for name, angles, qubits in value["gates"])
    return UniqueLayer(gates, tuple(value["qubits"]))


def _instruction_circuit(value: CircuitInstruction) -> QuantumCircuit:
    """The instruction alone, its qubits where their indices say."""
    places = [bit._index for bit in value.qubits]
    if None in places:
        raise TypeError("its qubits belong to no register, so that their places are not known")
    circuit = QuantumCircuit(QuantumRegister(max(places) + 1, "q"))
    circuit.add_bits(value.clbits)
    circuit.append(value.operation, places, list(range(len(value.clbits))))
    return circuit


OWN: tuple[Kind, ...] = (
    Kind("NoiseLearnerResult", of_class(NoiseLearnerResult), _result_fields, lambda v: NoiseLearnerResult(**v)),
    Kind(
        "NoiseLearnerV3Result",
        of_class(NoiseLearnerV3Result),
        _v3_fields,
        lambda v: NoiseLearnerV3Result.from_generators(**v),
    ),
    Kind("NoiseLearnerV3Results", of_class(NoiseLearnerV3Results), _v3_results_fields, lambda v: NoiseLearnerV3Results(**v)),
    Kind("QubitSparsePauliList", of_class(QubitSparsePauliList), _sparse_fields, _sparse),
    Kind("UniqueLayer", of_class(UniqueLayer), _layer_fields, _layer),
    Kind(
        "PauliLindblad",
        of_class(PauliLindblad),
        lambda v: {"letters": v.letters, "rates": v.rates},
        lambda v: PauliLindblad(**v),
    ),
    Kind("CircuitInstruction", of_class(CircuitInstruction), _instruction_circuit, lambda circuit: circuit.data[0]),
)
"""IBM's client has no form for them."""
