"""Local backends by name, and descriptions from which another process makes an equal one."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from typing import Any

from qiskit.providers import BackendV2

from ..errors import IBMInputValueError, IBMRuntimeError
from .fakes import fake_behind, fake_names
from .noisy_backend import NoisyBackend
from .registry_equal import aer_options, fingerprint, unchanged, unchanged_fake
from .registry_filters import BackendFacts, matches, summary
from .registry_noisy import preset_from, preset_to
from .registry_own import AER_METHODS, aer_name, generic_size, is_own, make_own, own_names

__all__ = [
    "BackendFacts",
    "Spec",
    "add",
    "backend_named",
    "backend_of",
    "backend_of_queue",
    "matches",
    "names",
    "num_qubits",
    "queue_name",
    "queue_of",
    "spec_of",
    "summary",
]

Spec = dict[str, Any]
"""``{"kind": "named", "name": …}``, ``{"kind": "aer", "options": {…}}`` or ``{"kind": "noisy", "inner": {…}, "presets": […],
"seed": …}``; JSON."""

_lock = threading.RLock()
_making: dict[str, threading.Lock] = {}
"""One lock for each name: making a large device takes seconds, and nobody else should wait for it."""
_made: dict[str, BackendV2] = {}
_added: dict[str, BackendV2] = {}
_described: dict[str, BackendV2] = {}
"""Simulators made from options and backends with presets, by their descriptions."""
_prints: dict[str, str] = {}
"""Fingerprints of the generic devices, as they were made."""
_by_queue: dict[str, Spec] = {}


def names() -> list[str]:
    """Names of the backends there are, the user's own first."""
    with _lock:
        return [*_added, *own_names()]


def num_qubits(name: str) -> int | None:
    """A backend's number of qubits, without making it where that takes long.

    Raises:
        QiskitBackendNotFoundError: there is none of this name.
    """
    said = fake_names().get(fake_behind(name) or "") or generic_size(name)
    if said is not None:
        return said
    size: int | None = backend_named(name).num_qubits
    return size


def add(backend: BackendV2, name: str | None = None) -> None:
    """Make a backend known by name in this process.

    Raises:
        IBMInputValueError: not a backend, it has no name, or the name is another backend's.
    """
    if not isinstance(backend, BackendV2):
        raise IBMInputValueError(f"expected a BackendV2 object, found {type(backend).__name__}.")
    name = name or backend.name
    if not name:
        raise IBMInputValueError("the backend has no name: pass one, add_backend(backend, name='my_device').")
    with _lock:
        if _added.get(name, backend) is not backend or is_own(name):
            raise IBMInputValueError(f"The name {name!r} is another backend's. Pass a different one as name.")
        _added[name] = backend


def backend_named(name: str) -> BackendV2:
    """A backend by name: the same object each time.

    Raises:
        QiskitBackendNotFoundError: there is none of this name.
    """
    with _lock:
        found = _added.get(name, _made.get(name))
        making = _making.setdefault(name, threading.Lock()) if found is None and _may_be_made(name) else None
    if found is not None:
        return found
    if making is None:
        return make_own(name, names())  # which says that there is none
    with making:
        if name not in _made:
            backend = make_own(name, names())
            with _lock:
                if generic_size(name) is not None:
                    _prints[name] = fingerprint(backend)
                _made[name] = backend
        return _made[name]


def spec_of(backend: BackendV2) -> Spec | None:
    """What another process makes an equal backend from; ``None``: it cannot.

    A backend by name that was changed since (options set, a noise model given, a calibration edited) is not described by its
    name any more. The user's own are: whoever adds a backend says that other processes add an equal one.
    """
    name = _name_of(backend)
    if name is not None:
        return {"kind": "named", "name": name}
    if isinstance(backend, NoisyBackend):
        inner = spec_of(backend.inner)
        presets = [preset_to(preset) for preset in backend.presets]
        return None if inner is None else {"kind": "noisy", "inner": inner, "presets": presets, "seed": backend.seed}
    options = aer_options(backend)
    if options is None:
        return None
    if set(options) <= {"method"} and options.get("method", "") in AER_METHODS:
        return {"kind": "named", "name": aer_name(options.get("method", ""))}
    return {"kind": "aer", "options": options}


