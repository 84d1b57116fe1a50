"""The program ``noise-learner``: circuits in its second version, instructions in its third."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ...codec import as_tree, encode_in_pieces
from ...codec.budget import Budget
from ...errors import IBMInputValueError
from ...options import NoiseLearnerOptions, settle_noise_learner
from ...primitives.base import request_for
from ...primitives.noise_learner import learner_circuit
from ...records.job import Job
from ...records.request import Request
from ..wire.reader import read
from . import noise_learner_v3 as third
from .circuits import circuit_of
from .fields import GUIDE, check_names, check_version, form_of, listed, options_in
from .finish import finished
from .given_back import circuit_as_text
from .plain import plain
from .program import Asked, Program

_KNOWN = ("circuits", "options", "version", "support_qiskit")


def _request(asked: Asked) -> Request:
    if "schema_version" in asked.params or "instructions" in asked.params or asked.params.get("version") == 3:
        return third.request(asked)
    params, budget = asked.params, Budget()
    check_names(params, (*_KNOWN, "instructions", "schema_version"), "noise-learner")
    check_version(params, 2, "noise-learner")
    options_given = options_in(params)
    form = form_of({"support_qiskit": options_given.pop("support_qiskit", None) or params.get("support_qiskit")})
    options = NoiseLearnerOptions(**read(options_given, budget))
    settings = settle_noise_learner(options, asked.unimplemented)
    circuits = [_circuit(each, place, budget) for place, each in enumerate(listed(params.get("circuits"), "circuits"))]
    return finished(request_for("noise-learner", asked.backend, circuits, settings, options, asked.instance), asked, form)


def _circuit(value: Any, index: int, budget: Budget) -> Any:
    """A circuit, or the circuit of an estimator's PUB."""
    where = f"Circuit {index}"
    try:
        found = read(value, budget)
    except IBMInputValueError as err:
        raise IBMInputValueError(f"{where}: {err}") from err
    found = found[0] if isinstance(found, list) and found else found
    return learner_circuit(circuit_of(found, budget, where), index)


def _result(job: Job, result: Any) -> Iterator[bytes]:
    if job.routine == "noise-learner-v3":
        yield from third.result(job, result)
    elif job.form == GUIDE:
        layers = [[{"circuit": circuit_as_text(each.circuit), "qubits": each.qubits}, _noise(each.error)] for each in result]
        facts = [fact | {"paulis": fact["paulis"].to_labels()} for fact in result.metadata.get("layers", [])]
        yield json.dumps({"data": layers, "metadata": plain({"layers": facts})}, allow_nan=False).encode()
    else:
        yield from encode_in_pieces({"data": result.data, "metadata": result.metadata})


def _noise(error: Any) -> Any:
    return None if error is None else {"generators": error.generators.to_labels(), "rates": plain(error.rates)}


def _params(request: Request) -> dict[str, Any]:
    if request.routine == "noise-learner-v3":
        return third.params(request)
    circuits = [getattr(each, "circuit", each) for each in request.pubs]
    if request.form == GUIDE:
        return {"circuits": [circuit_as_text(each) for each in circuits], "options": plain(request.options), "version": 2}
    shown: dict[str, Any] = as_tree({"circuits": circuits, "options": request.options | {"support_qiskit": True}})
    return shown


NOISE_LEARNER = Program("noise-learner", ("noise-learner", "noise-learner-v3"), _request, _result, _params)
