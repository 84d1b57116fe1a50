"""Noise as rare events: what is left to chance at a place, and what happens otherwise.

A channel whose first Kraus operator ``K`` has ``K†K ≥ b`` is ``K`` with probability ``b`` whatever the state, and else
something that depends on it. Pauli channels, whose errors never depend on the state, are the simplest case. Most shots of a
circuit meet few events, and what happens between them is fixed operators that can be multiplied beforehand.

Source: the bound is that of waiting-time sampling of quantum jumps, e.g. Plenio, Knight, Rev. Mod. Phys. 70, 101 (1998).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..devices.channel import Channel
from .gate_matrices import Matrices
from .pauli_errors import events, kinds_of
from .state_ops import State, apply_gate, reduced

_LEAST = 1e-15
_ROUNDING = 1e-14
_FEW = 1 << 10
"""Trials of a row for each of which a number is drawn."""
_ROWS = 256
"""Drawn at a time, where there are few trials."""


@dataclass(frozen=True, eq=False)
class Jumps:
    """One channel."""

    probability: float
    """Of an event."""
    otherwise: Matrices
    """``(2^k, 2^k)``: what acts where there is none; its largest singular value is 1."""
    channel: Channel

    def strike(self, states: State, qubits: tuple[int, ...], happened: list[tuple[int, float]]) -> State:
        """Let events happen to some states; the others suffer :attr:`otherwise`.

        Args:
            states: ``(rows, 2^n)``, perhaps changed in place.
            qubits: what the channel acts on.
            happened: the rows, and for each the Pauli index of the error (bits ``x + 2 z`` a qubit), or for channels that
                are no Pauli channels a uniform number that decides between the Kraus operators.
        """
        if self.channel.is_pauli:
            _apply_paulis(states, qubits, happened)
            return states
        rows = np.array([row for row, _ in happened], dtype=np.intp)
        struck = self._picked(states[rows], qubits, np.array([number for _, number in happened]))
        if len(rows) < len(states):
            states = apply_gate(states, self.otherwise[None], qubits)
            states[rows] = struck
            return states
        states[rows] = struck
        return states

    def _picked(self, states: State, qubits: tuple[int, ...], numbers: NDArray[np.float64]) -> State:
        """One Kraus operator a state, normalised; the share of the first that is no event is left out."""
        density = reduced(states, qubits)
        total = np.trace(density, axis1=1, axis2=2).real
        kraus = self.channel.kraus
        weights = np.stack([np.einsum("ij,sji->s", k.conj().T @ k, density).real / total for k in kraus], axis=1)
        weights[:, 0] -= 1 - self.probability
        cumulative = np.cumsum(np.clip(weights, 0, None), axis=1)
        picks = np.minimum((numbers[:, None] * cumulative[:, -1:] >= cumulative).sum(axis=1), len(kraus) - 1)
        out = np.empty_like(states)
        for pick in np.unique(picks):
            own = picks == pick
            out[own] = apply_gate(states[own], kraus[pick][None], qubits)
        out /= np.sqrt((out.real**2 + out.imag**2).sum(axis=1))[:, None]
        return out


@lru_cache(maxsize=4096)
def jumps_of(channel: Channel) -> Jumps | None:
    """A channel as events; ``None`` where it does nothing."""
    if channel.is_pauli:
        probability = 1 - float(channel.pauli_probabilities[0])
        return Jumps(probability, np.eye(2**channel.num_qubits, dtype=complex), channel) if probability > _LEAST else None
    first = channel.kraus[0]
    squares = np.linalg.eigvalsh(first.conj().T @ first)
    otherwise = first / np.sqrt(squares[-1])
    return Jumps(float(np.clip(1 - squares[0], 0, 1)), np.where(np.abs(otherwise) < _ROUNDING, 0, otherwise), channel)


@dataclass(frozen=True, eq=False)
class Drawn:
    """Events of some shots, in no order."""

    places: NDArray[np.intp]
    shots: NDArray[np.int64]
    numbers: NDArray[np.float64]
    """See :meth:`Jumps.strike`."""


def draw_rows(shared: list[tuple[Jumps, NDArray[np.intp]]], shots: int, rngs: Sequence[np.random.Generator]) -> Drawn:
    """All events of all places in several rows, each from its own generator.

    Args:
        shared: each channel with its places.
        shots: trials a place and row; they are numbered on from row to row.
        rngs: where the randomness of each row comes from.
    """
    if shots * sum(len(places) for _, places in shared) <= _FEW:
        return _draw_trials(shared, shots, rngs)
    found = [_draw_gaps(shared, shots, rng) for rng in rngs]
    return Drawn(
        np.concatenate([one.places for one in found]),
        np.concatenate([one.shots + row * shots for row, one in enumerate(found)]),
        np.concatenate([one.numbers for one in found]),
    )


def _draw_gaps(shared: list[tuple[Jumps, NDArray[np.intp]]], shots: int, rng: np.random.Generator) -> Drawn:
    """One row, at a cost that grows with the events and with the channels."""
    where, when = [np.zeros(0, dtype=np.intp)], [np.zeros(0, dtype=np.int64)]
    what = [np.zeros(0)]
    for jumps, places in shared:
        trials = events(jumps.probability, len(places) * shots, rng)
        where.append(places[trials // shots])
        when.append(trials % shots)
        what.append(_numbers(jumps, rng.random(len(trials))))
    return Drawn(np.concatenate(where), np.concatenate(when), np.concatenate(what))


def _draw_trials(shared: list[tuple[Jumps, NDArray[np.intp]]], shots: int, rngs: Sequence[np.random.Generator]) -> Drawn:
    """A uniform number for every trial: below the probability of its place there is an event, and how far below says which."""
    places = np.concatenate([np.zeros(0, dtype=np.intp), *(places for _, places in shared)])
    kinds = np.repeat(np.arange(len(shared)), [len(places) for _, places in shared])
    chances = np.array([jumps.probability for jumps, _ in shared])[kinds]
    when, which, what = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.intp)], [np.zeros(0)]
    for start in range(0, len(rngs), _ROWS):
        uniform = np.concatenate([rng.random((shots, len(places))) for rng in rngs[start : start + _ROWS]])
        shot, place = np.nonzero(uniform < chances)
        when.append(shot + start * shots)
        which.append(place)
        what.append(uniform[shot, place] / chances[place])
    where, numbers = np.concatenate(which), np.concatenate(what)
    for kind, (jumps, _) in enumerate(shared):
        own = kinds[where] == kind
        numbers[own] = _numbers(jumps, numbers[own])
    return Drawn(places[where], np.concatenate(when), numbers)


def _numbers(jumps: Jumps, uniform: NDArray[np.float64]) -> NDArray[np.float64]:
    """What decides between a channel's events, see :meth:`Jumps.strike`."""
    return kinds_of(jumps.channel, uniform).astype(np.float64) if jumps.channel.is_pauli else uniform


def _apply_paulis(states: State, qubits: tuple[int, ...], errors: list[tuple[int, float]]) -> None:
    """Apply Paulis, up to their phases, in place."""
    for place, qubit in enumerate(qubits):
        cube = states.reshape(len(states), -1, 2, 1 << qubit)
        flipped = [row for row, bits in errors if int(bits) >> 2 * place & 1]
        turned = [row for row, bits in errors if int(bits) >> 2 * place & 2]
        if turned:
            cube[turned, :, 1] *= -1
        if flipped:
            cube[flipped] = cube[flipped][:, :, ::-1]
