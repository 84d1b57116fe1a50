"""``GET /backends/{id}/configuration``."""

from __future__ import annotations

from typing import Any

from qiskit.providers import BackendV2

from .calibration import only_calibration
from .described import behind_presets, file_of
from .files import configuration_file
from .operations import is_fractional
from .target_configuration import target_configuration


def configuration(
    backend: BackendV2, name: str, *, fractional: bool = True, calibration_id: str | None = None
) -> dict[str, Any]:
    """A backend's configuration as IBM's clients read it.

    That of a fake device is what IBM packaged with it, unless its target was changed; of anything else, what its target says.

    Args:
        backend: any backend.
        name: what it is called on the wire.
        fractional: with gates of any angle (``rx``, ``rzz``) where it has them; clients leave them out themselves.
        calibration_id: none.

    Returns:
        JSON, a new dictionary each time. Numbers are finite.

    Raises:
        IBMInputValueError: a calibration is asked for by its identifier.
    """
    only_calibration(calibration_id)
    inner = behind_presets(backend)
    fake = file_of(inner)
    found = target_configuration(inner, name) if fake is None else _packaged(fake, name)
    return found if fractional else _without_fractional(found)


def _packaged(fake: str, name: str) -> dict[str, Any]:
    """As in the file, but for its name and for whether it runs control flow, on which some files err."""
    found = configuration_file(fake)
    features = [each for each in found.get("supported_features") or () if each != "dynamic_circuits"]
    if "if_else" in (found.get("supported_instructions") or ()):
        features.append("dynamic_circuits")
    return found | {"backend_name": name, "supported_features": features}


def _without_fractional(found: dict[str, Any]) -> dict[str, Any]:
    out = dict(found)
    for key in ("basis_gates", "supported_instructions"):
        if key in out:
            out[key] = [name for name in out[key] if not is_fractional(name)]
    out["gates"] = [gate for gate in out["gates"] if not is_fractional(gate["name"])]
    return out
