"""The third version of the program ``noise-learner``: a circuit of boxes in, sparse generators and their rates out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from qiskit import qpy
from qiskit.circuit import QuantumCircuit

from ...codec.budget import Budget, from_base64
from ...errors import IBMInputValueError, IBMRuntimeError, OptionError, OptionNotImplementedError
from ...options import NoiseLearnerV3Options, settle_noise_learner_v3
from ...primitives.base import request_for
from ...primitives.noise_learner import layer_circuit
from ...records.job import Job
from ...records.request import Request
from ...results import NoiseLearnerV3Result
from ...results.layer_boxes import layer_instruction
from ...results.learning_circuits import asked_by
from ..wire.circuits import circuit_of_qpy
from .fields import check_names, check_version, options_in
from .finish import finished
from .program import Asked

SCHEMAS = ("v0.1", "v0.2", "v0.3")
_KNOWN = ("instructions", "options", "schema_version", "version")
_EXECUTION = ("init_qubits", "rep_delay")
"""Options that the schema has beside the others, and users in the group ``execution``."""
_NEWEST_QPY = {"v0.1": 16, "v0.2": 17, "v0.3": 17}


def request(asked: Asked) -> Request:
    """See :class:`~.program.Program`."""
    params = asked.params
    check_names(params, _KNOWN, "noise-learner")
    check_version(params, 3, "noise-learner")
    schema = params.get("schema_version") or SCHEMAS[-1]
    if schema not in SCHEMAS:
        raise IBMInputValueError(f"params.schema_version must be one of {', '.join(SCHEMAS)}, found {str(schema)[:40]!r}.")
    options = NoiseLearnerV3Options(**_options(params))
    settings = settle_noise_learner_v3(options, asked.unimplemented)
    boxes = _instructions(params.get("instructions"), Budget())
    layers = [layer_circuit(each, place) for place, each in enumerate(boxes)]
    made = request_for("noise-learner-v3", asked.backend, layers, settings, options, asked.instance)
    return finished(made, asked, schema)


def _options(params: Mapping[str, Any]) -> dict[str, Any]:
    given = options_in(params)
    execution = {name: given.pop(name) for name in _EXECUTION if given.get(name) is not None}
    for name in _EXECUTION:
        given.pop(name, None)
    chosen = given.pop("post_selection", None) or {}
    if not isinstance(chosen, dict):
        raise OptionError({"post_selection": f"expected an object, found {type(chosen).__name__}."})
    if chosen.get("enable"):
        raise OptionNotImplementedError(
            "options.post_selection.enable = True is not implemented: simulated qubits do not fail to flip. Leave it False."
        )
    return given | ({"execution": execution} if execution else {})


def _instructions(value: Any, budget: Budget) -> list[Any]:
    if not isinstance(value, dict) or "circuit_b64" not in value:
        raise IBMInputValueError(
            "params.instructions must be an object with circuit_b64 (a circuit of boxes as QPY in base 64) and qpy_version."
        )
    data = from_base64(value["circuit_b64"])
    budget.take(len(data))
    try:
        circuit = circuit_of_qpy(data)
    except IBMInputValueError as err:
        raise IBMInputValueError(f"params.instructions: {err}") from err
    return list(circuit.data)


def result(job: Job, found: Any) -> Iterator[bytes]:
    """See :class:`~.program.Program`."""
    models = _models(job.form)
    yield f'{{"schema_version": "{_schema(job.form)}", "data": ['.encode()
    for place, each in enumerate(found):
        if place:
            yield b", "
        yield _model(each, models).model_dump_json().encode()
    yield b"]}"


def _model(each: NoiseLearnerV3Result, models: Any) -> Any:
    tensor = models.F64TensorModel.from_numpy
    depths = {int(depth): 1.0 for depth in each.metadata.get("layer_pair_depths", ())}
    rates: dict[int, Any] = {depth: {} for depth in depths}
    return models.NoiseLearnerV3ResultModel(
        generators_sparse=[generator.to_sparse_list() for generator in each.generators],
        num_qubits=each.generators[0].num_qubits if each.generators else 0,
        rates=tensor(each.rates),
        rates_std=tensor(each.rates_std),
        # nothing is put aside: all shots are kept
        metadata={"learning_protocol": "lindblad", "post_selection": {"fraction_kept": depths, "success_rates": rates}},
    )


def params(asked: Request) -> dict[str, Any]:
    """See :class:`~.program.Program`: the layers as boxes, without the annotations they came with."""
    models, schema = _models(asked.form), _schema(asked.form)
    layers = [asked_by(each)[0] for each in asked.pubs]
    size = max((max(layer.qubits) + 1 for layer in layers), default=0)
    circuit = QuantumCircuit(size)
    for layer in layers:
        circuit.append(layer_instruction(layer, size).operation, layer.qubits)
    version = min(_NEWEST_QPY[schema], qpy.QPY_VERSION)
    instructions = models.ParamsModel.model_fields["instructions"].annotation.from_quantum_circuit(circuit, version)
    options = dict(asked.options)
    options |= options.pop("execution", {})
    made = models.ParamsModel(schema_version=schema, instructions=instructions, options=options)
    shown: dict[str, Any] = made.model_dump(mode="json") | {"version": 3}
    return shown


def _schema(form: str) -> str:
    """The schema of a form; jobs that did not come by the wire are shown in the newest."""
    return form if form in SCHEMAS else SCHEMAS[-1]


def _models(form: str) -> Any:
    try:
        return import_module(f"ibm_quantum_schemas.noise_learner_v3.version_{_schema(form)[1:].replace('.', '_')}.models")
    except ImportError as err:
        raise IBMRuntimeError(
            "What noise learners return is written by the package ibm-quantum-schemas, which is not installed. Run pip install "
            "qiskit-local-runtime[server]."
        ) from err
