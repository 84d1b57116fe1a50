"""QRMI: a resource is acquired, used for tasks, and released."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from qiskit import QuantumCircuit, generate_preset_pass_manager
from qiskit.quantum_info import SparsePauliOp
from qrmi import Payload, QRMIService, QuantumResource, ResourceType, TaskStatus
from qrmi.primitives.ibm import EstimatorV2, SamplerV2
from qrmi.primitives.ibm.backend import get_backend

from .shared import NAME, SEED, tell

FINAL = (TaskStatus.Completed, TaskStatus.Failed, TaskStatus.Cancelled)
ONES = 'OPENQASM 3; include "stdgates.inc"; bit[2] c; x $0; x $1; c[0] = measure $0; c[1] = measure $1;'
resource = QuantumResource(NAME, ResourceType.IBMQuantumComputeService)


def task(program: str, params: dict[str, Any]) -> dict[str, Any]:
    """One task: its end, result and log."""
    name = resource.task_start(Payload.QiskitPrimitive(input=json.dumps(params), program_id=program))
    while (status := resource.task_status(name)) not in FINAL:
        time.sleep(0.02)
    result = json.loads(resource.task_result(name).value) if status == TaskStatus.Completed else None
    log = resource.task_logs(name)
    resource.task_stop(name)  # which deletes it
    return {"status": str(status), "result": result, "log": log}


def raw() -> dict[str, Any]:
    """Tasks in a session that was acquired."""
    accessible, token = resource.is_accessible(), resource.acquire()
    os.environ[f"{NAME}_QRMI_IBM_QCS_SESSION_ID"] = token
    target = json.loads(resource.target().value)
    seen = {
        "accessible": accessible,
        "target": {name: bool(part) for name, part in target.items()},
        "qubits": target["configuration"]["n_qubits"],
        "sampler": task("sampler", {"pubs": [[ONES, None, 100]], "version": 2}),
        "estimator": task("estimator", {"pubs": [[ONES.partition("c[0]")[0], "ZZ"]], "version": 2}),
        "metadata": resource.metadata(),
    }
    resource.release(token)
    del os.environ[f"{NAME}_QRMI_IBM_QCS_SESSION_ID"]
    return seen


def primitives() -> dict[str, Any]:
    """QRMI's own primitives, in another session."""
    (found,) = QRMIService().resources()
    token = found.acquire()
    os.environ[f"{NAME}_QRMI_IBM_QCS_SESSION_ID"] = token
    backend = get_backend(found)
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    transpile = generate_preset_pass_manager(1, target=backend.target, seed_transpiler=SEED)
    pair = transpile.run(circuit)
    counts = SamplerV2(found).run([transpile.run(circuit.measure_all(inplace=False))]).result()[0].data.meas.get_counts()
    observable = SparsePauliOp("ZZ").apply_layout(pair.layout)
    value = EstimatorV2(found).run([(pair, observable)]).result()[0].data.evs
    found.release(token)
    return {"counts": counts, "value": float(value), "qubits": backend.target.num_qubits}


if __name__ == "__main__":
    tell(raw=raw(), primitives=primitives())
