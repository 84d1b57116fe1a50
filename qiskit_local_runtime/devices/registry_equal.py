"""Whether a backend is still what its name or its options would make again."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from functools import cache
from typing import Any

from qiskit.providers import BackendV2

from .cache import IdentityCache
from .fakes import fake_name, make_fake
from .target_source import target_key

_CONFIGURED = ("n_qubits", "basis_gates", "coupling_map")
"""Arguments of ``AerSimulator`` that it keeps in its configuration, not in its options."""
_SAID_ELSEWHERE = ("backend_name", "description")
_VERDICTS: IdentityCache[bool] = IdentityCache(1)
"""By backend and the state of its target: whether it is as it was made."""


def aer_options(backend: Any) -> dict[str, Any] | None:
    """The arguments from which an equal ``AerSimulator`` is made, JSON; ``None``: it cannot be made from such.

    A noise model, a target, and what ``from_backend`` brings along cannot be said in JSON.
    """
    kind = type(backend)
    if kind.__name__ != "AerSimulator" or not kind.__module__.startswith("qiskit_aer."):
        return None
    # should a later Aer keep its target under another name, nothing is described rather than something wrong
    if getattr(backend, "_target", backend) is not None:
        return None
    found = _changed_options(backend)
    if not all(map(_plain, found.values())):
        return None
    bare = _configuration(kind(**found))
    now = _configuration(backend)
    found |= {name: _listed(now.get(name)) for name in _CONFIGURED if now.get(name) != bare.get(name)}
    if not all(map(_plain, found.values())):
        return None
    again = _made(kind, found)
    if again is None:
        return None
    # a coupling map set after the simulator was made changes its configuration only
    couples = "coupling_map" not in found or _edges(backend) == _edges(again)
    return found if couples and _configuration(again) == now else None


def _made(kind: type[Any], arguments: dict[str, Any]) -> Any:
    """A simulator; ``None`` where its arguments contradict each other, as those may that were set one after the other."""
    from qiskit_aer import AerError

    try:
        return kind(**arguments)
    except AerError:
        return None


def _edges(backend: BackendV2) -> list[tuple[int, int]] | None:
    found = backend.coupling_map
    return None if found is None else list(found.get_edges())


def fingerprint(backend: BackendV2) -> str:
    """Of a target's instructions, errors, durations, T1 and T2."""
    facts = (tuple(backend.target.operation_names), target_key(backend)[1:])
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def unchanged(backend: BackendV2, expected: Callable[[], str]) -> bool:
    """Whether a backend still has the fingerprint it was made with; looked at again only after its target changed."""
    key = (tuple(backend.target.operation_names), target_key(backend))
    return _VERDICTS.get(backend, key, lambda: fingerprint(backend) == expected())


def unchanged_fake(backend: BackendV2) -> str | None:
    """The name from which an equal fake device is made; ``None``: it is none, or was changed since it was made."""
    name = fake_name(backend)
    if name is None:
        return None
    return name if unchanged(backend, lambda: _installed(name)) else None


@cache
def _installed(name: str) -> str:
    return fingerprint(make_fake(name))


def _changed_options(backend: Any) -> dict[str, Any]:
    defaults = _default_options()
    return {name: value for name, value in dict(backend.options.items()).items() if value != defaults.get(name)}


@cache
def _default_options() -> dict[str, Any]:
    from qiskit_aer import AerSimulator

    return dict(AerSimulator._default_options().items())


def _configuration(backend: Any) -> dict[str, Any]:
    """Its configuration, but for names, and with gates each once and in order: Aer adds its own to those it is given."""
    facts = {name: value for name, value in backend.configuration().to_dict().items() if name not in _SAID_ELSEWHERE}
    return facts | {
        "basis_gates": sorted(set(facts.get("basis_gates") or ())),
        "coupling_map": _listed(facts.get("coupling_map")),
    }


def _listed(value: Any) -> Any:
    """Tuples as lists, which is what JSON makes of them."""
    return [_listed(each) for each in value] if isinstance(value, (list, tuple)) else value


def _plain(value: Any) -> bool:
    """Whether JSON gives it back as it is."""
    if isinstance(value, list):
        return all(map(_plain, value))
    return type(value) in (str, int, bool) or (type(value) is float and math.isfinite(value))
