"""Exact expectation values of Clifford circuits: observables carried backwards, damped by Pauli noise on the way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..devices.channel import Channel
from ..devices.device import ActiveDevice
from ..errors import IBMInputValueError
from ..sweeps import Terms
from .clifford import FROM_LETTER, CliffordStep

_MOST_PROJECTORS = 12
_TO_LETTER = np.array([0, 1, 3, 2], dtype=np.uint8)


def pauli_expectations(steps: list[CliffordStep], device: ActiveDevice, terms: Terms) -> NDArray[np.float64]:
    """Values of terms at the end of a circuit, shape ``(terms,)``.

    Raises:
        IBMInputValueError: a term has more than twelve projectors.
    """
    letters, weights, owner = as_paulis(terms)
    bits = FROM_LETTER[letters].T.copy()
    values = weights.copy()
    for each in reversed(steps):
        _backwards(each, device, bits, values)
    values[((bits & 1) == 1).any(axis=0)] = 0.0
    return np.asarray(np.bincount(owner, weights=values, minlength=len(terms)), dtype=np.float64)


def _backwards(each: CliffordStep, device: ActiveDevice, bits: NDArray[np.uint8], values: NDArray[np.float64]) -> None:
    step = each.step
    if step.name == "measure":
        values[(bits[step.qubits[0]] & 1) == 1] = 0.0
    if device.noise is not None:
        channels = device.noise.before(step) if step.name == "measure" else device.noise.after(step)
        for channel, where in reversed(channels):
            values *= _fidelities(channel)[_index(bits, where, letters=True)]
    if step.name == "reset":
        qubit = step.qubits[0]
        values[(bits[qubit] & 1) == 1] = 0.0
        bits[qubit] = 0
    for qubits, table in reversed(each.gates):
        index = _index(bits, qubits, letters=False)
        back = table.inverse
        values *= np.where(back.negative[index], -1.0, 1.0)
        image = back.image[index]
        for place, qubit in enumerate(qubits):
            bits[qubit] = (image >> 2 * place) & 3


def _index(bits: NDArray[np.uint8], qubits: tuple[int, ...], *, letters: bool) -> NDArray[np.intp]:
    out = np.zeros(bits.shape[1], dtype=np.intp)
    for place, qubit in enumerate(qubits):
        digits = _TO_LETTER[bits[qubit]] if letters else bits[qubit]
        out |= digits.astype(np.intp) << (2 * place)
    return out


def _fidelities(channel: Channel) -> NDArray[np.float64]:
    """Damping of each Pauli (index by letters) under the channel's Pauli twirl."""
    return np.diag(channel.ptm)


def as_paulis(terms: Terms) -> tuple[NDArray[np.uint8], NDArray[np.float64], NDArray[np.intp]]:
    """Projectors written as ``(I ± P) / 2``: letters, weights, and the term each belongs to.

    Raises:
        IBMInputValueError: a term has more than twelve projectors.
    """
    basis = terms.basis
    letters, weights, owner = [], [], []
    for index, term in enumerate(terms.letters):
        spots = np.flatnonzero(term > 3)
        if len(spots) > _MOST_PROJECTORS:
            raise IBMInputValueError(
                f"An observable has {len(spots)} projectors in one term; exact values by back-propagation take at most "
                f"{_MOST_PROJECTORS}. Set a precision larger than 0."
            )
        choices = (np.arange(2 ** len(spots))[:, None] >> np.arange(len(spots))) & 1
        rows = np.repeat(term[None], len(choices), axis=0)
        rows[:, spots] = choices * basis[index, spots]
        signs = np.where(np.isin(term[spots], (5, 7, 9)), -1.0, 1.0)
        letters.append(rows)
        weights.append(np.where(choices == 1, signs, 1.0).prod(axis=1) / 2 ** len(spots))
        owner.append(np.full(len(choices), index))
    return np.concatenate(letters), np.concatenate(weights), np.concatenate(owner)
