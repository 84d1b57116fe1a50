"""The program ``sampler``."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import QuantumCircuit
from qiskit.primitives import BitArray
from qiskit.primitives.containers.sampler_pub import SamplerPub

from ...codec import as_tree
from ...codec.budget import Budget
from ...errors import IBMInputValueError
from ...options import SamplerOptions, settle_sampler
from ...primitives.base import request_for
from ...primitives.sampler import coerced_sampler_pub
from ...primitives.snapshot import sampler_snapshot
from ...records.request import Request
from ..wire.reader import read
from .fields import GUIDE, check_names, check_version, form_of, listed, options_in
from .finish import finished
from .given_back import circuit_as_text, values_as_lists
from .plain import plain
from .program import Asked, Program
from .pubs import check_values, parts_of
from .results import primitive_result

_KNOWN = ("pubs", "options", "version", "support_qiskit", "shots")
_MOST_BYTES = 1 << 32
_ROWS = 1 << 14
"""Shots that are written at a time."""


def _request(asked: Asked) -> Request:
    params = asked.params
    check_names(params, _KNOWN, "sampler")
    check_version(params, 2, "sampler")
    form, budget = form_of(params), Budget()
    options = SamplerOptions(**read(options_in(params), budget))
    settings = settle_sampler(options, asked.unimplemented)
    shots = _whole(params.get("shots"))
    pubs = [_pub(pub, shots, index, budget) for index, pub in enumerate(listed(params.get("pubs"), "pubs"))]
    _check_bits(pubs, settings.default_shots)
    return finished(request_for("sampler", asked.backend, pubs, settings, options, asked.instance), asked, form)


def _pub(value: Any, shots: int | None, index: int, budget: Budget) -> SamplerPub:
    circuit, values, own = parts_of(value, index, budget, ("circuit", "parameter_values", "shots"))
    _check_registers(circuit, index)
    made = coerced_sampler_pub((circuit, values, _whole(own, index)), shots, index)
    check_values(made, index)
    return sampler_snapshot(made)


def _check_registers(circuit: QuantumCircuit, index: int) -> None:
    """Refuse a circuit that has bits, and none in a register: the results of a sampler are its registers'."""
    if circuit.clbits and not circuit.cregs:
        raise IBMInputValueError(
            f"PUB {index}: expected a classical register, found only single bits ({circuit.num_clbits}), which are not "
            "returned: 'bit c;' of OpenQASM 3 declares one. Declare 'bit[1] c;' and measure into c[0]."
        )


def _check_bits(pubs: list[SamplerPub], default: int) -> None:
    """Refuse what would return more than a computer holds."""
    size = sum(math.prod(pub.shape) * (pub.shots or default) * -(-pub.circuit.num_clbits // 8) for pub in pubs)
    if size > _MOST_BYTES:
        raise IBMInputValueError(
            f"expected PUBs that return at most {_MOST_BYTES // 2**20} MiB, found {size // 2**20} MiB. Ask for fewer shots."
        )


def _whole(value: Any, index: int | None = None) -> int | None:
    """Shots, which JSON may have written as 100.0."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    where = "params.shots" if index is None else f"PUB {index}: shots"
    raise IBMInputValueError(f"{where} must be a positive integer, found {str(value)[:40]!r}.")


def _params(request: Request) -> dict[str, Any]:
    if request.form == GUIDE:
        pubs = [[circuit_as_text(p.circuit), values_as_lists(p.parameter_values, p.circuit), p.shots] for p in request.pubs]
        return {"pubs": pubs, "options": plain(request.options), "version": 2}
    shown: Mapping[str, Any] = {"pubs": list(request.pubs), "options": request.options}
    tree: dict[str, Any] = as_tree(shown)
    return tree | {"version": 2, "support_qiskit": True}


def _guide_data(data: Any) -> Iterator[bytes]:
    """Each register's shots as hexadecimal numbers; lists of lists for a PUB with axes."""
    yield b"{"
    for number, (name, bits) in enumerate(data.items()):
        yield f"{', ' if number else ''}{json.dumps(name)}: ".encode()
        if isinstance(bits, BitArray):
            yield b'{"samples": '
            yield from _samples(bits.array)
            yield f', "num_bits": {bits.num_bits}}}'.encode()
        else:
            yield json.dumps(plain(bits), allow_nan=False).encode()
    yield b"}"


def _samples(array: NDArray[np.uint8]) -> Iterator[bytes]:
    if array.ndim > 2:
        for place, part in enumerate(array):
            yield b", " if place else b"["
            yield from _samples(part)
        yield b"]" if len(array) else b"[]"
        return
    for start in range(0, len(array), _ROWS):
        piece = array[start : start + _ROWS]
        text, width = piece.tobytes().hex(), 2 * piece.shape[1]
        numbers = [text[at : at + width].lstrip("0") or "0" for at in range(0, len(text), width)]
        joined = '", "0x'.join(numbers)
        yield f'{", " if start else "["}"0x{joined}"'.encode()
    yield b"]" if len(array) else b"[]"


SAMPLER = Program("sampler", ("sampler",), _request, primitive_result(_guide_data), _params)
