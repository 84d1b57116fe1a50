"""Pauli propagation as a method: exact values of wide circuits that are Clifford up to few gates, or nearly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..cancellation import CancelToken
from ..devices.device import ActiveDevice
from ..errors import IBMInputValueError, SimulationTooLargeError
from ..sweeps import Shots, Sweep, Terms
from .back_steps import BackSteps, back_steps
from .base import Estimate, Tools
from .density import DensitySimulator
from .heisenberg import as_paulis
from .pauli_sum import PauliSum
from .propagate import Truncation, bytes_of, propagate

_BUDGET = 1 << 29
"""Bytes that the sums of several observables may take together."""
ATTEMPTS = (Truncation(1e-4, None, 1 << 17), Truncation(1e-5, None, 1 << 19))
"""What is left out of circuits that would make more Paulis than the last keeps: the first that is accurate enough counts."""


class PropagationSimulator:
    """Exact values by Pauli propagation: few non-Clifford gates exactly at any size, more of them approximately, with a note.

    Args:
        attempts: truncations, ever finer.
        accuracy: largest typical error (see :class:`~.propagate.Propagated`) of a value that is handed out.
    """

    name = "pauli_propagation"

    def __init__(self, attempts: tuple[Truncation, ...] = ATTEMPTS, accuracy: float = 0.02) -> None:
        self._attempts, self._accuracy = attempts, accuracy

    def refuses(self, sweep: Sweep, device: ActiveDevice) -> str | None:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`."""
        return DensitySimulator().refuses(sweep, device)

    def estimate(self, sweep: Sweep, device: ActiveDevice) -> Estimate:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`; of one observable, as if all gates mattered to it."""
        steps = next(back_steps(sweep, device), ())
        terms, most = _most_terms(steps, device.num_qubits), self._attempts[-1].max_terms
        kept = min(terms, most)
        seconds = len(sweep.values) * len(steps) * (6e-5 + 2e-8 * kept)
        return Estimate(bytes_of(kept, device.num_qubits), seconds, self._note() if terms > most else "")

    def sample(self, sweep: Sweep, device: ActiveDevice, tools: Tools) -> Shots:
        """Always refuses.

        Raises:
            IBMInputValueError: there are no shots.
        """
        tools.cancel.check()
        raise IBMInputValueError(
            "Pauli propagation expects observables to be evaluated exactly, found shots to be sampled. Ask the estimator for "
            "precision = 0, or choose another simulation method."
        )

    def expect(self, sweep: Sweep, device: ActiveDevice, terms: Terms, tools: Tools) -> NDArray[np.float64]:
        """See :class:`~qiskit_local_runtime.simulators.base.Simulator`.

        Raises:
            SimulationTooLargeError: so much had to be left out that the values would mean little.
        """
        out = np.empty((len(sweep.values), len(terms)))
        for row, steps in enumerate(back_steps(sweep, device)):
            out[row] = self._row(steps, terms, tools.cancel)
        return out

    def _row(self, steps: BackSteps, terms: Terms, cancel: CancelToken) -> NDArray[np.float64]:
        """Values of terms, shape ``(terms,)``, each by the first attempt that is accurate enough for it."""
        most, limit = _most_terms(steps, terms.num_qubits), self._attempts[-1].max_terms
        attempts = (Truncation(max_terms=limit),) if most <= limit else self._attempts
        out = np.empty(len(terms))
        left, worst = np.arange(len(terms)), 0.0
        for truncation in attempts:
            typical = np.empty(len(left))
            together = max(1, _BUDGET // bytes_of(min(most, truncation.max_terms), terms.num_qubits))
            for start in range(0, len(left), together):
                part = left[start : start + together]
                found = propagate(_sums(terms, part), steps, truncation, cancel)
                out[part], typical[start : start + together] = found.values, found.typical
            left, worst = left[typical > self._accuracy], float(typical.max(initial=0.0))
            if not len(left):
                return out
        raise SimulationTooLargeError(self._too_coarse(worst))

    def _too_coarse(self, worst: float) -> str:
        last = self._attempts[-1]
        return (
            f"Expected a circuit whose observables stay within {last.max_terms} Paulis of coefficients above {last.cutoff:g}, "
            f"found one where leaving out the others makes typical errors of {worst:.2g}, more than {self._accuracy:g}. Use "
            "fewer qubits or layers, angles nearer to Clifford gates, or a precision above 0."
        )

    def _note(self) -> str:
        last = self._attempts[-1]
        return (
            f"Pauli propagation leaves out Paulis of small coefficients (below {self._attempts[0].cutoff:g}, and down to "
            f"{last.cutoff:g} where that is too coarse) and keeps at most {last.max_terms} an observable; errors are typically "
            f"below {self._accuracy:g}, which is no bound"
        )


def _sums(terms: Terms, part: NDArray[np.intp]) -> PauliSum:
    letters, weights, owners = as_paulis(Terms(terms.letters[part]))
    return PauliSum(letters, weights, owners, len(part))


def _most_terms(steps: BackSteps, num_qubits: int) -> float:
    """Paulis that one Pauli can become at most."""
    most, all_there_are = 1.0, 4.0**num_qubits
    for _, back in steps:
        most = min(most * len(back), all_there_are)
    return most
