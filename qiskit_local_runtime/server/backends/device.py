"""One row of ``GET /backends``."""

from __future__ import annotations

from typing import Any

from qiskit.providers import BackendV2

from .facts import BestPair, facts_of


def device(
    name: str,
    queue_length: int,
    *,
    backend: BackendV2 | None = None,
    operational: bool = True,
    reason: str = "",
    wait_seconds: float | None = None,
) -> dict[str, Any]:
    """A backend as lists show it, typed as strict clients insist: whole numbers where they want such, texts elsewhere.

    Args:
        name: what it is called on the wire.
        queue_length: jobs that wait.
        backend: where it is at hand; otherwise it is looked up by name, and made only if nothing else tells its facts.
        operational: whether it takes jobs.
        reason: why not.
        wait_seconds: how long a new job would wait; ``None``: not asked for.

    Raises:
        QiskitBackendNotFoundError: there is none of this name.
    """
    facts = facts_of(name, backend)
    row: dict[str, Any] = {
        "name": name,
        "status": {"name": "online" if operational else "offline", "reason": reason or ("available" if operational else "")},
        "is_simulator": facts.simulator,
        "qubits": facts.num_qubits,
        "processor_type": facts.processor,
        "queue_length": int(queue_length),
        "performance_metrics": {} if facts.best is None else {"two_q_error_best": _best(facts.best)},
    }
    if facts.physical_qubits is not None:
        row["physical_qubits"] = facts.physical_qubits
    if facts.clops is not None:
        row["clops"] = dict(zip(("type", "value"), facts.clops, strict=True))
    if wait_seconds is not None:
        row["wait_time_seconds"] = dict.fromkeys(("average", "p50", "p95"), round(wait_seconds))
    return row


def _best(pair: BestPair) -> dict[str, Any]:
    return {"value": pair.error, "unit": "", "gate": pair.gate, "qubits": list(pair.qubits)}
