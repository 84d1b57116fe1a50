"""``GET /backends/{id}/status``."""

from __future__ import annotations

from typing import Any

from qiskit.providers import BackendV2

from .facts import facts_of


def status(
    name: str, pending: int, operational: bool = True, *, backend: BackendV2 | None = None, message: str = ""
) -> dict[str, Any]:
    """Whether a backend takes jobs, and how many wait.

    Args:
        name: what it is called on the wire.
        pending: jobs that wait.
        operational: whether it takes jobs.
        backend: where it is at hand.
        message: why not.

    Raises:
        QiskitBackendNotFoundError: there is none of this name.
    """
    return {
        "state": operational,
        "status": "active" if operational else "maintenance",
        "message": message or ("available" if operational else ""),
        "length_queue": max(int(pending), 0),
        "backend_version": facts_of(name, backend).version,
    }
