"""The VQE of qiskit-algorithms: 200 iterations, each a job, in a session."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from qiskit.circuit.library import efficient_su2
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator

from qiskit_local_runtime import EstimatorV2, LocalRuntime, Session

from .bench import Bench, Skipped
from .exact import EXACT, ising
from .modes import folder
from .peers import estimators
from .row import Row

_H2 = SparsePauliOp(
    ["II", "IZ", "ZI", "ZZ", "XX"],
    [-1.052373245772859, 0.39793742484318045, -0.39793742484318045, -0.01128010425623538, 0.18093119978423156],
)
"""A hydrogen molecule at 0.735 Å in STO-3G, parity mapping, two qubits; hartree."""


def _vqe(bench: Bench, operator: SparsePauliOp, reps: int, label: str) -> Row:
    """SPSA with fixed gains, so that each iteration is one job of two parameter sets and one more job ends the run."""
    if find_spec("qiskit_algorithms") is None:
        raise Skipped("qiskit-algorithms is not installed")
    iterations = bench.size(200, 5)
    ansatz = efficient_su2(operator.num_qubits, reps=reps)

    def run(estimator: Any) -> None:
        minimize(estimator, ansatz, operator, iterations)

    with folder() as place, LocalRuntime(store=place / "jobs.sqlite") as runtime:

        def ours() -> None:
            with Session(AerSimulator(), runtime=runtime) as session:
                run(EstimatorV2(session, options=EXACT))

        peers = estimators(bench, run, iterations)
        return bench.race(label, ours, peers, goal=0.3, unit="iteration", units=iterations)


def minimize(estimator: Any, ansatz: Any, operator: SparsePauliOp, iterations: int) -> float:
    """The energy that so many iterations find."""
    from qiskit_algorithms import VQE
    from qiskit_algorithms.optimizers import SPSA
    from qiskit_algorithms.utils import algorithm_globals

    algorithm_globals.random_seed = 7
    optimizer = SPSA(maxiter=iterations, learning_rate=0.05, perturbation=0.1)
    vqe = VQE(estimator, ansatz, optimizer, initial_point=[0.1] * ansatz.num_parameters)
    return float(vqe.compute_minimum_eigenvalue(operator).eigenvalue.real)


def vqe_h2(bench: Bench) -> Row:
    """A hydrogen molecule, two qubits."""
    return _vqe(bench, _H2, 2, "VQE of H₂ in a session, SQLite store")


def vqe_ising_12(bench: Bench) -> Row:
    """An Ising chain of twelve qubits, 35 terms."""
    return _vqe(bench, ising(12), 2, "VQE of a 12-qubit Ising chain in a session, SQLite store")


VARIATIONAL = (vqe_h2, vqe_ising_12)
