"""The routines jobs run: the table :data:`ROUTINES`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from .base import Routine, RoutineTools

_PLACES = {
    "sampler": ("sampler", "Sampler"),
    "estimator": ("estimator", "Estimator"),
    "executor": ("executor", "ProgramExecutor"),
    "noise-learner": ("learned_results", "LayerErrors"),
    "noise-learner-v3": ("learned_results", "LayerMaps"),
}


class _Routines(Mapping[str, Routine]):
    """Routines by name, loaded when first asked for: with devices and simulators they are most of the package."""

    def __init__(self) -> None:
        self._loaded: dict[str, Routine] = {}

    def __getitem__(self, name: str) -> Routine:
        if name not in self._loaded:
            module, routine = _PLACES[name]
            # one object a name, whichever thread was first: a routine remembers what it has accepted
            self._loaded.setdefault(name, getattr(import_module(f".{module}", __name__), routine)())
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_PLACES)

    def __len__(self) -> int:
        return len(_PLACES)


ROUTINES: Mapping[str, Routine] = _Routines()

__all__ = ["ROUTINES", "Routine", "RoutineTools"]
