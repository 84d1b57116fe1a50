"""Wide circuits whose qubits do not all meet: each part is simulated by itself, whatever suits it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..devices.cache import IdentityCache
from ..devices.device import ActiveDevice
from ..errors import IBMInputValueError
from ..sweeps import Shots, Sweep, Terms, num_bytes
from .base import Estimate, Simulator, Tools
from .candidates import QUICK_SECONDS, Candidate, sorted_out
from .cut import Part, cut
from .density import DensitySimulator
from .lonely import MANY, Lonely, drawing, drawn
from .memory import fits

NAME = "separate_parts"
_TOGETHER = 5
"""Lonely qubits in a part: a state of so few costs no more than that of one."""
_SMALL = 5
"""Qubits up to which the first exact method that can is as good as any: asking the others would cost more."""
_EACH = 3e-4
"""Seconds a part takes whatever it is."""
_MOST_BYTES = 1 << 32
"""Of one part where there is a choice: a number of its own, so that the choice does not depend on the machine."""
_HOPELESS = 1 << 36
"""Bytes beyond which the last methods are asked."""
_PER_SHOT = 64
"""Bytes that a shot takes while it is drawn, those of one row and ending at a time."""
_DENSITY = DensitySimulator()


class _CannotError(IBMInputValueError):
    """A part cannot be run by any method."""


class Piece(NamedTuple):
    """A part and what runs it."""

    part: Part
    simulator: Simulator
    estimate: Estimate


class SeparateSimulator:
    """Parts that nothing joins, side by side: bits next to each other, values of Pauli terms multiplied.

    Exact values are wanted of sweeps without shots. What measures nothing is not sampled, what no term looks at not evolved.

    Args:
        simulators: those that parts may be run by.
        last: those that are asked where none of them can, or only with more memory than there is anywhere.
        circuits: whether some of them read circuits, and not only tapes.
    """

    name = NAME

    def __init__(
        self, simulators: Mapping[str, Simulator], last: Mapping[str, Simulator] | None = None, *, circuits: bool = False
    ) -> None:
        self._simulators, self._last, self._circuits = simulators, last or {}, circuits
        self._found: IdentityCache[tuple[Piece, ...]] = IdentityCache(4)

    def refuses(self, sweep: Sweep, device: ActiveDevice) -> str | None:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        if device.backend is not None:
            return "the circuit has to go through the backend's own run()"
        try:
            self._pieces(sweep, device)
        except _CannotError as problem:
            return str(problem)
        return None

    def estimate(self, sweep: Sweep, device: ActiveDevice) -> Estimate:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        pieces = self._pieces(sweep, device)
        seconds = sum(piece.estimate.seconds + _EACH for piece in pieces)
        size = max((piece.estimate.bytes + _shot_bytes(piece.part, sweep) for piece in pieces), default=1)
        notes = dict.fromkeys(piece.estimate.note for piece in pieces if piece.estimate.note)
        return Estimate(size, seconds, "; ".join(notes), _facts(pieces))

    def largest(self, sweep: Sweep, device: ActiveDevice) -> Piece:
        """The piece that takes the most memory."""
        return max(self._pieces(sweep, device), key=lambda piece: piece.estimate.bytes)

    def sample(self, sweep: Sweep, device: ActiveDevice, tools: Tools) -> Shots:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        out = Shots.empty(sweep.shape, sweep.num_clbits)
        at_once = []
        pieces = self._pieces(sweep, device, exact=False)
        for number, (part, simulator, _) in enumerate(pieces):
            tools.cancel.check()
            if _is_quick(part, sweep, simulator):
                at_once.append(Lonely(part.of(sweep), part.device, part.clbits[0]))
                continue
            found = simulator.sample(part.of(sweep), part.device, tools.child(number))
            _merge(found, part.places, part.clbits, out)
        if at_once:
            bits = tuple([lonely.clbit for lonely in at_once])
            _merge(drawn(at_once, tools.child(len(pieces))), range(len(bits)), bits, out)
        return out

    def expect(self, sweep: Sweep, device: ActiveDevice, terms: Terms, tools: Tools) -> NDArray[np.float64]:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        out = np.ones((len(sweep.values), len(terms)))
        for number, (part, simulator, _) in enumerate(self._pieces(sweep, device, exact=True)):
            tools.cancel.check()
            letters = terms.letters[:, list(part.qubits)]
            own = np.flatnonzero(letters.any(axis=1))
            if len(own):
                distinct, which = np.unique(letters[own], axis=0, return_inverse=True)
                found = simulator.expect(part.of(sweep), part.device, Terms(distinct), tools.child(number))
                out[:, own] *= found[:, which.reshape(-1)]
        return out

    def _pieces(self, sweep: Sweep, device: ActiveDevice, *, exact: bool | None = None) -> tuple[Piece, ...]:
        """What is to be run, and by what.

        Raises:
            _CannotError: no method can run one of the parts.
        """
        if exact is None:
            exact = sweep.shots == 0
        flips = None if sweep.flips is None else sweep.flips.shape[2]
        key = (sweep.tape.key, tuple([tape.key for tape in sweep.ending_tapes]), sweep.shots, flips, exact, device)
        return self._found.get(sweep.values, key, partial(self._find, sweep, device, exact=exact))

    def _find(self, sweep: Sweep, device: ActiveDevice, *, exact: bool) -> tuple[Piece, ...]:
        together = _TOGETHER if exact or len(sweep.values) <= MANY else 1
        parts = cut(sweep, device, together, circuits=self._circuits)
        return tuple([self._piece(part, sweep, exact=exact) for part in parts if exact or part.clbits])

    def _piece(self, part: Part, sweep: Sweep, *, exact: bool) -> Piece:
        own = part.of(sweep)
        if _is_quick(part, sweep, _DENSITY) and _DENSITY.name in self._simulators and not _DENSITY.refuses(own, part.device):
            return Piece(part, _DENSITY, drawing(own))
        best = _best(self._simulators, self._last, own, part.device, exact=exact)
        return Piece(part, best.simulator, best.estimate)


def _best(
    simulators: Mapping[str, Simulator], last: Mapping[str, Simulator], own: Sweep, device: ActiveDevice, *, exact: bool
) -> Candidate:
    """By the rules for whole circuits; the smallest where nothing is small."""
    quick = math.inf if device.num_qubits <= _SMALL else QUICK_SECONDS
    reasons, found = sorted_out(simulators, (own,), own, device, _MOST_BYTES, exact=exact, quick=quick)
    if last and all(candidate.estimate.bytes > _HOPELESS for candidate in found):
        more, others = sorted_out(last, (own,), own, device, _MOST_BYTES, exact=exact)
        reasons, found = {**reasons, **more}, [*found, *others]
    if not found:
        why = "; ".join(f"{name}: {reason}" for name, reason in reasons.items())
        raise _CannotError(f"its part on the qubits {list(device.qubits)} cannot be run ({why})")
    small = [candidate for candidate in found if fits(candidate.estimate.bytes, _MOST_BYTES)]
    return min(small, key=lambda candidate: candidate.rank) if small else min(found, key=lambda each: each.estimate.bytes)


def _is_quick(part: Part, sweep: Sweep, simulator: Simulator) -> bool:
    """Whether it is drawn together with others."""
    return part.lonely and len(part.qubits) == 1 and len(sweep.values) > MANY and simulator.name == _DENSITY.name


def _shot_bytes(part: Part, sweep: Sweep) -> int:
    rows, endings, randomizations, shots = sweep.shape
    return randomizations * shots * (_PER_SHOT + rows * endings * num_bytes(len(part.clbits)))


def _facts(pieces: Sequence[Piece]) -> dict[str, Any]:
    """Of the parts as they are, whichever are put together."""
    sizes = [(len(part.qubits), 1) if part.lonely else (1, len(part.qubits)) for part, _, _ in pieces]
    return {
        "parts": sum(count for count, _ in sizes),
        "largest_part": max((size for _, size in sizes), default=0),
        "methods": sorted({piece.simulator.name for piece in pieces}),
    }


def _merge(found: Shots, places: Sequence[int], clbits: Sequence[int], out: Shots) -> None:
    """Write some bits of a part to where the whole has them."""
    own = found.packed.reshape(*out.packed.shape[:-1], -1)
    for here, there in zip(places, clbits, strict=True):
        bit = (own[..., -1 - here // 8] >> np.uint8(here % 8)) & np.uint8(1)
        out.packed[..., -1 - there // 8] |= bit << np.uint8(there % 8)
