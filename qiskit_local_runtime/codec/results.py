"""Results of primitives."""

from __future__ import annotations

from typing import Any

import numpy as np
from qiskit.primitives import BitArray, DataBin, PrimitiveResult, PubResult, SamplerPubResult
from qiskit.result import Result

from .kind import Kind, never, of_class


def _bits(value: dict[str, Any]) -> BitArray:
    return BitArray(np.asarray(value["array"], dtype=np.uint8), value["num_bits"])


def _bin_fields(value: DataBin) -> dict[str, Any]:
    return {"field_names": list(value), "shape": list(value.shape), "fields": dict(value.items())}


def _bin(value: dict[str, Any]) -> DataBin:
    return DataBin(shape=tuple(value["shape"]), **value["fields"])


def _pub_fields(value: PubResult) -> dict[str, Any]:
    return {"data": value.data, "metadata": value.metadata}


def _pub(value: dict[str, Any]) -> PubResult:
    return PubResult(value["data"], value["metadata"])


def _sampler_pub(value: dict[str, Any]) -> SamplerPubResult:
    return SamplerPubResult(value["data"], value["metadata"])


def _result_fields(value: PrimitiveResult[Any]) -> dict[str, Any]:
    return {"pub_results": list(value), "metadata": value.metadata}


def _result(value: dict[str, Any]) -> PrimitiveResult[Any]:
    return PrimitiveResult(value["pub_results"], value["metadata"])


SHARED: tuple[Kind, ...] = (
    Kind("BitArray", of_class(BitArray), lambda v: {"array": v.array, "num_bits": v.num_bits}, _bits),
    Kind("DataBin", of_class(DataBin), _bin_fields, _bin),
    Kind("SamplerPubResult", of_class(SamplerPubResult), _pub_fields, _sampler_pub),
    Kind("EstimatorPubResult", never, _pub_fields, _pub),  # a class of IBM's client that adds methods only
    Kind("PubResult", of_class(PubResult), _pub_fields, _pub),
    Kind("PrimitiveResult", of_class(PrimitiveResult), _result_fields, _result),
    Kind("Result", of_class(Result), lambda v: v.to_dict(), Result.from_dict),
)
"""Read and written by IBM's client as well."""
