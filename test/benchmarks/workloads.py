"""The workloads of job mode, ours through the public API (job overhead included) against the best peer."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import numpy as np
from qiskit import QuantumCircuit, generate_preset_pass_manager
from qiskit.circuit.library import efficient_su2
from qiskit.primitives import StatevectorEstimator
from qiskit.quantum_info import SparsePauliOp, random_pauli_list
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error
from qiskit_aer.primitives import EstimatorV2 as AerEstimator
from qiskit_aer.primitives import SamplerV2 as AerSampler

from qiskit_local_runtime import EstimatorV2, SamplerV2

from .learning import LEARNING
from .measure import Row, paired, seconds
from .modes import MODES
from .noise import NOISE

EXACT = {"default_precision": 0.0}


def ising(num_qubits: int) -> SparsePauliOp:
    """A transverse-field Ising chain, periodic at neither end: ``3 n - 1`` terms with a longitudinal field."""
    zz = [("ZZ", [i, i + 1], 1.0) for i in range(num_qubits - 1)]
    x = [("X", [i], 0.7) for i in range(num_qubits)]
    z = [("Z", [i], 0.3) for i in range(num_qubits)]
    return SparsePauliOp.from_sparse_list(zz + x + z, num_qubits)


def _exact(num_qubits: int, operator: SparsePauliOp, peer: object, peer_name: str, goal: float, label: str) -> Row:
    circuit = efficient_su2(num_qubits, reps=3)
    values = np.random.default_rng(0).random(circuit.num_parameters)
    pub = (circuit, operator, values)
    mine = EstimatorV2(AerSimulator(), options=EXACT)
    ours, theirs = paired(lambda: mine.run([pub]).result(), lambda: peer.run([pub]).result(), 9)  # type: ignore[attr-defined]
    return Row(label, ours, theirs, peer_name, goal)


def exact_random() -> Row:
    """10 qubits, 200 random Pauli terms."""
    operator = SparsePauliOp(random_pauli_list(10, 200, phase=False, seed=1), np.random.default_rng(1).random(200))
    return _exact(10, operator, StatevectorEstimator(), "StatevectorEstimator", 0.2, "Estimator exact, 10 q, 200 Paulis")


def exact_ising_12() -> Row:
    """12 qubits, 35 terms."""
    return _exact(12, ising(12), StatevectorEstimator(), "StatevectorEstimator", 0.35, "Estimator exact, Ising 12 q, 35 terms")


def exact_ising_16() -> Row:
    """16 qubits, 47 terms."""
    peer = AerEstimator(options={"default_precision": 0.0})
    return _exact(16, ising(16), peer, "Aer EstimatorV2", 0.8, "Estimator exact, Ising 16 q, 47 terms")


def estimator_sweep() -> Row:
    """12 qubits, 1 000 parameter sets in one PUB."""
    circuit = efficient_su2(12, reps=3)
    values = np.random.default_rng(2).random((1000, circuit.num_parameters))
    mine = EstimatorV2(AerSimulator(), options=EXACT)
    peer = AerEstimator(options={"default_precision": 0.0})
    few = values[:100]
    ours, theirs = paired(
        lambda: mine.run([(circuit, ising(12), values)]).result(),
        lambda: peer.run([(circuit, ising(12), few)]).result(),
        3,
    )
    return Row("Estimator exact, 12 q, 1 000 sets", ours / 1000, theirs / 100, "Aer EstimatorV2", 0.25, "set")


def _sampler_sweep(num_qubits: int, goal: float) -> Row:
    circuit = efficient_su2(num_qubits, reps=3)
    circuit.measure_all()
    values = np.random.default_rng(3).random((1000, circuit.num_parameters))
    mine, peer = SamplerV2(AerSimulator()), AerSampler()
    ours, theirs = paired(
        lambda: mine.run([(circuit, values)], shots=1024).result(),
        lambda: peer.run([(circuit, values)], shots=1024).result(),
        3,
    )
    return Row(f"Sampler, {num_qubits} q, 1 000 sets, 1 024 shots", ours / 1000, theirs / 1000, "Aer SamplerV2", goal, "set")


def sampler_sweep_8() -> Row:
    """8 qubits, 1 000 parameter sets."""
    return _sampler_sweep(8, 0.1)


def sampler_sweep_12() -> Row:
    """12 qubits, 1 000 parameter sets."""
    return _sampler_sweep(12, 0.15)


def _many_shots(num_qubits: int, sets: int, goal: float) -> Row:
    circuit = efficient_su2(num_qubits, reps=1)
    circuit.measure_all()
    values = np.random.default_rng(4).random((sets, circuit.num_parameters))
    mine, peer = SamplerV2(AerSimulator()), AerSampler()
    ours, theirs = paired(
        lambda: mine.run([(circuit, values)], shots=10**6).result(),
        lambda: peer.run([(circuit, values)], shots=10**6).result(),
        3,
    )
    label = f"Sampler, {num_qubits} q, 10⁶ shots × {sets}"
    return Row(label, ours / sets, theirs / sets, "Aer SamplerV2", goal, "set")


def many_shots_10() -> Row:
    """10 qubits, a million shots for each of five sets."""
    return _many_shots(10, 5, 0.05)


def many_shots_20() -> Row:
    """20 qubits, a million shots."""
    return _many_shots(20, 1, 0.5)


def _noisy_circuits(backend: object) -> list[QuantumCircuit]:
    """Twelve 8-qubit circuits of 20 layers on a line of FakeFez."""
    line = list(range(8))
    manager = generate_preset_pass_manager(optimization_level=1, backend=backend, initial_layout=line, seed_transpiler=0)
    circuits = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        circuit = QuantumCircuit(8)
        for layer in range(20):
            for qubit in range(8):
                circuit.rx(rng.random(), qubit)
                circuit.rz(rng.random(), qubit)
            for qubit in range(layer % 2, 7, 2):
                circuit.cz(qubit, qubit + 1)
        circuit.measure_all()
        circuits.append(manager.run(circuit))
    return circuits


def noisy_fake() -> Row:
    """Device noise of a 156-qubit fake, 8 active qubits, 12 circuits, warm."""
    from qiskit_ibm_runtime.fake_provider import FakeFez

    backend = FakeFez()
    circuits = _noisy_circuits(backend)
    mine = SamplerV2(backend)
    peer = AerSampler.from_backend(backend)
    ours, theirs = paired(lambda: mine.run(circuits, shots=1024).result(), lambda: peer.run(circuits, shots=1024).result(), 3)
    return Row("Sampler, noise of FakeFez, 8 active q, 12 circuits", ours / 12, theirs / 12, "Aer SamplerV2", 0.33, "circuit")


_FIRST = """
import time
from qiskit import QuantumCircuit
from qiskit_ibm_runtime.fake_provider import FakeFez
from qiskit_aer import AerSimulator
from qiskit_aer.primitives import SamplerV2 as AerSampler
from qiskit_local_runtime import SamplerV2
backend = FakeFez()
backend.target
circuit = QuantumCircuit(156, 6)
for q in range(5):
    circuit.sx(q); circuit.cz(q, q + 1)