def backend_of(spec: Spec) -> BackendV2:
    """A backend from its description; the one known by name, unless it was changed since it was made.

    Raises:
        QiskitBackendNotFoundError: it names a backend this process does not know.
        IBMRuntimeError: it is no description, or one that a later version wrote.
    """
    kind = spec.get("kind")
    if kind == "named":
        found = backend_named(spec["name"])
        return found if spec_of(found) == spec else make_own(spec["name"], names())
    if kind == "noisy" and isinstance(spec.get("inner"), dict) and isinstance(spec.get("presets"), list):
        return _described_by(spec, _noisy)
    if kind != "aer" or not isinstance(spec.get("options"), dict):
        raise IBMRuntimeError(
            f"expected the description of a backend, of kind 'named', 'aer' or 'noisy', found {spec!r}: it was written by a "
            "later version of this package, or is damaged. Read it with the version that wrote it."
        )
    return _described_by(spec, _aer)


def queue_of(spec: Spec) -> str:
    """The name of the queue of a description: equal for equal ones."""
    if spec["kind"] == "named":
        name: str = spec["name"]
    elif spec["kind"] == "noisy":
        kinds = "+".join(preset["preset"] for preset in spec["presets"]) or "noiseless"
        name = f"{queue_of(spec['inner'])}+{kinds}~{_digest([spec['presets'], spec['seed']])}"
    else:
        name = "aer_simulator" + (f"~{_digest(spec['options'])}" if spec["options"] else "")
    with _lock:
        _by_queue[name] = spec
    return name


def queue_name(backend: BackendV2) -> str | None:
    """The name of a backend's queue, the same in all processes that can make it; ``None``: only this process can."""
    spec = spec_of(backend)
    return None if spec is None else queue_of(spec)


def backend_of_queue(queue: str) -> BackendV2:
    """The backend of a queue.

    Raises:
        QiskitBackendNotFoundError: this process does not know how to make it.
    """
    with _lock:
        spec = _by_queue.get(queue)
    return backend_of(spec) if spec is not None else backend_named(queue)


def _described_by(spec: Spec, make: Callable[[Spec], BackendV2]) -> BackendV2:
    """The same object each time, so that what was found out about it is not found out again."""
    key = json.dumps(spec, sort_keys=True)
    found = _described.get(key)
    if found is not None and spec_of(found) == spec:
        return found
    made = make(spec)
    with _lock:
        if _described.get(key) is found:
            _described[key] = made
        return _described[key]


def _aer(spec: Spec) -> BackendV2:
    from qiskit_aer import AerSimulator

    return AerSimulator(**spec["options"])


def _noisy(spec: Spec) -> BackendV2:
    from .with_noise import with_noise

    return with_noise(backend_of(spec["inner"]), *map(preset_from, spec["presets"]), seed=spec["seed"])


def _digest(form: Any) -> str:
    return hashlib.sha256(json.dumps(form, sort_keys=True).encode()).hexdigest()[:12]


def _may_be_made(name: object) -> bool:
    return isinstance(name, str) and is_own(name)


def _name_of(backend: BackendV2) -> str | None:
    """The name that makes an equal one: of a backend the user added, an unchanged generic or an unchanged fake device."""
    with _lock:
        added = next((name for name, known in _added.items() if known is backend), None)
        generic = next((name for name in _prints if _made[name] is backend), None)
    if added is not None:
        return added
    if generic is not None:
        return generic if unchanged(backend, lambda: _prints[generic]) else None
    return unchanged_fake(backend)
