"""All the Pauli errors of a circuit, drawn at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..devices.channel import Channel
from .clifford import FROM_LETTER


@dataclass(frozen=True, eq=False)
class Errors:
    """What happens in some batches of shots, in the order of places."""

    edges: NDArray[np.intp]
    """Place ``i`` suffers the events ``edges[i]`` to ``edges[i + 1]``."""
    batches: NDArray[np.int64]
    shots: NDArray[np.int64]
    bits: NDArray[np.uint8]
    """Pauli index of each event (bits ``x_0, z_0, x_1, …``), relative to the most likely Pauli of its place."""


class ErrorPlaces:
    """The places of a circuit where Pauli errors may happen.

    An event happens to a shot at a place with probability ``p``: where at least one point of a Poisson process falls on a
    stretch of length ``-log(1 - p)``. The stretches of all places and shots form one line, so that the work is proportional
    to the number of events, not of places.

    Args:
        channels: the channel of each place (its Pauli probabilities are used).
    """

    def __init__(self, channels: Sequence[Channel]) -> None:
        known: dict[int, int] = {}
        self._kind = np.array([known.setdefault(id(c), len(known)) for c in channels], dtype=np.intp)
        distinct = {known[id(c)]: c for c in channels}
        kinds = [_Kind.of(distinct[number]) for number in range(len(known))]
        self.usual = [kinds[kind].usual for kind in self._kind]
        """The most likely Pauli of each place (index), almost always the identity: what happens where there is no event."""
        self._bits = np.concatenate([kind.bits for kind in kinds]) if kinds else np.zeros(0, dtype=np.uint8)
        self._cumulative = np.concatenate([number + kind.cumulative for number, kind in enumerate(kinds)] or [np.zeros(0)])
        """Of all channels one after the other, each with its number added: one search finds a Pauli of any of them."""
        self._last = np.cumsum([len(kind.bits) for kind in kinds], dtype=np.intp) - 1
        self._lengths = np.array([kind.length for kind in kinds])[self._kind] if kinds else np.zeros(0)
        self._ends = np.cumsum(self._lengths)
        self.rate = float(self._ends[-1]) if len(self._ends) else 0.0
        """Events of a shot, on average (slightly above)."""

    def draw(self, shots: int, rngs: Sequence[np.random.Generator]) -> Errors:
        """Events for batches of so many shots; each batch draws from its own generator."""
        drawn = [self._batch(shots, rng) for rng in rngs]
        place, shot, bits = (np.concatenate([each[i] for each in drawn]) for i in range(3))
        batch = np.repeat(np.arange(len(drawn)), [len(each[0]) for each in drawn])
        if len(drawn) > 1:
            order = np.argsort(place, kind="stable")
            place, shot, bits, batch = place[order], shot[order], bits[order], batch[order]
        edges = np.searchsorted(place, np.arange(len(self._lengths) + 1))
        return Errors(edges, batch, shot, bits.astype(np.uint8))

    def _batch(self, shots: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Place, shot and Pauli of each event, by place and shot."""
        count = int(rng.poisson(self.rate * shots))
        # so many uniform points in ascending order
        steps = np.cumsum(rng.standard_exponential(count + 1))
        at = np.minimum(steps[:-1] / steps[-1] * self.rate, np.nextafter(self.rate, 0.0))
        place = np.searchsorted(self._ends, at, side="right")
        lengths = self._lengths[place]
        inside = (at - (self._ends[place] - lengths)) / lengths
        shot = np.clip((inside * shots).astype(np.int64), 0, shots - 1)
        # several points on one stretch are one event
        new = np.ones(count, dtype=np.bool_)
        new[1:] = (np.diff(place) != 0) | (np.diff(shot) != 0)
        place, shot = place[new], shot[new]
        kind = self._kind[place]
        choice = np.searchsorted(self._cumulative, kind + rng.random(len(kind)), side="right")
        bits = self._bits[np.minimum(choice, self._last[kind])]
        return place.astype(np.int64), shot, bits.astype(np.int64)


@dataclass(frozen=True, eq=False)
class _Kind:
    """A channel as its most likely Pauli, and others with what is left."""

    usual: int
    bits: NDArray[np.uint8]
    """Indices of the others, times the usual one."""
    cumulative: NDArray[np.float64]
    length: float

    @classmethod
    def of(cls, channel: Channel) -> _Kind:
        probabilities = channel.pauli_probabilities
        likely = int(np.argmax(probabilities))
        others = np.flatnonzero((np.arange(len(probabilities)) != likely) & (probabilities > 0))
        total = float(probabilities[others].sum())
        if total <= _LEAST:
            return cls(int(_bits(channel, np.array([likely]))[0]), np.zeros(1, dtype=np.uint8), np.ones(1), 0.0)
        cumulative = np.cumsum(probabilities[others]) / total
        cumulative[-1] = 1.0
        usual = _bits(channel, np.array([likely]))[0]
        return cls(int(usual), _bits(channel, others) ^ usual, cumulative, -float(np.log1p(-total)))


_LEAST = 1e-15


def events(probability: float, trials: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Ascending numbers of the trials in which something happens."""
    if probability <= _LEAST:
        return np.zeros(0, dtype=np.int64)
    found = [np.zeros(0, dtype=np.int64)]
    reached = -1
    while reached < trials:
        expected = (trials - reached) * probability
        gaps = rng.geometric(probability, int(expected + 6 * np.sqrt(expected) + 16))
        steps = reached + np.cumsum(gaps)
        found.append(steps)
        reached = int(steps[-1])
    events = np.concatenate(found)
    return events[: np.searchsorted(events, trials)]


def kinds_of(channel: Channel, uniform: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The Pauli indices of errors, by one uniform number in ``[0, 1)`` each."""
    cumulative = np.cumsum(channel.pauli_probabilities[1:])
    picks = np.searchsorted(cumulative, uniform * cumulative[-1], side="right")
    return _bits(channel, np.minimum(picks, len(cumulative) - 1) + 1)


def _bits(channel: Channel, letters: NDArray[np.intp]) -> NDArray[np.uint8]:
    """Pauli indices with bits ``x_0, z_0, …`` of indices by letters."""
    bits = np.zeros(len(letters), dtype=np.uint8)
    for place in range(channel.num_qubits):
        bits |= FROM_LETTER[(letters >> 2 * place) & 3] << (2 * place)
    return bits
