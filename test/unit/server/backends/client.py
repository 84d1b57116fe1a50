"""What IBM's client makes of our answers: its own classes, with answers handed to them instead of fetched."""

from __future__ import annotations

import json
from typing import Any

from qiskit.providers import QubitProperties
from qiskit.transpiler import Target
from qiskit_ibm_runtime.ibm_backend import IBMBackend
from qiskit_ibm_runtime.utils.backend_decoder import configuration_from_server_data

from qiskit_local_runtime.server.backends.configuration import configuration
from qiskit_local_runtime.server.backends.properties import properties
from qiskit_local_runtime.server.backends.status import status

Facts = dict[str, dict[tuple[int, ...], tuple[float | None, float | None]] | None]


class Answers:
    """What the client asks of its API, answered through strict JSON."""

    def __init__(self, backend: Any, name: str) -> None:
        self.backend, self.name = backend, name

    def backend_configuration(self) -> dict[str, Any]:
        """As the client's call of that name."""
        return strict(configuration(self.backend, self.name))

    def backend_properties(self, name: str, datetime: Any = None, calibration_id: str | None = None) -> Any:
        """As the client's call of that name."""
        limit = None if datetime is None else datetime.isoformat()
        return strict(properties(self.backend, name, updated_before=limit, calibration_id=calibration_id) or {})

    def backend_status(self, name: str) -> dict[str, Any]:
        """As the client's call of that name."""
        said = strict(status(name, 3, backend=self.backend))
        return {
            "backend_name": name,
            "backend_version": said["backend_version"],
            "status_msg": said["status"],
            "operational": said["state"],
            "pending_jobs": said["length_queue"],
        }


def read_by_client(backend: Any, *, fractional: bool | None = None, name: str = "wired") -> IBMBackend:
    """The client's backend, made from our answers."""
    answers = Answers(backend, name)
    read = configuration_from_server_data(answers.backend_configuration(), use_fractional_gates=fractional)
    if read is None:
        raise AssertionError("the client finds the configuration invalid")
    found = IBMBackend(read, service=None, api_client=answers)
    found.options.use_fractional_gates = fractional
    return found


def strict(value: Any) -> Any:
    """There and back through JSON without NaN."""
    return json.loads(json.dumps(value, allow_nan=False))


def facts(target: Target, names: Any = None) -> Facts:
    """Errors and durations by operation and qubits; ``None``: tied to none."""
    out: Facts = {}
    for name in target.operation_names if names is None else names:
        known = target[name]
        tied = None not in known
        out[name] = (
            {qubits: (None, None) if p is None else (p.error, p.duration) for qubits, p in known.items()} if tied else None
        )
    return out


def qubit_facts(target: Target) -> list[tuple[float | None, ...]]:
    """T1, T2 and frequency of each qubit; the client takes what is not known for known to be nothing."""
    known = target.qubit_properties or [QubitProperties()] * (target.num_qubits or 0)
    return [(each.t1, each.t2, each.frequency) for each in known]
