"""Exact expectation values."""

from __future__ import annotations

from typing import Any

import numpy as np
from qiskit.circuit.library import efficient_su2
from qiskit.quantum_info import SparsePauliOp, random_pauli_list
from qiskit_aer import AerSimulator

from qiskit_local_runtime import EstimatorV2

from .bench import Bench
from .peers import estimators
from .row import Row

EXACT = {"default_precision": 0.0}


def ising(num_qubits: int) -> SparsePauliOp:
    """A transverse-field Ising chain, periodic at neither end: ``3 n - 1`` terms with a longitudinal field."""
    zz = [("ZZ", [i, i + 1], 1.0) for i in range(num_qubits - 1)]
    x = [("X", [i], 0.7) for i in range(num_qubits)]
    z = [("Z", [i], 0.3) for i in range(num_qubits)]
    return SparsePauliOp.from_sparse_list(zz + x + z, num_qubits)


def _exact(bench: Bench, num_qubits: int, operator: SparsePauliOp, goal: float, label: str) -> Row:
    circuit = efficient_su2(num_qubits, reps=3)
    pub = (circuit, operator, np.random.default_rng(0).random(circuit.num_parameters))

    def run(primitive: Any) -> None:
        primitive.run([pub]).result()

    mine = EstimatorV2(AerSimulator(), options=EXACT)
    return bench.race(label, lambda: run(mine), estimators(bench, run), goal=goal, repeats=9)


def exact_random(bench: Bench) -> Row:
    """10 qubits, 200 random Pauli terms."""
    operator = SparsePauliOp(random_pauli_list(10, 200, phase=False, seed=1), np.random.default_rng(1).random(200))
    return _exact(bench, 10, operator, 0.2, "Estimator exact, 10 q, 200 Paulis")


def exact_ising_12(bench: Bench) -> Row:
    """12 qubits, 35 terms."""
    return _exact(bench, 12, ising(12), 0.35, "Estimator exact, Ising 12 q, 35 terms")


def exact_ising_16(bench: Bench) -> Row:
    """16 qubits, 47 terms."""
    return _exact(bench, 16, ising(16), 0.8, "Estimator exact, Ising 16 q, 47 terms")


def estimator_sweep(bench: Bench) -> Row:
    """12 qubits, 1 000 parameter sets in one PUB; a tenth of them by the peers."""
    sets = bench.size(1000, 20)
    circuit = efficient_su2(12, reps=3)
    values = np.random.default_rng(2).random((sets, circuit.num_parameters))

    def run(primitive: Any, count: int = sets // 10) -> None:
        primitive.run([(circuit, ising(12), values[:count])]).result()

    mine = EstimatorV2(AerSimulator(), options=EXACT)
    peers = estimators(bench, run, sets // 10)
    label = "Estimator exact, 12 q, 1 000 sets"
    return bench.race(label, lambda: run(mine, sets), peers, goal=0.25, unit="set", units=sets)


EXACT_VALUES = (exact_random, exact_ising_12, exact_ising_16, estimator_sweep)
