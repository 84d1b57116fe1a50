"""Simulators that can run a sweep, and what each would cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..devices.device import ActiveDevice
from ..sweeps import Sweep
from .base import Estimate, Simulator
from .memory import fits

QUICK_SECONDS = 0.02
"""What takes no longer is not worth a search for something faster."""
_NO_EXACT_VALUES = frozenset({"trajectories", "aer_trajectories", "extended_stabilizer"})
_NO_SHOTS = frozenset({"pauli_propagation"})


@dataclass(frozen=True)
class Candidate:
    """A simulator that can run a sweep."""

    simulator: Simulator
    estimate: Estimate

    @property
    def rank(self) -> tuple[bool, float]:
        """The least is the best: exact ones (without a note), then fast ones."""
        return bool(self.estimate.note), self.estimate.seconds


def sorted_out(
    simulators: Mapping[str, Simulator],
    asked: Iterable[Sweep],
    sized: Sweep,
    device: ActiveDevice,
    limit: float | None,
    *,
    exact: bool,
    quick: float = QUICK_SECONDS,
) -> tuple[dict[str, str], list[Candidate]]:
    """Why some cannot, and what the others cost; the search ends with the first that is exact and quick.

    Args:
        simulators: by their names in the table, those that are quickly told first.
        asked: all that they must be able to run.
        sized: what costs are estimated of.
        device: on what it runs.
        limit: bytes; ``None``: what is free.
        exact: exact expectation values are wanted rather than shots.
        quick: seconds that are not worth asking further.
    """
    sweeps = tuple(asked)
    reasons: dict[str, str] = {}
    candidates = []
    for name, simulator in simulators.items():
        refusals = (simulator.refuses(sweep, device) for sweep in sweeps)
        reason = _unfit(name, device, exact=exact) or next((refusal for refusal in refusals if refusal), None)
        if reason is not None:
            reasons.setdefault(simulator.name, reason)
            continue
        estimate = simulator.estimate(sized, device)
        candidates.append(Candidate(simulator, estimate))
        if not estimate.note and estimate.seconds < quick and fits(estimate.bytes, limit):
            break
    return reasons, candidates


def _unfit(name: str, device: ActiveDevice, *, exact: bool) -> str | None:
    if not exact:
        return "it has no shots, only exact expectation values" if name in _NO_SHOTS else None
    return "it has no exact expectation values" if _inexact(name, device) else None


def _inexact(name: str, device: ActiveDevice) -> bool:
    return name in _NO_EXACT_VALUES or (name == "matrix_product_state" and device.noise is not None)
