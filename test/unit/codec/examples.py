"""One example or more of every kind of object, and what equal means for them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import CircuitInstruction, Parameter, ParameterVector
from qiskit.circuit.library import RXGate
from qiskit.primitives import BitArray, DataBin, PrimitiveResult, PubResult, SamplerPubResult
from qiskit.primitives.containers.bindings_array import BindingsArray
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.observables_array import ObservablesArray
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import (
    PTM,
    Chi,
    Choi,
    Kraus,
    Operator,
    Pauli,
    PauliLindbladMap,
    PauliList,
    QubitSparsePauliList,
    SparseObservable,
    SparsePauliOp,
    Stinespring,
    SuperOp,
)
from qiskit.transpiler import CouplingMap
from qiskit_aer.noise import NoiseModel, ReadoutError, amplitude_damping_error, depolarizing_error, pauli_error

from qiskit_local_runtime.results import (
    LayerError,
    NoiseLearnerResult,
    NoiseLearnerV3Result,
    NoiseLearnerV3Results,
    PauliLindbladError,
    layer_instruction,
)
from qiskit_local_runtime.results.program_result import (
    ChunkPart,
    ChunkSpan,
    ItemMetadata,
    ProgramMetadata,
    QuantumProgramItemResult,
    QuantumProgramResult,
)
from qiskit_local_runtime.sweeps.lindblad import PauliLindblad
from qiskit_local_runtime.sweeps.unique_layers import UniqueLayer

_X = Parameter("x")


def circuit() -> QuantumCircuit:
    """A circuit with a parameter, a measurement and control flow."""
    made = QuantumCircuit(2, 1, metadata={"a": 1, "deep": {"b": [1, 2]}}, name="mine")
    made.rx(2 * _X, 0)
    made.measure(0, 0)
    with made.if_test((made.clbits[0], 1)):
        made.x(1)
    return made


def noise(basis_gates: list[str] | None = None) -> NoiseModel:
    """Errors of every form: of all qubits and of some, of gates and of readout."""
    model = NoiseModel(basis_gates=basis_gates)
    model.add_all_qubit_quantum_error(depolarizing_error(0.1, 2), ["cx", "cz"])
    model.add_quantum_error(amplitude_damping_error(0.2), ["sx"], [1])
    model.add_quantum_error(pauli_error([("XY", 0.1), ("II", 0.9)]), ["ecr"], [0, 2])
    model.add_all_qubit_readout_error(ReadoutError([[0.9, 0.1], [0.3, 0.7]]))
    model.add_readout_error(ReadoutError([[0.8, 0.2], [0.1, 0.9]]), [2], warnings=False)
    return model


LAYER = UniqueLayer((("cx", (), (3, 1)), ("rzz", (0.5,), (4, 6))), (1, 3, 4, 5, 6))
_LINDBLAD_ERROR = PauliLindbladError(PauliList(["IIXII", "ZIIIY"]), [0.1, 0.2])
LAYER_ERROR = LayerError(LAYER.circuit(), LAYER.qubits, _LINDBLAD_ERROR)
_SPARSE = QubitSparsePauliList.from_list(["IXZ", "YII"])
_MAPS = NoiseLearnerV3Result.from_generators([_SPARSE, _SPARSE], [0.1, 0.2], [0.01, 0.02], {"means": np.ones(3)})

_SPAN = ChunkSpan(datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 3, tzinfo=UTC), (ChunkPart(0, 2, 1, (3,)),))
_ITEM = QuantumProgramItemResult(
    {"c": BitArray(np.zeros((3, 4, 1), dtype=np.uint8), 2), "pauli_signs": np.ones((3, 1), dtype=np.bool_)},
    ItemMetadata(simulation={"parts": 2}),
)
_PROGRAM = QuantumProgramResult([_ITEM], ProgramMetadata((_SPAN,)), {"a": [1, np.arange(3)]}, "sampler_v2")

_CHANNEL = Kraus([np.diag([1, 0.8]), np.array([[0, 0.6], [0, 0]])])

BOTH: list[tuple[str, Any]] = [
    ("numbers", [1, -2.5, True, None, "é", float("inf"), 1 << 80]),
    ("complex", 1 - 2j),
    ("array", np.arange(6, dtype=np.uint16).reshape(2, 3)),
    ("complex array", np.array([[1j, 2]])),
    ("set", {1, 2}),
    ("datetime", datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)),
    ("QuantumCircuit", circuit()),
    ("Instruction", RXGate(0.25)),
    ("Parameter", _X),
    ("settings:Pauli", Pauli("-iXYZ")),
    ("settings:PauliList", PauliList(["-XI", "YZ"])),
    ("settings:SparsePauliOp", SparsePauliOp(["XI", "ZZ"], [1, 2j])),
    ("settings:Operator", Operator(np.array([[0, 1j], [1, 0]]))),
    ("settings:Kraus", _CHANNEL),
    ("settings:SuperOp", SuperOp(_CHANNEL)),
    ("settings:Choi", Choi(_CHANNEL)),
    ("settings:Chi", Chi(_CHANNEL)),
    ("settings:PTM", PTM(_CHANNEL)),
    ("settings:Stinespring", Stinespring(_CHANNEL)),
    ("PauliLindbladMap", PauliLindbladMap.from_list([("XI", 0.1), ("ZZ", 0.2)])),
    ("_json:PauliLindbladError", _LINDBLAD_ERROR),
    ("_json:LayerError", LAYER_ERROR),
    ("an unknown error", LayerError(QuantumCircuit(1), [3])),
    ("NoiseModel", NoiseModel()),
    ("BitArray", BitArray.from_counts({"101": 3, "000": 2})),
    ("DataBin", DataBin(a=np.ones((2, 3)), shape=(2,))),
    ("PubResult", PrimitiveResult([PubResult(DataBin(evs=np.array(0.5)), {"shots": 3})], {"version": 2})),
    ("SamplerPubResult", SamplerPubResult(DataBin(c=BitArray.from_samples([1, 2], 2)), {"circuit_metadata": {}})),
    ("PrimitiveResult", PrimitiveResult([])),
    ("ObservablesArray", ObservablesArray([[{"XX": 0.5, "0I": 1.0}], ["ZZ"]])),
    ("one observable", ObservablesArray({"XX": 0.5, "rl": 1.0})),
    ("BindingsArray", BindingsArray({("a", "b"): np.ones((4, 2)), "c": [1, 2, 3, 4]})),
    ("no bindings", BindingsArray(shape=(4,))),
]
"""Equal when IBM's client reads our text, and when we read its."""

