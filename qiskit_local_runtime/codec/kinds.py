"""Which objects are written, and how: the tables :data:`SHARED` (as IBM writes them) and :data:`OURS`."""

from __future__ import annotations

import base64
import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from qiskit import qpy
from qiskit.circuit import QuantumCircuit
from qiskit.primitives import BitArray, DataBin, PrimitiveResult, PubResult, SamplerPubResult
from qiskit.primitives.containers.bindings_array import BindingsArray
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.observables_array import ObservablesArray
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.transpiler import CouplingMap

from .noise import is_noise_model, noise_from, noise_to


@dataclass(frozen=True)
class Kind:
    """One kind of object."""

    tag: str
    """Its ``__type__`` in the text."""
    test: Callable[[Any], bool]
    write: Callable[[Any], Any]
    """From an object to simpler ones, which are written in turn."""
    read: Callable[[Any], Any]


def of_class(kind: type) -> Callable[[Any], bool]:
    """Whether an object is exactly of a class (subclasses carry more than would be written)."""
    return lambda value: type(value) is kind


def _circuit_text(circuit: QuantumCircuit) -> str:
    buffer = io.BytesIO()
    qpy.dump(circuit, buffer)
    return base64.standard_b64encode(zlib.compress(buffer.getvalue(), 1)).decode("ascii")


def _circuit(text: str) -> QuantumCircuit:
    found: QuantumCircuit = qpy.load(io.BytesIO(zlib.decompress(base64.standard_b64decode(text))))[0]
    return found


def _data_bin(value: dict[str, Any]) -> DataBin:
    return DataBin(shape=tuple(value["shape"]), **value["fields"])


def _bindings_fields(value: BindingsArray) -> dict[str, Any]:
    import json

    return {"shape": list(value.shape), "data": {json.dumps(list(key)): array for key, array in value.data.items()}}


def _bindings(value: dict[str, Any]) -> BindingsArray:
    import json

    data = {tuple(json.loads(key)): np.asarray(array, dtype=float) for key, array in value["data"].items()}
    return BindingsArray(data, shape=tuple(value["shape"]))


SHARED: tuple[Kind, ...] = (
    Kind("datetime", lambda v: isinstance(v, date), lambda v: v.isoformat(), datetime.fromisoformat),
    Kind("complex", lambda v: isinstance(v, complex), lambda v: [v.real, v.imag], lambda v: complex(*v)),
    Kind("set", of_class(set), list, set),
    Kind("QuantumCircuit", lambda v: isinstance(v, QuantumCircuit), _circuit_text, _circuit),
    Kind("ObservablesArray", of_class(ObservablesArray), lambda v: v.tolist(), ObservablesArray),
    Kind("BindingsArray", of_class(BindingsArray), _bindings_fields, _bindings),
    Kind(
        "BitArray",
        of_class(BitArray),
        lambda v: {"array": v.array, "num_bits": v.num_bits},
        lambda v: BitArray(np.asarray(v["array"], dtype=np.uint8), v["num_bits"]),
    ),
    Kind(
        "DataBin",
        of_class(DataBin),
        lambda v: {"field_names": list(v), "shape": list(v.shape), "fields": dict(v.items())},
        _data_bin,
    ),
    Kind(
        "SamplerPubResult",
        of_class(SamplerPubResult),
        lambda v: {"data": v.data, "metadata": v.metadata},
        lambda v: SamplerPubResult(v["data"], v["metadata"]),
    ),
    Kind(
        "PubResult",
        of_class(PubResult),
        lambda v: {"data": v.data, "metadata": v.metadata},
        lambda v: PubResult(v["data"], v["metadata"]),
    ),
    Kind(
        "PrimitiveResult",
        of_class(PrimitiveResult),
        lambda v: {"pub_results": list(v), "metadata": v.metadata},
        lambda v: PrimitiveResult(v["pub_results"], v["metadata"]),
    ),
)
"""Read and written by IBM's client as well."""


def _sampler_pub(value: dict[str, Any]) -> SamplerPub:
    return SamplerPub(value["circuit"], value["values"], value["shots"], validate=False)


def _estimator_pub(value: dict[str, Any]) -> EstimatorPub:
    return EstimatorPub(value["circuit"], value["observables"], value["values"], value["precision"], validate=False)


OURS: tuple[Kind, ...] = (
    Kind("tuple", of_class(tuple), list, tuple),
    Kind("map", of_class(dict), lambda v: [[key, item] for key, item in v.items()], lambda v: {_key(k): x for k, x in v}),
    Kind(
        "SamplerPub",
        lambda v: isinstance(v, SamplerPub),
        lambda v: {"circuit": v.circuit, "values": v.parameter_values, "shots": v.shots},
        _sampler_pub,
    ),
    Kind(
        "EstimatorPub",
        lambda v: isinstance(v, EstimatorPub),
        lambda v: {
            "circuit": v.circuit,
            "observables": v.observables,
            "values": v.parameter_values,
            "precision": v.precision,
        },
        _estimator_pub,
    ),
    Kind("CouplingMap", lambda v: isinstance(v, CouplingMap), lambda v: [list(e) for e in v.get_edges()], CouplingMap),
    Kind("NoiseModel", is_noise_model, noise_to, noise_from),
)
"""What IBM's text has no exact form for; for our own stores."""


def _key(key: Any) -> Any:
    return tuple(key) if isinstance(key, list) else key
