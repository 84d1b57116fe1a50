"""Three ways of pointing IBM's client at a server, and an account that was saved."""

from __future__ import annotations

import os

from qiskit_ibm_runtime import QiskitRuntimeService

from .shared import NAME, refusal, tell

URL = os.environ["SERVER_URL"]
TOKEN = os.environ.get("TOKEN", "anything")
PROXY = {"urls": {"http": URL}}
HOME = {"channel": "ibm_quantum_platform", "token": TOKEN, "url": "http://q.internal", "proxies": PROXY}


def by_environment() -> dict[str, object]:
    """A: nothing but variables."""
    service = QiskitRuntimeService()
    return {"qubits": service.backend(NAME).num_qubits, "instance": service.active_instance()}


def by_resolver() -> dict[str, object]:
    """B: a function that says where the API is; the variables of A that lead there are gone."""
    instance = os.environ.pop("QISKIT_IBM_INSTANCE")
    for name in ("QISKIT_IBM_URL", "QISKIT_IBM_TOKEN"):
        del os.environ[name]
    service = QiskitRuntimeService(
        channel="ibm_quantum_platform", token=TOKEN, instance=instance, url_resolver=lambda *_: f"{URL}/experimental/api/v1"
    )
    return {"qubits": service.backend(NAME).num_qubits, "instance": service.active_instance()}


def by_proxy() -> dict[str, object]:
    """C: the server is its own proxy, so that the client finds the instances by itself."""
    os.environ["IAM_URL"] = "http://iam.q.internal"
    os.environ.pop("QISKIT_FUNCTIONS_EXPERIMENTAL", None)
    service = QiskitRuntimeService(**HOME)
    by_name = QiskitRuntimeService(**HOME, instance="local")
    QiskitRuntimeService.save_account(**HOME, name="mine")
    saved = QiskitRuntimeService(name="mine")
    return {
        "instances": service.instances(),
        "qubits": service.backend(NAME).num_qubits,
        "by name": by_name.backend(NAME).num_qubits,
        "saved": saved.backend(NAME).num_qubits,
        "least busy": saved.least_busy(min_num_qubits=150, simulator=False).num_qubits,
    }


def with_a_wrong_token() -> tuple[str, str]:
    """C with another token; with the flag for experiments the client would not look for instances."""
    os.environ["IAM_URL"] = "http://iam.q.internal"
    del os.environ["QISKIT_FUNCTIONS_EXPERIMENTAL"]
    return refusal(lambda: QiskitRuntimeService(**HOME | {"token": "wrong"}))


if __name__ == "__main__":
    if TOKEN == "anything":
        tell(environment=by_environment(), resolver=by_resolver(), proxy=by_proxy())
    else:
        tell(wrong=with_a_wrong_token(), right=by_proxy())
