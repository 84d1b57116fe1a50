"""The kind of processor of a backend, as IBM names kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qiskit.providers import BackendV2

from .described import said, version_of

GENERIC = {"family": "Generic", "revision": "1"}


def processor_of(backend: BackendV2) -> dict[str, str]:
    """Family and revision of its processor; that of what is not taken from one is the package that simulates it."""
    found = said(backend, "processor_type")
    if isinstance(found, Mapping) and found.get("family"):
        return as_text(found)
    package = type(backend).__module__.split(".")[0]
    if package == "qiskit_aer":
        return {"family": "Aer", "revision": version_of(backend)}
    return dict(GENERIC)


def as_text(said_of: Mapping[str, Any] | None) -> dict[str, str]:
    """Family, revision and segment as texts, which typed clients insist on; files have numbers as well."""
    return {key: str(value) for key, value in (said_of or {}).items() if value is not None}
