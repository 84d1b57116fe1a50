"""What a list of backends says of each, without making those that were not made yet."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from functools import cache
from typing import Any

from qiskit.providers import BackendV2

from ...devices import registry
from ...devices.fakes import fake_behind, fake_name
from ...devices.registry_filters import is_ideal
from ...devices.registry_own import AER_METHODS, aer_name, generic_size
from .described import behind_presets, target_is_made, version_of, width_of
from .files import configuration_file, physical_qubits, properties_file
from .operations import operations_of, properties_of
from .processor import GENERIC, as_text, processor_of

_CLOPS = (("clops_h", "hardware"), ("clops_v", "virtual"), ("clops", "virtual"))


@dataclass(frozen=True)
class BestPair:
    """The two-qubit gate with the smallest error."""

    error: float
    gate: str
    qubits: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Of one backend."""

    num_qubits: int
    version: str
    processor: dict[str, str]
    simulator: bool = False
    physical_qubits: int | None = None
    """Qubits and couplers together; ``None``: unknown."""
    clops: tuple[str, int] | None = None
    """Which of IBM's measures of speed, and layers per second."""
    best: BestPair | None = None


def facts_of(name: str, backend: BackendV2 | None = None) -> Facts:
    """Facts of a backend.

    Args:
        name: as the registry lists it; only looked at if there is no backend.
        backend: where it is at hand.

    Raises:
        QiskitBackendNotFoundError: the registry has none of this name.
    """
    if backend is not None:
        return _of_object(behind_presets(backend))
    fake, size = fake_behind(name), generic_size(name)
    if fake is not None:
        return _of_file(fake)
    if size is not None:
        return _of_generic(name)
    return _of_simulator(name) if name in map(aer_name, AER_METHODS) else _of_object(registry.backend_named(name))


def warm(names: Iterable[str]) -> None:
    """Reads the files of all these, about 8 ms each, so that no later call has to."""
    for name in names:
        facts_of(name)


@cache
def _of_file(fake: str) -> Facts:
    found = configuration_file(fake)
    return Facts(
        num_qubits=int(found["n_qubits"]),
        version=str(found["backend_version"]),
        processor=as_text(found.get("processor_type")),
        simulator=bool(found["simulator"]),
        physical_qubits=physical_qubits(fake),
        clops=_clops(found),
        best=_best(_measured(properties_file(fake), set(found["basis_gates"]))),
    )


@cache
def _of_generic(name: str) -> Facts:
    """Making one takes seconds from 127 qubits up, so its errors are not told in a list."""
    size = registry.num_qubits(name) or 0
    return Facts(num_qubits=size, version="0.0.0", processor=GENERIC, physical_qubits=size)


@cache
def _of_simulator(name: str) -> Facts:
    """As it was made; what was set on it since is for those who have it at hand."""
    return _of_object(registry.backend_named(name))


def _of_object(backend: BackendV2) -> Facts:
    name = fake_name(backend)
    fake = None if name is None else fake_behind(name)
    if fake is not None and not target_is_made(backend):
        return _of_file(fake)
    ideal = is_ideal(backend)
    width = width_of(backend)
    return Facts(
        num_qubits=width,
        version=version_of(backend),
        processor=processor_of(backend),
        simulator=ideal,
        physical_qubits=width if fake is None else physical_qubits(fake),
        clops=None if fake is None else _of_file(fake).clops,
        best=None if ideal else _best(_told(backend)),
    )


def _clops(found: dict[str, Any]) -> tuple[str, int] | None:
    """Some files have the text ``None`` for a number."""
    return next(((kind, int(found[key])) for key, kind in _CLOPS if isinstance(found.get(key), (int, float))), None)


def _measured(calibration: dict[str, Any], basis: Set[str]) -> Iterator[BestPair]:
    """Some files tell errors of gates that their device does not offer."""
    for gate in calibration["gates"]:
        if len(gate["qubits"]) == 2 and gate["gate"] in basis:
            for each in gate["parameters"]:
                if each["name"] == "gate_error":
                    yield BestPair(float(each["value"]), gate["gate"], tuple(gate["qubits"]))


def _told(backend: BackendV2) -> Iterator[BestPair]:
    target = backend.target
    for name in operations_of(target).gates:
        for qubits, known in (properties_of(target, name) or {}).items():
            if len(qubits) == 2 and known is not None and known.error is not None:
                yield BestPair(float(known.error), name, qubits)


def _best(pairs: Iterable[BestPair]) -> BestPair | None:
    sound = (pair for pair in pairs if math.isfinite(pair.error))
    return min(sound, key=lambda pair: (pair.error, pair.gate, pair.qubits), default=None)
