"""Runs of one-qubit gates merged into one gate each, for all rows of parameter values at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import CircuitInstruction, Parameter
from qiskit.circuit.library import get_standard_gate_name_mapping

from .angles import Angles
from .euler import angles_of, angles_of_gate, matrix_of

_STANDARD = get_standard_gate_name_mapping()


@dataclass(frozen=True, eq=False)
class Merged:
    """Runs of gates, taken apart once, to be merged for many values."""

    constants: NDArray[np.float64]
    """Shape ``(runs, 3)``: θ, φ, λ of the runs without parameters."""
    changing: NDArray[np.intp]
    """The runs that have parameters."""
    places: tuple[NDArray[np.intp], ...]
    """First gates, second gates, and so on: which of the changing runs have one."""
    angles: tuple[Angles, ...]
    """The Euler angles of those gates, three each."""

    @classmethod
    def of(cls, runs: Sequence[Sequence[CircuitInstruction]], parameters: Sequence[Parameter]) -> Merged:
        """Read runs of gates, each in the order of time, whose angles are known (``layers.mergeable``)."""
        constants = np.zeros((len(runs), 3))
        changing = []
        for i, run in enumerate(runs):
            if any(item.is_parameterized() for item in run):
                changing.append(i)
            elif run:
                constants[i] = _merge(tuple([_key(item) for item in run]))
        places, angles = [], []
        for depth in range(max((len(runs[i]) for i in changing), default=0)):
            where = [j for j, i in enumerate(changing) if len(runs[i]) > depth]
            places.append(np.array(where, dtype=np.intp))
            expressions = [angle for j in where for angle in _euler(runs[changing[j]][depth])]
            angles.append(Angles.of(expressions, parameters))
        return cls(constants, np.array(changing, dtype=np.intp), tuple(places), tuple(angles))

    def __call__(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """θ, φ, λ of every merged gate, shape ``(rows, runs, 3)``, for ``values`` of shape ``(rows, parameters)``."""
        out = np.tile(self.constants, (len(values), 1, 1))
        product = np.tile(np.eye(2, dtype=np.complex128), (len(values), len(self.changing), 1, 1))
        for where, angles in zip(self.places, self.angles, strict=True):
            product[:, where] = matrix_of(angles(values).reshape(len(values), len(where), 3)) @ product[:, where]
        out[:, self.changing] = angles_of(product)
        return out


_Key = tuple[str, tuple[float, ...] | bytes]


def _key(item: CircuitInstruction) -> _Key:
    if item.is_standard_gate():
        return item.name, tuple(item.params)
    return item.name, np.asarray(item.operation.to_matrix(), dtype=np.complex128).tobytes()


@lru_cache(maxsize=1 << 15)
def _merge(run: tuple[_Key, ...]) -> tuple[float, ...]:
    product = np.eye(2, dtype=np.complex128)
    for key in run:
        product = _matrix(key) @ product
    return tuple(angles_of(product).tolist())


@lru_cache(maxsize=1 << 15)
def _matrix(key: _Key) -> NDArray[np.complex128]:
    name, content = key
    if isinstance(content, bytes):
        return np.frombuffer(content, dtype=np.complex128).reshape(2, 2)
    return np.asarray(_STANDARD[name].base_class(*content).to_matrix(), dtype=np.complex128)


def _euler(item: CircuitInstruction) -> tuple[Any, ...]:
    if item.is_parameterized():
        return angles_of_gate(item.name, item.params) or ()
    return tuple(angles_of(_matrix(_key(item))).tolist())
