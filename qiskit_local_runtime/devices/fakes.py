"""The fake devices of IBM's client, where it is installed, by name and made one at a time."""

from __future__ import annotations

import importlib
import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import Any

from qiskit.providers import BackendV2

_PACKAGE = "qiskit_ibm_runtime"
_PROVIDER = f"{_PACKAGE}.fake_provider"


@cache
def fake_names() -> dict[str, int]:
    """Names of fake devices and their numbers of qubits, read from their files; empty without IBM's client."""
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        return {}
    folder = Path(found.origin).parent / "fake_provider" / "backends"
    out = {}
    for file in sorted(folder.glob("*/conf_*.json")):
        with open(file) as text:
            facts = json.load(text)
        out[f"fake_{file.parent.name}"] = int(facts["n_qubits"])
    return out


def make_fake(name: str) -> BackendV2:
    """A fake device by name."""
    made: BackendV2 = _classes()[name]()
    return made


def fake_name(backend: BackendV2) -> str | None:
    """The name from which an equal fake device is made; ``None`` for anything else."""
    kind = type(backend)
    if not kind.__module__.startswith(f"{_PROVIDER}."):
        return None
    name = getattr(kind, "backend_name", None)
    return name if isinstance(name, str) and name in fake_names() and _classes().get(name) is kind else None


@cache
def _classes() -> dict[str, Any]:
    """The classes by the names of their devices; importing them takes seconds the first time."""
    provider = importlib.import_module(_PROVIDER)
    found = (getattr(provider, name) for name in dir(provider) if name.startswith("Fake"))
    return {kind.backend_name: kind for kind in found if hasattr(kind, "backend_name")}
