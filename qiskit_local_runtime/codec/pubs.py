"""PUBs and their parts: in text as IBM writes them, and a form that gives equal objects back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.primitives.containers.bindings_array import BindingsArray
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.observables_array import ObservablesArray
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.quantum_info import SparseObservable

from .kind import Kind, of_class


def _bindings_fields(value: BindingsArray) -> dict[str, Any]:
    return {"shape": list(value.shape), "data": {json.dumps(list(key)): array for key, array in value.data.items()}}


def _bindings(value: dict[str, Any]) -> BindingsArray:
    data = {tuple(json.loads(key)): array for key, array in value["data"].items()}
    return BindingsArray(data, shape=tuple(value["shape"]))


def _values(pub: SamplerPub | EstimatorPub) -> NDArray[np.float64]:
    """Parameter values in the order of the circuit's parameters; shape of the PUB and number of parameters."""
    found: NDArray[np.float64] = pub.parameter_values.as_array(pub.circuit.parameters)
    return found


SHARED: tuple[Kind, ...] = (
    Kind("ObservablesArray", of_class(ObservablesArray), lambda v: v.tolist(), ObservablesArray),
    Kind("BindingsArray", of_class(BindingsArray), _bindings_fields, _bindings),
)
"""Read and written by IBM's client as well."""

LOSSY: tuple[Kind, ...] = (
    Kind(None, of_class(SamplerPub), lambda v: [v.circuit, _values(v), v.shots], list),
    Kind(None, of_class(EstimatorPub), lambda v: [v.circuit, v.observables.tolist(), _values(v), v.precision], list),
)
"""As IBM has it: a PUB is a list, which ``coerce`` makes a PUB again."""


def _sampler_fields(pub: SamplerPub) -> list[Any]:
    return [pub.circuit, pub.parameter_values, pub.shots]


def _estimator_fields(pub: EstimatorPub) -> list[Any]:
    return [pub.circuit, pub.observables, pub.parameter_values, pub.precision]


_PARTS = ("coeffs", "bit_terms", "indices", "boundaries")


def _observables_fields(value: ObservablesArray) -> dict[str, Any]:
    """All terms of all observables in four arrays, and where each observable's begin."""
    flat: Sequence[SparseObservable] = value.sparse_observables_array().ravel().tolist()
    found: dict[str, Any] = {"shape": list(value.shape), "num_qubits": value.num_qubits}
    for name in _PARTS:
        parts = [np.asarray(getattr(each, name)) for each in flat]
        found[name] = np.concatenate(parts) if parts else np.zeros(0)
        found[f"{name}_sizes"] = np.array([len(part) for part in parts], dtype=np.int64)
    return found


def _observables(value: dict[str, Any]) -> ObservablesArray:
    split = [np.split(value[name], np.cumsum(value[f"{name}_sizes"])[:-1]) for name in _PARTS]
    shape, size = tuple(value["shape"]), int(np.prod(value["shape"], dtype=int))
    found = np.empty(size, dtype=object)
    for place in range(size):
        found[place] = SparseObservable.from_raw_parts(value["num_qubits"], *(parts[place] for parts in split))
    return ObservablesArray(found.reshape(shape), num_qubits=value["num_qubits"], copy=False, validate=False)


EXACT: tuple[Kind, ...] = (
    Kind("SamplerPub", of_class(SamplerPub), _sampler_fields, lambda v: SamplerPub(*v, validate=False)),
    Kind("EstimatorPub", of_class(EstimatorPub), _estimator_fields, lambda v: EstimatorPub(*v, validate=False)),
    Kind("observables", of_class(ObservablesArray), _observables_fields, _observables),
)
"""What IBM's text has no exact form for."""
