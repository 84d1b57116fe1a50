"""Random Paulis before the layers of a twirled circuit, which cancel their noise (PEC) or amplify it (PEA).

The noise ``Λ`` of a layer acts before it. With ``Λ^(g − 1)`` before that, the layer has the noise ``Λ^g``: none at ``g = 0``,
what it has at 1, more above. A power of a Pauli–Lindblad channel has its rates times the exponent. Each generator of rate
``r`` is a Poisson process: its Pauli acts ``n`` times, ``n`` of mean ``|r|``. Where ``r`` is negative the outcome counts
``(−1)^n exp(2 |r|)`` times, and the mean over draws is the channel that cannot be drawn. The Paulis disappear in the merged
gates before the layers, by XOR with those of the twirl.

Sources: van den Berg, Minev, Kandala, Temme, Nature Physics 19, 1116 (2023), for cancelling; Kim et al., "Evidence for the
utility of quantum computing before fault tolerance", Nature 618, 500 (2023), for amplifying.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import IBMInputValueError
from ..sweeps.lindblad import PauliLindblad


class Injected(NamedTuple):
    """What was drawn."""

    paulis: NDArray[np.uint8]
    """Shape ``(rows, randomizations, merged gates)``: codes to XOR with those of ``TwirledCircuit.draw``."""
    signs: NDArray[np.int8]
    """Shape ``(rows, randomizations)``: 1 or -1; outcomes count that many times :attr:`Injection.gamma`."""


@dataclass(frozen=True, eq=False)
class Injection:
    """What Paulis are drawn before the layers of a circuit, and how often."""

    num_gates: int
    """Merged gates of the circuit."""
    num_randomizations: int
    seed: np.random.SeedSequence
    """What is drawn from; the same seed draws the same Paulis."""
    rates: NDArray[np.float64]
    """Shape ``(generators,)``, of all layers one after another; those that are cancelled are negative."""
    gates: NDArray[np.intp]
    """Shape ``(generators, most qubits of one)``: the merged gates that a generator changes."""
    codes: NDArray[np.uint8]
    """Shape as ``gates``: the Paulis they take up; 0 where a generator has fewer qubits."""

    @property
    def gamma(self) -> float:
        """By how much more outcomes count: ``exp(2 Σ |rate|)`` over the negative rates, 1 where nothing is cancelled."""
        return float(np.exp(-2 * self.rates[self.rates < 0].sum()))

    def draw(self, rows: int, *, start: int = 0) -> Injected:
        """Draw Paulis, independently for every row and randomization.

        Args:
            rows: how many rows.
            start: the first one; every row has a seed of its own, so that rows drawn in chunks are those drawn at once.
        """
        paulis = np.zeros((rows, self.num_randomizations, self.num_gates), dtype=np.uint8)
        signs = np.empty((rows, self.num_randomizations), dtype=np.int8)
        for number, (row, sign) in enumerate(zip(paulis, signs, strict=True), start):
            where, which = self._events(number)
            flat = row.reshape(-1)
            for gates, codes in zip(self.gates.T, self.codes.T, strict=True):
                np.bitwise_xor.at(flat, where * self.num_gates + gates[which], codes[which])
            sign[...] = self._signs(where, which)
        return Injected(paulis, signs)

    def signs(self, rows: int, *, start: int = 0) -> NDArray[np.int8]:
        """The signs that :meth:`draw` draws, shape ``(rows, randomizations)``."""
        if (self.rates >= 0).all():
            return np.ones((rows, self.num_randomizations), dtype=np.int8)
        found = [self._signs(*self._events(number)) for number in range(start, start + rows)]
        return np.array(found, dtype=np.int8).reshape(rows, self.num_randomizations)

    def _events(self, row: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """In which randomization a Pauli acts, and which generator it is of, for every time that one does.

        Poisson processes together are one, whose events belong to each in proportion to its rate.
        """
        child = np.random.SeedSequence(self.seed.entropy, spawn_key=(*self.seed.spawn_key, row))
        rng = np.random.default_rng(child)
        sums = np.cumsum(np.abs(self.rates))
        total = float(sums[-1]) if len(sums) else 0.0
        count = int(rng.poisson(total * self.num_randomizations))
        where = rng.integers(0, self.num_randomizations, count, dtype=np.intp)
        which = np.searchsorted(sums, total * rng.random(count), side="right")
        return where, np.minimum(which, len(sums) - 1)

    def _signs(self, where: NDArray[np.intp], which: NDArray[np.intp]) -> NDArray[np.int8]:
        cancelling = where[self.rates[which] < 0]
        odd = np.bincount(cancelling, minlength=self.num_randomizations) & 1
        return np.asarray(1 - 2 * odd, dtype=np.int8)


def injection(
    fronts: Sequence[Sequence[int]],
    models: Sequence[PauliLindblad | None],
    noise_factor: float,
    num_gates: int,
    num_randomizations: int,
    seed: np.random.SeedSequence,
) -> Injection:
    """Bring the noise of every layer to ``noise_factor`` times what its model says it is.

    Args:
        fronts: of every twirled layer in turn, the merged gates before it on its qubits (``TwirledCircuit.fronts``).
        models: the noise of each of them, on the same qubits in the same order; ``None``: left as it is.
        noise_factor: at least 0: 0 cancels all noise (IBM's ``noise_gain``), 1 leaves it, more amplifies it.
        num_gates: merged gates of the circuit.
        num_randomizations: at least 1.
        seed: root of the randomness; the row's number is added to its ``spawn_key``.

    Raises:
        IBMInputValueError: the factor is negative or not finite, there are not as many models as layers, or a model is of
            another number of qubits or has a negative rate.
    """
    if not 0 <= noise_factor < np.inf:
        raise IBMInputValueError(f"Expected a noise factor of at least 0, found {noise_factor}. Give 0 to cancel all noise.")
    if len(models) != len(fronts):
        raise IBMInputValueError(f"Expected a model (or None) for each of {len(fronts)} layers, found {len(models)}.")
    parts = []
    for number, (front, model) in enumerate(zip(fronts, models, strict=True)):
        if model is not None and noise_factor != 1:
            _check(number, len(front), model)
            parts.append(_table(np.array(front, dtype=np.intp), model))
    width = max((gates.shape[1] for _, gates, _ in parts), default=0)
    rates = np.concatenate([np.zeros(0), *(rates for rates, _, _ in parts)])
    gates = np.concatenate([np.zeros((0, width), dtype=np.intp), *(_padded(gates, width) for _, gates, _ in parts)])
    codes = np.concatenate([np.zeros((0, width), dtype=np.uint8), *(_padded(codes, width) for _, _, codes in parts)])
    return Injection(num_gates, num_randomizations, seed, (noise_factor - 1) * rates, gates, codes)


def _check(number: int, qubits: int, model: PauliLindblad) -> None:
    if model.num_qubits != qubits:
        raise IBMInputValueError(
            f"Twirled layer {number} has {qubits} qubits, its noise model {model.num_qubits}. Give a model on the layer's "
            "qubits, idle ones included."
        )
    if (model.rates < 0).any():
        raise IBMInputValueError(
            f"Expected rates of at least 0 in the noise model of twirled layer {number}, found {model.rates.min():g}. Set "
            "negative rates to 0, or learn the layer with more shots."
        )


_Table = tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.uint8]]


def _table(front: NDArray[np.intp], model: PauliLindblad) -> _Table:
    """Rates, merged gates and codes of a layer's generators, as in :class:`Injection`."""
    generators, qubits = np.nonzero(model.codes)
    weights = np.bincount(generators, minlength=len(model))
    places = np.arange(len(generators)) - (np.cumsum(weights) - weights)[generators]
    gates = np.zeros((len(model), weights.max(initial=0)), dtype=np.intp)
    codes = np.zeros(gates.shape, dtype=np.uint8)
    gates[generators, places] = front[qubits]
    codes[generators, places] = model.codes[generators, qubits]
    return model.rates, gates, codes


def _padded(table: NDArray[np.generic], width: int) -> NDArray[np.generic]:
    return np.pad(table, ((0, 0), (0, width - table.shape[1])))
