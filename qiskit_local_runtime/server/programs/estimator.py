"""The program ``estimator``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from qiskit.primitives.containers.estimator_pub import EstimatorPub

from ...codec import as_tree
from ...codec.budget import Budget
from ...errors import IBMInputValueError, OptionError
from ...options import EstimatorOptions, settle_estimator
from ...primitives.base import request_for
from ...primitives.estimator import coerced_estimator_pub
from ...primitives.snapshot import estimator_snapshot
from ...records.request import Request
from ..wire.reader import read
from .fields import GUIDE, check_names, check_version, form_of, listed, options_in
from .finish import finished
from .given_back import circuit_as_text, values_as_lists
from .observables import checked_observables
from .physical import widened
from .plain import plain
from .program import Asked, Program
from .pubs import check_values, parts_of
from .results import primitive_result

_KNOWN = ("pubs", "options", "version", "support_qiskit", "precision", "resilience_level")
_PARTS = ("circuit", "observables", "parameter_values", "precision")


def _request(asked: Asked) -> Request:
    params = asked.params
    check_names(params, _KNOWN, "estimator")
    check_version(params, 2, "estimator")
    form, budget = form_of(params), Budget()
    options = EstimatorOptions(**read(_options(asked), budget))
    settings = settle_estimator(options, asked.unimplemented)
    precision = _number(params.get("precision"), "params.precision")
    qubits = asked.backend.num_qubits
    pubs = [_pub(pub, precision, index, budget, qubits) for index, pub in enumerate(listed(params.get("pubs"), "pubs"))]
    return finished(request_for("estimator", asked.backend, pubs, settings, options, asked.instance), asked, form)


def _options(asked: Asked) -> dict[str, Any]:
    """Options with the resilience level, which IBM's client writes beside them."""
    options, beside = options_in(asked.params), asked.params.get("resilience_level")
    if beside is None:
        return options
    if options.get("resilience_level", beside) != beside:
        raise OptionError(
            f"params.resilience_level = {beside} contradicts params.options.resilience_level = {options['resilience_level']}. "
            "Send one of the two."
        )
    return options | {"resilience_level": beside}


def _pub(value: Any, precision: float | None, index: int, budget: Budget, qubits: int | None) -> EstimatorPub:
    circuit, observables, values, own = parts_of(value, index, budget, _PARTS)
    if observables is None:
        raise IBMInputValueError(f"PUB {index}: expected observables after the circuit, such as 'ZZ' or {{'XX': 0.5}}.")
    observables = checked_observables(observables, f"PUB {index}: observables")
    circuit = widened(circuit, observables, qubits)
    pub = (circuit, observables, values, _number(own, f"PUB {index}: precision"))
    made = coerced_estimator_pub(pub, precision, index)
    check_values(made, index)
    return estimator_snapshot(made)


def _number(value: Any, where: str) -> float | None:
    if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        return value
    raise IBMInputValueError(f"{where} must be a number of at least 0, found {str(value)[:40]!r}.")


def _params(request: Request) -> dict[str, Any]:
    if request.form == GUIDE:
        return {"pubs": [_guide_pub(pub) for pub in request.pubs], "options": plain(request.options), "version": 2}
    options = dict(request.options)
    level = {"resilience_level": options.pop("resilience_level")} if "resilience_level" in options else {}
    shown: dict[str, Any] = as_tree({"pubs": list(request.pubs), "options": options})
    return shown | {"version": 2, "support_qiskit": True} | level


def _guide_pub(pub: EstimatorPub) -> list[Any]:
    values = values_as_lists(pub.parameter_values, pub.circuit)
    return [circuit_as_text(pub.circuit), plain(pub.observables.tolist()), values, pub.precision]


def _guide_data(data: Any) -> Iterator[bytes]:
    yield json.dumps(plain(dict(data.items())), allow_nan=False).encode()


ESTIMATOR = Program("estimator", ("estimator",), _request, primitive_result(_guide_data), _params)
