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
_QPU = "ibm_"
"""What the names of IBM's QPUs begin with."""


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


def fake_behind(name: object) -> str | None:
    """The fake device that stands for a name: its own, or that of the QPU it was taken from (``ibm_fez``)."""
    if not isinstance(name, str):
        return None
    fake = f"fake_{name.removeprefix(_QPU)}" if name.startswith(_QPU) else name
    return fake if fake in fake_names() else None


def make_fake(name: str) -> BackendV2:
    """A fake device by name; one that stands for a QPU has the QPU's name."""
    fake = fake_behind(name)
    made: BackendV2 = _classes()[fake or name]()
    if name != fake:
        made.name = name
    return made


def fake_name(backend: BackendV2) -> str | None:
    """The name from which an equal fake device is made; ``None`` for anything else."""
    kind = type(backend)
    if not kind.__module__.startswith(f"{_PROVIDER}."):
        return None
    name = getattr(kind, "backend_name", None)
    if not isinstance(name, str) or name not in fake_names() or _classes().get(name) is not kind:
        return None
    return backend.name if fake_behind(backend.name) == name else name


@cache
def _classes() -> dict[str, Any]:
    """The classes by the names of their devices; importing them takes seconds the first time."""
    provider = importlib.import_module(_PROVIDER)
    found = (getattr(provider, name) for name in dir(provider) if name.startswith("Fake"))
    return {kind.backend_name: kind for kind in found if hasattr(kind, "backend_name")}
