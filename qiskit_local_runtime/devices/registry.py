"""Local backends by name, and descriptions from which another process makes an equal one."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import threading
from collections.abc import Callable, Mapping
from typing import Any

from qiskit.providers import BackendV2
from qiskit.providers.exceptions import QiskitBackendNotFoundError

from ..errors import IBMInputValueError
from .fakes import fake_name, fake_names, make_fake

AER_METHODS = ("", "statevector", "density_matrix", "stabilizer", "matrix_product_state")
GENERIC_SIZES = (5, 20, 127)
"""Generic devices that are listed; any other size may be asked for by name."""
_GENERIC = re.compile(r"generic_(\d+)q")
_MOST_QUBITS = 1000

Spec = dict[str, Any]
"""``{"kind": "named", "name": …}`` or ``{"kind": "aer", "options": {…}}``; JSON."""

_lock = threading.RLock()
_made: dict[str, BackendV2] = {}
_added: dict[str, BackendV2] = {}
_by_queue: dict[str, Spec] = {}


def names() -> list[str]:
    """Names of the backends there are."""
    own = [_aer_name(method) for method in AER_METHODS] + [f"generic_{size}q" for size in GENERIC_SIZES]
    return [*_added, *own, *fake_names()]


def num_qubits(name: str) -> int | None:
    """A backend's number of qubits, without making it where that takes long."""
    return fake_names()[name] if name in fake_names() else backend_named(name).num_qubits


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
        if _added.get(name, backend) is not backend or _is_ours(name):
            raise IBMInputValueError(f"The name {name!r} is another backend's. Pass a different one as name.")
        _added[name] = backend


def backend_named(name: str) -> BackendV2:
    """A backend by name: the same object each time.

    Raises:
        QiskitBackendNotFoundError: there is none of this name.
    """
    with _lock:
        if name in _added:
            return _added[name]
        if name not in _made:
            _made[name] = _make(name)
        return _made[name]


def spec_of(backend: BackendV2) -> Spec | None:
    """What another process makes an equal backend from; ``None``: it cannot."""
    with _lock:
        for name, known in (*_added.items(), *_made.items()):
            if known is backend:
                return {"kind": "named", "name": name}
    fake = fake_name(backend)
    if fake is not None:
        return {"kind": "named", "name": fake}
    return _aer_spec(backend)


def backend_of(spec: Spec) -> BackendV2:
    """A backend from its description.

    Raises:
        QiskitBackendNotFoundError: it names a backend this process does not know.
    """
    if spec["kind"] == "named":
        return backend_named(spec["name"])
    key = queue_of(spec)
    with _lock:
        if key not in _made:
            from qiskit_aer import AerSimulator

            _made[key] = AerSimulator(**spec["options"])
        return _made[key]


def queue_of(spec: Spec) -> str:
    """The name of the queue of a description: equal for equal ones."""
    if spec["kind"] == "named":
        name: str = spec["name"]
    else:
        options = json.dumps(spec["options"], sort_keys=True)
        name = "aer_simulator" + (f"~{hashlib.sha256(options.encode()).hexdigest()[:12]}" if spec["options"] else "")
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


def matches(
    backend: BackendV2,
    *,
    min_num_qubits: int | None = None,
    dynamic_circuits: bool | None = None,
    filters: Callable[[Any], bool] | None = None,
    use_fractional_gates: bool | None = False,
    **attributes: Any,
) -> bool:
    """Whether a backend meets all conditions (see ``QiskitRuntimeService.backends``)."""
    size = backend.num_qubits
    if min_num_qubits is not None and size is not None and size < min_num_qubits:
        return False
    if dynamic_circuits is not None and _dynamic(backend) != dynamic_circuits:
        return False
    if use_fractional_gates and not {"rx", "rzz"} <= set(backend.operation_names):
        return False
    if any(_attribute(backend, name) != value for name, value in attributes.items()):
        return False
    return filters is None or bool(filters(backend))


def _is_ours(name: str) -> bool:
    return name in {_aer_name(method) for method in AER_METHODS} or name in fake_names() or bool(_GENERIC.fullmatch(name))


def _aer_name(method: str) -> str:
    return f"aer_simulator_{method}" if method else "aer_simulator"


def _make(name: str) -> BackendV2:
    for method in AER_METHODS:
        if name == _aer_name(method):
            from qiskit_aer import AerSimulator

            return AerSimulator(method=method) if method else AerSimulator()
    generic = _GENERIC.fullmatch(name)
    if generic and 1 <= int(generic[1]) <= _MOST_QUBITS:
        from qiskit.providers.fake_provider import GenericBackendV2

        made = GenericBackendV2(int(generic[1]), seed=0, control_flow=True)
        made.name = name
        return made
    if name in fake_names():
        return make_fake(name)
    close = difflib.get_close_matches(str(name), names(), n=3)
    hint = f" Did you mean {' or '.join(map(repr, close))}?" if close else " service.backends() lists those there are."
    if str(name).startswith("fake_") and not fake_names():
        hint = " Fake devices need IBM's client: pip install 'qiskit-local-runtime[fake]'."
    raise QiskitBackendNotFoundError(f"No local backend is named {name!r}.{hint}")


def _aer_spec(backend: BackendV2) -> Spec | None:
    """Of an ``AerSimulator`` set up with plain values only."""
    kind = type(backend)
    if kind.__name__ != "AerSimulator" or not kind.__module__.startswith("qiskit_aer."):
        return None
    changed = _changed_options(backend)
    plain = all(isinstance(value, (str, int, float, bool)) for value in changed.values())
    # one made from a device, or with a coupling map or basis of its own, has more to it than its options
    fresh = kind(method=changed["method"]) if "method" in changed else kind()
    same = backend.target.operation_names == fresh.target.operation_names and backend.coupling_map == fresh.coupling_map
    return {"kind": "aer", "options": changed} if plain and same and backend.name == fresh.name else None


def _changed_options(backend: BackendV2) -> dict[str, Any]:
    defaults: Mapping[str, Any] = dict(type(backend)._default_options().items())
    return {name: value for name, value in dict(backend.options.items()).items() if value != defaults.get(name)}


def _dynamic(backend: BackendV2) -> bool:
    return "if_else" in backend.operation_names


def _attribute(backend: BackendV2, name: str) -> Any:
    """An attribute of a backend, its configuration or its status."""
    if name in _FACTS:
        return _FACTS[name](backend)
    for holder in (backend, _called(backend, "configuration"), _called(backend, "status")):
        if holder is not None and hasattr(holder, name):
            value = getattr(holder, name)
            return value() if callable(value) and holder is backend else value
    return None


def _called(backend: BackendV2, name: str) -> Any:
    method = getattr(backend, name, None)
    return method() if callable(method) else None


_FACTS: dict[str, Callable[[BackendV2], Any]] = {
    "operational": lambda backend: True,
    "simulator": lambda backend: type(backend).__module__.startswith("qiskit_aer."),
    "local": lambda backend: True,
    "n_qubits": lambda backend: backend.num_qubits,
    "backend_name": lambda backend: backend.name,
}
"""What IBM's filters ask for most, and local backends do not say."""
