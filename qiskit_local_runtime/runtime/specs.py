"""Descriptions of backends from which other processes make equal ones, worked out anew only for what has changed."""

from __future__ import annotations

import weakref
from typing import Any

from qiskit.providers import BackendV2

from ..devices.registry import Spec, spec_of

State = dict[object, Any]


class Specs:
    """Remembers the description of each plain ``AerSimulator``, which is found by making others and comparing them.

    Other backends' are found more quickly, and depend on more than their own attributes.
    """

    def __init__(self) -> None:
        self._known: weakref.WeakKeyDictionary[BackendV2, tuple[State, Spec]] = weakref.WeakKeyDictionary()

    def of(self, backend: BackendV2) -> Spec | None:
        """See :func:`~qiskit_local_runtime.devices.registry.spec_of`."""
        if type(backend).__name__ != "AerSimulator":
            return spec_of(backend)
        state, known = _state(backend), self._known.get(backend)
        if known is not None and _same(known[0], state):
            return known[1]
        found = spec_of(backend)
        # a state that holds its backend would keep it alive
        if found is not None and _is_plain(found) and not any(value is backend for value in state.values()):
            self._known[backend] = ({name: _copied(value) for name, value in state.items()}, found)
        return found


def _is_plain(spec: Spec) -> bool:
    return spec["kind"] == "aer" or (spec["kind"] == "named" and str(spec["name"]).startswith("aer_simulator"))


def _state(backend: BackendV2) -> State:
    """Attributes and options."""
    state: State = dict(vars(backend))
    del state["_options"]
    state.update((("options", name), value) for name, value in backend.options.items())
    return state


def _copied(value: Any) -> Any:
    """Of lists and dictionaries copies, which stay as they are."""
    return value.copy() if type(value) in (list, dict) else value


def _same(before: State, now: State) -> bool:
    return before.keys() == now.keys() and all(_equal(value, now[name]) for name, value in before.items())


def _equal(one: Any, other: Any) -> bool:
    """Whether nothing was set: other objects count as changes, equal or not, plain values by what they are."""
    if one is other:
        return True
    return type(one) is type(other) and isinstance(one, (list, dict, str, int, float)) and bool(one == other)
