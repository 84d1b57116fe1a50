"""Which words describe a backend: the files of its fake device, or its target."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from qiskit.providers import BackendV2

from ...devices.fakes import fake_behind, fake_name
from ...devices.noisy_backend import NoisyBackend
from ...devices.registry_equal import unchanged_fake

MEASURED = "2024-01-01T00:00:00+00:00"
"""The date of what has none of its own: a generic device was never measured, and the same request has the same answer."""
WIDEST = 32
"""Said of a backend that takes any number of qubits, since the format wants a number."""


def behind_presets(backend: BackendV2) -> BackendV2:
    """The backend whose target and calibration noise presets leave as they are."""
    return backend.inner if isinstance(backend, NoisyBackend) else backend


def file_of(backend: BackendV2) -> str | None:
    """The fake device (``fake_fez``) whose files still describe a backend; ``None``: its target was changed, or it is none."""
    return fake_behind(unchanged_fake(backend) if target_is_made(backend) else fake_name(backend))


def target_is_made(backend: Any) -> bool:
    """Whether there is a target that someone may have changed; a fake device makes its own when it is read, in 0.2 s."""
    return getattr(backend, "_target", None) is not None


def width_of(backend: BackendV2) -> int:
    """Its number of qubits; :data:`WIDEST` for any number."""
    size = backend.num_qubits
    return WIDEST if size is None else int(size)


def version_of(backend: BackendV2) -> str:
    """Its version as text, ``0.0.0`` where it has none, as the client reads it."""
    return str(backend.backend_version or "0.0.0")


def date_of(backend: BackendV2) -> str:
    """When it went online, ISO 8601 with a zone."""
    found = backend.online_date
    if found is None:
        return MEASURED
    if isinstance(found, str):
        return found
    return str((found if found.tzinfo else found.replace(tzinfo=UTC)).isoformat())


def said(backend: Any, name: str) -> Any:
    """A fact of a backend's own configuration, where it has one; ``None``: it says nothing."""
    configuration = getattr(backend, "configuration", None)
    return getattr(configuration(), name, None) if callable(configuration) else None
