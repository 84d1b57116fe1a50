"""Which qubits of a sweep ever meet: the state of those that do not is a product, however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..devices.device import ActiveDevice
from ..sweeps import Sweep, Tape

Qubits = tuple[int, ...]
_MIXES = frozenset({"measure", "reset", "initialize"})


class _Groups:
    """Things that are joined step by step.

    Args:
        qubits: the first so many things, those that count.
        others: further things, by which qubits may be joined.
    """

    def __init__(self, qubits: int, others: int) -> None:
        self.count = qubits
        """How many groups of qubits there are, as long as other things join none."""
        self._leader = list(range(qubits + others))
        self._size = [1] * qubits + [0] * others

    def find(self, thing: int) -> int:
        """The leader of a thing's group."""
        leader = self._leader
        while leader[thing] != thing:
            leader[thing] = leader[leader[thing]]
            thing = leader[thing]
        return thing

    def join(self, things: Iterable[int]) -> None:
        """Put things into one group."""
        first, *others = [self.find(thing) for thing in things]
        for other in others:
            other = self.find(other)
            if other != first:
                self._leader[other] = first
                self.count -= bool(self._size[first]) and bool(self._size[other])
                self._size[first] += self._size[other]


def may_separate(sweep: Sweep, device: ActiveDevice) -> bool:
    """Whether gates and classical bits leave a sweep in several parts; told after few gates where they do not."""
    return device.backend is None and _met(sweep, device) is not None


def parts_of(sweep: Sweep, device: ActiveDevice) -> list[Qubits]:
    """Qubits that meet by gates, noise, classical bits or correlated readout, each part's ascending.

    Returns:
        One part where a circuit has classical variables or stores, which do not say what bits they read.
    """
    groups = _met(sweep, device)
    if groups is None:
        return [tuple(range(device.num_qubits))]
    for qubits in _noisy_together(sweep, device):
        groups.join(qubits)
    found: dict[int, list[int]] = {}
    for qubit in range(device.num_qubits):
        found.setdefault(groups.find(qubit), []).append(qubit)
    return [tuple(qubits) for qubits in found.values()]


def lonely(sweep: Sweep, parts: Iterable[Qubits]) -> set[int]:
    """The qubits that are parts by themselves, with gates and measurements at the end only."""
    special = {q for tape in sweep.tapes for step in tape.body if step.name in _MIXES or step.clbits for q in step.qubits}
    return {part[0] for part in parts if len(part) == 1} - special


def packed(parts: Iterable[Qubits], alone: set[int], most: int) -> list[Qubits]:
    """The same with up to ``most`` lonely qubits in a part: a state of so few costs no more than that of one."""
    together = sorted(alone)
    rest = [part for part in parts if part[0] not in alone]
    return [*rest, *(tuple(together[i : i + most]) for i in range(0, len(together), most))]


def _met(sweep: Sweep, device: ActiveDevice) -> _Groups | None:
    """Qubits joined by gates and classical bits; ``None``: they are one part."""
    groups = _Groups(device.num_qubits, sweep.num_clbits)
    for tape in (sweep.tape, *sweep.ending_tapes):
        if groups.count < 2 or _reads_unknown(sweep, tape):
            return None
        for things in _joined_by(tape, device.num_qubits):
            groups.join(things)
            if groups.count < 2:
                return None
    return groups


def _reads_unknown(sweep: Sweep, tape: Tape) -> bool:
    return tape.dynamic and bool(sweep.circuit.num_vars or any(step.name == "store" for step in tape.steps))


def _joined_by(tape: Tape, first_clbit: int) -> Iterator[Iterable[int]]:
    for step in tape.steps:
        if step.clbits:
            yield (*step.qubits, *(first_clbit + bit for bit in step.clbits))
        elif len(step.qubits) > 1:
            yield step.qubits


def _noisy_together(sweep: Sweep, device: ActiveDevice) -> Iterator[Qubits]:
    noise = device.noise
    if noise is None:
        return
    yield from (group.qubits for group in noise.readout.groups if len(group.qubits) > 1)
    for tape in (sweep.tape, *sweep.ending_tapes):
        for step in tape.steps:
            for _, where in (*noise.before(step), *noise.after(step)):
                if len(where) > 1:
                    yield where