circuit.measure(range(6), range(6))
start = time.perf_counter()
{call}
print(time.perf_counter() - start)
"""


def first_noisy_run() -> Row:
    """The first noisy run on a 156-qubit fake in a new process, after imports."""

    def once(call: str) -> float:
        done = subprocess.run([sys.executable, "-c", _FIRST.format(call=call)], capture_output=True, text=True, check=True)
        return float(done.stdout)

    ours = sorted(once("SamplerV2(backend).run([circuit]).result()") for _ in range(3))[1]
    peer = once("AerSampler.from_backend(backend).run([circuit]).result()")
    return Row("first noisy run, 156-qubit fake, new process", ours, peer, "Aer SamplerV2", 2.0 / peer)


def clifford_127() -> Row:
    """127 qubits, 60 layers of CZ, Pauli noise, 4 096 shots; the peer's figure is for 64 shots, scaled."""
    rng = np.random.default_rng(5)
    circuit = QuantumCircuit(127)
    for layer in range(60):
        for qubit in range(127):
            (circuit.h, circuit.s, circuit.sx)[rng.integers(3)](qubit)
        for qubit in range(layer % 2, 126, 2):
            circuit.cz(qubit, qubit + 1)
    circuit.measure_all()
    noise = NoiseModel()
    noise.add_all_qubit_quantum_error(depolarizing_error(0.003, 2), ["cz"])
    noise.add_all_qubit_quantum_error(depolarizing_error(0.0003, 1), ["h", "s", "sx"])
    backend = AerSimulator(method="stabilizer", noise_model=noise)
    mine = SamplerV2(backend)
    ours, theirs = paired(lambda: mine.run([circuit], shots=4096).result(), lambda: backend.run(circuit, shots=64).result(), 3)
    return Row("Clifford, 127 q, 60 layers, Pauli noise", ours / 4096, theirs / 64, "Aer stabilizer", 0.02, "shot")


def _import(statement: str, label: str) -> Row:
    def once(code: str) -> float:
        return seconds(lambda: subprocess.run([sys.executable, "-c", code], check=True))

    ours, theirs = paired(lambda: once(statement), lambda: once("import qiskit, qiskit_aer"), 7)
    return Row(label, ours, theirs, "qiskit + qiskit-aer", 1.1)


def import_package() -> Row:
    """Importing the package, which loads its names when they are first asked for, against what it stands on."""
    return _import("import qiskit_local_runtime", "import of the package")


def import_primitives() -> Row:
    """Importing the primitives (routines and options are loaded with the first primitive that is made)."""
    return _import("from qiskit_local_runtime import SamplerV2, EstimatorV2", "import of the primitives")


WORKLOADS: dict[str, Callable[[], Row]] = (
    {
        work.__name__: work
        for work in (
            exact_random,
            exact_ising_12,
            exact_ising_16,
            estimator_sweep,
            sampler_sweep_8,
            sampler_sweep_12,
            many_shots_10,
            many_shots_20,
            noisy_fake,
            first_noisy_run,
            clifford_127,
            import_package,
            import_primitives,
        )
    }
    | MODES
    | NOISE
    | LEARNING
)
