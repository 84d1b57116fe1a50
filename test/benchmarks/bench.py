"""How workloads are run: against whom, how often, and how large."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec

from .measure import Timing, in_turn
from .row import Rival, Row

FAMILIES: dict[str, str] = {"aer": "qiskit_aer", "qiskit": "qiskit", "ibm": "qiskit_ibm_runtime"}
"""Whom ours is compared with, and the package that must be there: Aer's primitives and simulators, Qiskit's reference
primitives, the local testing mode of IBM's client."""
OWN = "own"
"""The family of what is always run: ours in another way."""


class Skipped(Exception):  # noqa: N818 - not an error
    """The workload cannot be run here; says why."""


@dataclass(frozen=True)
class Peer:
    """The same work, done by someone else."""

    name: str
    family: str
    work: Callable[[], object]
    units: float = 1
    """How many units one call does; slow peers may do fewer than ours."""


@dataclass(frozen=True)
class Bench:
    """How workloads are run.

    Args:
        families: the families of peers to run, see :data:`FAMILIES`.
        quick: small sizes, each called once: shows that everything runs, not how quick it is.
        patience: seconds a call may take to be made more than once.
    """

    families: Collection[str] = tuple(FAMILIES)
    quick: bool = False
    patience: float = 30.0

    def size(self, full: int, quick: int) -> int:
        """One of the two sizes."""
        return quick if self.quick else full

    def only(self, *families: str) -> Bench:
        """The same with no other families than these."""
        return replace(self, families=tuple(family for family in self.families if family in families))

    def race(
        self,
        label: str,
        work: Callable[[], object],
        peers: Sequence[Peer],
        *,
        goal: float | None = None,
        limit: float | None = None,
        unit: str = "run",
        units: float = 1,
        repeats: int = 3,
    ) -> Row:
        """Time our work and the peers' in turn; ``units`` is how many units one call of ours does."""
        peers = self._wanted(peers)
        calls = [work, *(peer.work for peer in peers)]
        times = in_turn(calls, *((1, 0.0) if self.quick else (repeats, self.patience)))
        rivals = _rivals(peers, times[1:])
        return Row(label=label, ours=times[0] / units, rivals=rivals, goal=goal, limit=limit, unit=unit)

    def told(self, label: str, work: Callable[[], float], peers: Sequence[Peer], *, limit: float, repeats: int = 3) -> Row:
        """The same for calls that return the seconds they took, without a warm-up; each takes ``limit`` seconds at most."""
        peers = self._wanted(peers)
        times = [
            Timing(tuple(call() for _ in range(1 if self.quick else repeats)))  # type: ignore[misc]
            for call in [work, *(peer.work for peer in peers)]
        ]
        return Row(label=label, ours=times[0], rivals=_rivals(peers, times[1:]), limit=limit)

    def _wanted(self, peers: Sequence[Peer]) -> list[Peer]:
        return [peer for peer in peers if peer.family in (OWN, *self.families)]


def _rivals(peers: Sequence[Peer], times: Sequence[Timing]) -> tuple[Rival, ...]:
    return tuple(Rival(peer.name, peer.family, timing / peer.units) for peer, timing in zip(peers, times, strict=True))


def installed() -> tuple[str, ...]:
    """The families whose packages are here."""
    return tuple(family for family, package in FAMILIES.items() if find_spec(package) is not None)


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
