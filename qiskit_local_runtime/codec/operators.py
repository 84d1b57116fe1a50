"""Operators: as IBM writes them, by their settings, and sparse observables, for which it has no form."""

from __future__ import annotations

from typing import Any

import numpy as np
from qiskit.quantum_info import (
    PTM,
    Chi,
    Choi,
    Kraus,
    Operator,
    Pauli,
    PauliLindbladMap,
    PauliList,
    SparseObservable,
    SparsePauliOp,
    Stinespring,
    SuperOp,
)
from qiskit.transpiler import CouplingMap

from .kind import Kind, derived, of_class

_WITH_SETTINGS = (Pauli, PauliList, SparsePauliOp, Operator, Kraus, SuperOp, Choi, Chi, PTM, Stinespring)


def _by_settings(kind: type) -> Kind:
    return Kind("settings", of_class(kind), lambda v: v.settings, lambda v: kind(**v), kind)


def _map_fields(value: PauliLindbladMap) -> dict[str, Any]:
    return {"paulis": value.to_sparse_list(), "num_qubits": value.num_qubits}


def _map(value: dict[str, Any]) -> PauliLindbladMap:
    return PauliLindbladMap.from_sparse_list([tuple(row) for row in value["paulis"]], num_qubits=value["num_qubits"])


def _observable_fields(value: SparseObservable) -> dict[str, Any]:
    parts = {name: np.array(getattr(value, name)) for name in ("coeffs", "bit_terms", "indices", "boundaries")}
    return {"num_qubits": value.num_qubits} | parts


def _observable(value: dict[str, Any]) -> SparseObservable:
    parts = (value[name] for name in ("coeffs", "bit_terms", "indices", "boundaries"))
    return SparseObservable.from_raw_parts(value["num_qubits"], *parts)


SHARED: tuple[Kind, ...] = (
    *map(_by_settings, _WITH_SETTINGS),
    Kind("PauliLindbladMap", of_class(PauliLindbladMap), _map_fields, _map),
)
"""Read and written by IBM's client as well."""

LOSSY: tuple[Kind, ...] = (Kind(None, derived(CouplingMap), lambda v: [list(edge) for edge in v], list),)
"""As IBM has it: a coupling map is a list of edges."""

OWN: tuple[Kind, ...] = (Kind("SparseObservable", of_class(SparseObservable), _observable_fields, _observable),)
"""IBM's client has no form for them."""


def _coupling_fields(value: CouplingMap) -> dict[str, Any]:
    return {"size": value.size(), "edges": [list(edge) for edge in value.get_edges()], "description": value.description}


def _coupling(value: dict[str, Any]) -> CouplingMap:
    found = CouplingMap(description=value["description"])
    for qubit in range(value["size"]):  # some may have no edge
        found.add_physical_qubit(qubit)
    for edge in value["edges"]:
        found.add_edge(*edge)
    return found


EXACT: tuple[Kind, ...] = (Kind("CouplingMap", of_class(CouplingMap), _coupling_fields, _coupling),)
"""What IBM's text has no exact form for."""
