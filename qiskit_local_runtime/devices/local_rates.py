"""Pauli–Lindblad rates from how much Paulis on one qubit and on coupled pairs shrink.

With generators on single qubits and coupled pairs only, what two qubits ``a``, ``b`` suffer by themselves has the pair's rates
as they are, and for a Pauli of ``a`` alone the sum of the rates of all generators that have it on ``a`` and not anything on
``b``. A Walsh transform of the logarithms thus gives the pairs' rates, and a sum less these the single ones: no equations need
be solved. Where the channel is no such model some rates may come out negative, and the best non-negative ones are fitted.

Source: van den Berg, Minev, Kandala, Temme, Nature Physics 19, 1116 (2023), for model and fit.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..errors import IBMInputValueError
from ..sweeps.lindblad import LETTERS, PauliLindblad, anticommute

Pair = tuple[int, int]
_NOTHING = 1e-12
"""Rates below are rounding."""
_TOGETHER, _MOST_ROUNDS = 10, 200
"""Rounds of a fit in which all that is wrong is exchanged, and all rounds."""


def local_paulis(num_qubits: int, pairs: Sequence[Pair]) -> NDArray[np.uint8]:
    """Three Paulis of every qubit, then nine of every pair, shape ``(3 qubits + 9 pairs, qubits)``, letters 0 to 3."""
    out = np.zeros((3 * num_qubits + 9 * len(pairs), num_qubits), dtype=np.uint8)
    for qubit in range(num_qubits):
        out[3 * qubit : 3 * qubit + 3, qubit] = (1, 2, 3)
    for number, pair in enumerate(pairs):
        rows = slice(3 * num_qubits + 9 * number, 3 * num_qubits + 9 * number + 9)
        out[rows, list(pair)] = [(first, second) for first in (1, 2, 3) for second in (1, 2, 3)]
    return out


def local_model(qubits: Sequence[int], pairs: Sequence[Pair], fidelities: NDArray[np.float64]) -> PauliLindblad:
    """The model with given fidelities, generators of rate 0 left out.

    Args:
        qubits: of the model, by the numbers errors call them.
        pairs: coupled places in ``qubits``, different.
        fidelities: of :func:`local_paulis`, in that order.

    Raises:
        IBMInputValueError: a fidelity is not positive, which that of no model is.
    """
    paulis = local_paulis(len(qubits), pairs)
    if (fidelities <= 0).any():
        worst = int(np.argmin(fidelities))
        text = " ".join(f"{LETTERS[paulis[worst, place]]}{qubits[place]}" for place in np.flatnonzero(paulis[worst]).tolist())
        raise IBMInputValueError(
            f"Expected noise that leaves something of every Pauli, found the fidelity {fidelities[worst]:.3g} of {text}: no "
            "Pauli–Lindblad model is that strong. Use weaker noise, or other qubits."
        )
    logs = -np.log(fidelities) / 2
    rates = _rates(len(qubits), pairs, logs)
    if (rates < -_NOTHING).any():
        rates = _fitted(paulis, logs)
    kept = rates > _NOTHING
    return PauliLindblad(paulis[kept], rates[kept])


def _rates(num_qubits: int, pairs: Sequence[Pair], logs: NDArray[np.float64]) -> NDArray[np.float64]:
    ones, twos = logs[: 3 * num_qubits].reshape(-1, 3), logs[3 * num_qubits :].reshape(-1, 3, 3)
    singles = ones.sum(axis=1, keepdims=True) / 2 - ones
    both = np.empty_like(twos)
    for number, (first, second) in enumerate(pairs):
        whole = np.zeros((4, 4))
        whole[1:, 0], whole[0, 1:], whole[1:, 1:] = ones[first], ones[second], twos[number]
        both[number] = (-_WALSH @ whole @ _WALSH / 8)[1:, 1:]
        singles[first] -= both[number].sum(axis=1)
        singles[second] -= both[number].sum(axis=0)
    return np.concatenate([singles.ravel(), both.ravel()])


_WALSH = np.array([[1, 1, 1, 1], [1, 1, -1, -1], [1, -1, 1, -1], [1, -1, -1, 1]], dtype=np.float64)
"""1 for Paulis that commute, -1 for those that do not."""


def _fitted(paulis: NDArray[np.uint8], logs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Non-negative rates by least squares: those that come out negative are pinned to 0, and let go where that fits better.

    Source: Kim, Park, "Fast nonnegative matrix factorization", SIAM J. Sci. Comput. 33, 3261 (2011), for exchanging all that
    is wrong at once, and one at a time where that goes round in circles.
    """
    matrix = anticommute(paulis, paulis).astype(np.float64)
    gram, wanted = matrix.T @ matrix, matrix.T @ logs
    free = np.ones(len(logs), dtype=np.bool_)
    for round_ in range(_MOST_ROUNDS):
        rates = np.zeros(len(logs))
        rates[free] = np.linalg.solve(gram[np.ix_(free, free)], wanted[free])
        wrong = np.flatnonzero(np.where(free, rates < -_NOTHING, gram @ rates < wanted - _NOTHING))
        if not len(wrong):
            break
        chosen = wrong if round_ < _TOGETHER else wrong[-1:]
        free[chosen] = ~free[chosen]
    return np.clip(rates, 0.0, None)
