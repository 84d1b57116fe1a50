"""The second half of the demo: the ground-state energy of the hydrogen molecule, by VQE."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.providers import BackendV2
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator
from scipy.optimize import minimize

from ..primitives import EstimatorV2
from .device import fitted

HAMILTONIAN = SparsePauliOp.from_list(
    [
        ("II", -1.052373245772859),
        ("IZ", 0.39793742484318045),
        ("ZI", -0.39793742484318045),
        ("ZZ", -0.01128010425623538),
        ("XX", 0.18093119978423156),
    ]
)
"""Electrons of H2 at 0.735 Å in the STO-3G basis, on two qubits, in hartree."""
KNOWN = -1.857275030202382
"""Lowest eigenvalue of :data:`HAMILTONIAN`."""
_SCAN = 41
_PRECISION = 0.005
"""Of each term, in units of its coefficient."""


@dataclass(frozen=True)
class Way:
    """One way of measuring the energy."""

    name: str
    estimator: EstimatorV2
    circuit: QuantumCircuit
    observable: SparsePauliOp

    def at(self, angles: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Energies and their standard errors at ``angles``, in one PUB; all three of shape ``(points,)``."""
        data = self.estimator.run([(self.circuit, self.observable, angles[:, np.newaxis])]).result()[0].data
        return data.evs, data.stds


@dataclass(frozen=True)
class Energies:
    """What was measured; energies in hartree, angles in radians."""

    angles: NDArray[np.float64]
    """Angles of the scan, shape ``(points,)``."""
    scans: dict[str, NDArray[np.float64]]
    """Energies of the scan, shape ``(points,)``, by way of measuring."""
    steps: tuple[float, ...]
    """Energy at each step of the optimiser, on the device with readout mitigation."""
    best: float
    """The angle that the optimiser ended at."""
    found: dict[str, tuple[float, float]]
    """Energy and its standard error at that angle, by way of measuring."""


def ansatz() -> QuantumCircuit:
    """Turns ``|01⟩`` into a superposition of ``|01⟩`` and ``|10⟩``; one angle, as hydrogen needs no more."""
    circuit = QuantumCircuit(2)
    circuit.x(0)
    circuit.ry(Parameter("θ"), 1)
    circuit.cx(1, 0)
    return circuit


def minimise(backend: BackendV2, seed: int) -> Energies:
    """Scan the angle in one PUB a way, then let COBYLA find the best one on the noisy device."""
    ways = _ways(backend, seed)
    angles = np.linspace(-np.pi, np.pi, _SCAN)
    scans = {way.name: way.at(angles)[0] for way in ways}
    steps, best = _optimise(ways[-1])
    at_best = {way.name: way.at(np.array([best])) for way in ways}
    found = {name: (float(evs[0]), float(stds[0])) for name, (evs, stds) in at_best.items()}
    return Energies(angles, scans, steps, best, found)


def _ways(backend: BackendV2, seed: int) -> tuple[Way, ...]:
    common = {"simulator": {"seed_simulator": seed}, "default_precision": _PRECISION}
    exact = EstimatorV2(mode=AerSimulator(), options={"default_precision": 0.0})
    raw = EstimatorV2(mode=backend, options={**common, "resilience_level": 0})
    mitigated = EstimatorV2(mode=backend, options={**common, "resilience_level": 1})
    circuit = fitted(ansatz(), backend)
    observable = HAMILTONIAN.apply_layout(circuit.layout)
    return (
        Way("exact", exact, ansatz(), HAMILTONIAN),
        Way("device", raw, circuit, observable),
        Way("device, readout mitigated", mitigated, circuit, observable),
    )


def _optimise(way: Way) -> tuple[tuple[float, ...], float]:
    steps: list[float] = []

    def cost(angles: NDArray[np.float64]) -> float:
        steps.append(float(way.at(angles)[0][0]))
        return steps[-1]

    best = minimize(cost, [0.0], method="COBYLA", tol=0.02, options={"rhobeg": 0.5, "maxiter": 30}).x
    return tuple(steps), float(best[0])


def table(energies: Energies) -> str:
    """What each way of measuring gives at the angle that was found, and how far it is from the known energy."""
    lines = [f"  {len(energies.steps)} steps of COBYLA end at θ = {energies.best:.3f}; known energy {KNOWN:.6f} Ha"]
    for name, (energy, error) in energies.found.items():
        lines.append(f"  {name:26} {energy:.4f} ± {error:.4f} Ha   off by {1e3 * (energy - KNOWN):+6.1f} mHa")
    return "\n".join(lines)
