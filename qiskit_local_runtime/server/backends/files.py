"""What IBM's client has in its files on the devices its fakes were taken from; read without importing it."""

from __future__ import annotations

import importlib.util
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from ...errors import IBMRuntimeError

_PACKAGE = "qiskit_ibm_runtime"
_PHYSICAL = re.compile(r"^\s*_physical_qubits\s*=\s*(\d+)\s*$", re.MULTILINE)


def configuration_file(fake: str) -> dict[str, Any]:
    """The packaged configuration of a fake device (``fake_fez``), a new dictionary each time.

    Raises:
        IBMRuntimeError: there is no such file.
    """
    return _read(fake, "conf")


def properties_file(fake: str) -> dict[str, Any]:
    """The packaged calibration of a fake device, a new dictionary each time.

    Raises:
        IBMRuntimeError: there is no such file.
    """
    return _read(fake, "props")


@cache
def physical_qubits(fake: str) -> int | None:
    """Qubits and couplers together, which only the source of a fake device's class says; ``None``: not said."""
    folder, short = _folder(fake)
    source = folder / f"fake_{short}.py"
    found = _PHYSICAL.search(source.read_text(encoding="utf-8")) if source.is_file() else None
    return int(found[1]) if found else None


def _read(fake: str, kind: str) -> dict[str, Any]:
    folder, short = _folder(fake)
    path = folder / f"{kind}_{short}.json"
    try:
        read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise IBMRuntimeError(
            f"Expected the file {path} of the fake device {fake!r}, found none. Install qiskit-ibm-runtime again."
        ) from error
    return read


def _folder(fake: str) -> tuple[Path, str]:
    short = fake.removeprefix("fake_")
    return _backends() / short, short


@cache
def _backends() -> Path:
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise IBMRuntimeError("Fake devices need IBM's client: pip install 'qiskit-local-runtime[fake]'.")
    return Path(found.origin).parent / "fake_provider" / "backends"