OURS: list[tuple[str, Any]] = [
    ("numpy numbers", {"i": np.int64(3), "f": np.float32(0.5), "b": np.bool_(True), "c": np.complex64(1j)}),
    ("ParameterExpression", 2 * _X + 1),
    ("NoiseLearnerResult", NoiseLearnerResult([LAYER_ERROR], {"layers": [{"readout_error": np.zeros(5)}]})),
    ("NoiseLearnerV3Result", _MAPS),
    ("NoiseLearnerV3Results", NoiseLearnerV3Results([_MAPS])),
    ("QubitSparsePauliList", _SPARSE),
    ("UniqueLayer", LAYER),
    ("PauliLindblad", PauliLindblad(np.array([[0, 3], [1, 2]], dtype=np.uint8), np.array([0.1, 0.2]))),
    ("CircuitInstruction", layer_instruction(LAYER)),
    ("SparseObservable", SparseObservable.from_list([("X0", 1), ("rI", 2j)])),
    ("expressions in an operator", SparsePauliOp(["X", "Z"], [_X, 2 * _X])),
    ("noise of every form", noise(["sx", "cz", "rzz"])),
    ("QuantumProgramResult", _PROGRAM),
    ("noise of a device", NoiseModel.from_backend(GenericBackendV2(2, seed=1))),
]
"""Equal when we read our own text."""

