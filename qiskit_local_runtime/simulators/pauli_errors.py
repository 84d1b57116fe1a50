"""All the Pauli errors of a circuit, drawn at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..devices.channel import Channel
from .clifford import FROM_LETTER


@dataclass(frozen=True, eq=False)
class Errors:
    """The errors that one place of a circuit suffers."""

    shots: NDArray[np.int64]
    bits: NDArray[np.uint8]
    """Pauli index of each (bits ``x_0, z_0, x_1, …``)."""


def draw_errors(channels: list[Channel], shots: int, rng: np.random.Generator) -> list[Errors]:
    """Errors for every place of a list.

    Places that share a channel are one long sequence of trials, walked in geometric steps: the work is proportional to the
    number of errors, not of trials.

    Args:
        channels: the channel of each place (its Pauli probabilities are used).
        shots: trials a place.
        rng: where the randomness comes from.
    """
    places: dict[int, list[int]] = {}
    for index, channel in enumerate(channels):
        places.setdefault(id(channel), []).append(index)
    out: list[Errors] = [_NONE] * len(channels)
    for indices in places.values():
        channel = channels[indices[0]]
        trials = events(1 - channel.pauli_probabilities[0], len(indices) * shots, rng)
        kinds = kinds_of(channel, len(trials), rng)
        edges = np.searchsorted(trials, np.arange(len(indices) + 1) * shots)
        for place, index in enumerate(indices):
            part = slice(edges[place], edges[place + 1])
            out[index] = Errors(trials[part] - place * shots, kinds[part])
    return out


_NONE = Errors(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint8))


def events(probability: float, trials: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Ascending numbers of the trials in which something happens."""
    if probability <= 1e-15:
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


def kinds_of(channel: Channel, count: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The Pauli indices of so many errors."""
    cumulative = np.cumsum(channel.pauli_probabilities[1:])
    if not count:
        return np.zeros(0, dtype=np.uint8)
    picks = np.searchsorted(cumulative, rng.random(count) * cumulative[-1], side="right")
    letters = np.minimum(picks, len(cumulative) - 1) + 1
    bits = np.zeros(count, dtype=np.uint8)
    for place in range(channel.num_qubits):
        bits |= FROM_LETTER[(letters >> 2 * place) & 3] << (2 * place)
    return bits
