"""``GET /backends/{id}/properties``."""

from __future__ import annotations

from typing import Any

from qiskit.providers import BackendV2

from .calibration import is_before, only_calibration
from .described import MEASURED, behind_presets, file_of, version_of, width_of
from .files import properties_file
from .target_properties import target_properties


def properties(
    backend: BackendV2, name: str, *, updated_before: str | None = None, calibration_id: str | None = None
) -> dict[str, Any] | None:
    """A backend's one calibration as IBM's clients read it.

    Args:
        backend: any backend.
        name: what it is called on the wire.
        updated_before: ISO 8601; a calibration that is not older counts as none.
        calibration_id: none.

    Returns:
        JSON, a new dictionary each time, with finite numbers; ``None``: it has none, as a plain simulator.

    Raises:
        IBMInputValueError: the time is not one, or a calibration is asked for by its identifier.
    """
    only_calibration(calibration_id)
    inner = behind_presets(backend)
    fake = file_of(inner)
    found = target_properties(inner, name) if fake is None else properties_file(fake) | {"backend_name": name}
    return found if found is not None and is_before(found["last_update_date"], updated_before) else None


def bare_properties(backend: BackendV2, name: str) -> dict[str, Any]:
    """A calibration that says no more than that all qubits work, for clients that cannot do without one (QRMI's).

    IBM's reads the same target from it as from none.
    """
    fact = {"date": MEASURED, "name": "operational", "unit": "", "value": 1.0}
    return {
        "backend_name": name,
        "backend_version": version_of(backend),
        "last_update_date": MEASURED,
        "qubits": [[fact] for _ in range(width_of(backend))],
        "gates": [],
        "general": [],
    }