EXACT: list[tuple[str, Any]] = [
    ("date", datetime(2026, 1, 2, tzinfo=UTC).date()),
    ("tuple", {"a": (1, (2, "x")), "b": [1]}),
    ("frozenset", {frozenset({1}): frozenset()}),
    ("bytes", b"\x00\xff"),
    ("map", {(1, 2): "a", 3: "b", None: 1}),
    ("the reserved word", {"__type__": "mine", "x": 1}),
    ("objects", np.array([[[1], (2, 3)], [None, "x"]], dtype=object)),
    ("CouplingMap", CouplingMap([(0, 1), (3, 2)])),
    ("SamplerPub", SamplerPub.coerce((QuantumCircuit(1, 1), np.zeros((4, 0)), 17))),
    ("EstimatorPub", EstimatorPub.coerce((circuit(), [["ZZ"], ["0I"]], [0.1, 0.2], 0.25))),
    ("precision to the last bit", EstimatorPub.coerce((QuantumCircuit(1), "Z", None, 0.1 + 0.2))),
    ("observables", ObservablesArray([[{"Xr": 1 / 3, "0I": -1e-300}, "II"], ["ZZ", "1+"]])),
    ("one observable", ObservablesArray("XX")),
    ("no observables", ObservablesArray(np.empty((2, 0), dtype=object), num_qubits=3)),
    ("qpy", QuantumCircuit(1, metadata={"at": (1, 2), "array": np.arange(3), 5: 1j})),
    ("operation", RXGate(_X)),
    ("noise", noise(["sx"])),
    ("a vector's element", ParameterVector("v", 3)[1]),
]
"""Equal only in the exact form."""


def same(one: Any, other: Any) -> bool:
    """Equal down to arrays and their types, which have no ``==`` of one value."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        if one.dtype.hasobject:
            return one.shape == other.shape and one.dtype == other.dtype and same(one.tolist(), other.tolist())
        return (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())
    parts = _parts(one)
    if parts is not None:
        return same(parts, _parts(other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def _parts(value: Any) -> Any:
    """What makes up an object without an ``==`` of its own."""
    for kind, parts in _PARTS.items():
        if isinstance(value, kind):
            return parts(value)
    return None


def _noise_parts(model: NoiseModel) -> list[Any]:
    return [_Equal(model), [[p._ops, p._dt, p._t1s, p._t2s, p._p1s] for p in model._custom_noise_passes]]


class _Equal:
    """Compares a model by Aer's ``==``, which leaves out its passes."""

    def __init__(self, model: NoiseModel) -> None:
        self.model = model

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Equal) and bool(self.model == other.model)

    __hash__ = None


_PARTS: dict[type, Any] = {
    QuantumProgramResult: lambda v: [v.data, v.timing, v.passthrough_data, v.semantic_role],
    QuantumProgramItemResult: lambda v: [v.packed, dict(v.metadata.simulation)],
    PauliLindbladError: lambda v: [v.generators, v.rates],
    LayerError: lambda v: [v.circuit, v.qubits, v.error],
    NoiseLearnerResult: lambda v: [v.data, v.metadata],
    NoiseLearnerV3Result: lambda v: [v.generators, v.rates, v.rates_std, v.metadata],
    NoiseLearnerV3Results: lambda v: [v.data, v.metadata],
    PauliLindblad: lambda v: [v.letters, v.rates],
    CircuitInstruction: lambda v: [v.operation, [(bit._index) for bit in v.qubits]],
    DataBin: lambda v: [v.shape, dict(v.items())],
    PubResult: lambda v: [v.data, v.metadata],
    PrimitiveResult: lambda v: [list(v), v.metadata],
    ObservablesArray: lambda v: [v.shape, v.num_qubits, v.sparse_observables_array()],
    BindingsArray: lambda v: [v.shape, dict(v.data)],
    SamplerPub: lambda v: [v.circuit, v.parameter_values, v.shots, v.shape],
    EstimatorPub: lambda v: [v.circuit, v.observables, v.parameter_values, v.precision, v.shape],
    CouplingMap: lambda v: [v.size(), list(v.get_edges()), v.description],
    NoiseModel: _noise_parts,
    QuantumCircuit: lambda v: [v.name, v.metadata, v.global_phase, v.data, [p.uuid for p in v.parameters]],
}
