"""The programs of the wire: the table :data:`PROGRAMS`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from ...errors import RuntimeProgramNotFound
from .program import Asked, Program

_PLACES = {
    "sampler": ("sampler", "SAMPLER"),
    "estimator": ("estimator", "ESTIMATOR"),
    "executor": ("executor", "EXECUTOR"),
    "noise-learner": ("noise_learner", "NOISE_LEARNER"),
}
_OF_ROUTINES = {name: name for name in _PLACES} | {"noise-learner-v3": "noise-learner"}
"""The program of each routine."""


class _Programs(Mapping[str, Program]):
    """Programs by ``program_id``, loaded when first asked for."""

    def __getitem__(self, name: str) -> Program:
        module, program = _PLACES[name]
        found: Program = getattr(import_module(f".{module}", __name__), program)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(_PLACES)

    def __len__(self) -> int:
        return len(_PLACES)


PROGRAMS: Mapping[str, Program] = _Programs()


def program_of(routine: str) -> Program:
    """The program whose jobs run a routine.

    Raises:
        RuntimeProgramNotFound: there is none.
    """
    if routine not in _OF_ROUTINES:
        raise RuntimeProgramNotFound(f"No program runs the routine {routine!r}. Expected one of {', '.join(_OF_ROUTINES)}.")
    return PROGRAMS[_OF_ROUTINES[routine]]


__all__ = ["PROGRAMS", "Asked", "Program", "program_of"]
