"""Noisy trajectories and twirled circuits against Aer as one would write it by hand: one thread, fusion on."""

from __future__ import annotations

import numpy as np
from qiskit import QuantumCircuit, generate_preset_pass_manager
from qiskit.providers import BackendV2
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error

from qiskit_local_runtime import EstimatorV2, SamplerV2
from qiskit_local_runtime.techniques.gate_twirling import TwirledCircuit, twirled
from qiskit_local_runtime.techniques.zne_folding import folded

from .bench import Bench, Peer
from .row import Row

_RANDOMIZATIONS, _SHOTS = 32, 32


def layered(num_qubits: int) -> QuantumCircuit:
    """Twenty layers of rotations and CZ on a line."""
    rng = np.random.default_rng(num_qubits)
    circuit = QuantumCircuit(num_qubits)
    for layer in range(20):
        for qubit in range(num_qubits):
            circuit.rx(rng.random(), qubit)
            circuit.rz(rng.random(), qubit)
        for qubit in range(layer % 2, num_qubits - 1, 2):
            circuit.cz(qubit, qubit + 1)
    circuit.measure_all()
    manager = generate_preset_pass_manager(1, basis_gates=["rz", "sx", "x", "cz"], seed_transpiler=0)
    return manager.run(circuit)


def _pauli_noise() -> NoiseModel:
    model = NoiseModel()
    model.add_all_qubit_quantum_error(depolarizing_error(0.003, 2), ["cz"])
    model.add_all_qubit_quantum_error(depolarizing_error(0.0003, 1), ["sx", "x"])
    return model


def _trajectories(bench: Bench, num_qubits: int, shots: int, goal: float) -> Row:
    circuit, model = layered(num_qubits), _pauli_noise()
    mine = SamplerV2(AerSimulator(noise_model=model, method="statevector"))
    peer = AerSimulator(noise_model=model, method="statevector", max_parallel_threads=1)
    return bench.race(
        f"Pauli noise, {num_qubits} q, 20 layers",
        lambda: mine.run([circuit], shots=shots).result(),
        [Peer("Aer, 1 thread", "aer", lambda: peer.run(circuit, shots=shots).result(), shots)],
        goal=goal,
        unit="shot",
        units=shots,
    )


def pauli_trajectories_6(bench: Bench) -> Row:
    """6 qubits, 1 024 shots."""
    return _trajectories(bench, 6, 1024, 0.025)


def pauli_trajectories_10(bench: Bench) -> Row:
    """10 qubits, 512 shots."""
    return _trajectories(bench, 10, 512, 0.04)


def pauli_trajectories_16(bench: Bench) -> Row:
    """16 qubits, 64 shots."""
    return _trajectories(bench, 16, 64, 0.32)


def _twirled(num_qubits: int) -> TwirledCircuit:
    return twirled(layered(num_qubits), _RANDOMIZATIONS, "active-accum", np.random.SeedSequence(0))


def _by_hand(found: TwirledCircuit, backend: AerSimulator, shots: int = _SHOTS) -> None:
    """Bind the randomizations, which are there already, and run them."""
    values = found.values(np.zeros((1, 0)))[0]
    circuits = [found.circuit.assign_parameters(dict(zip(found.parameters, row, strict=True))) for row in values]
    backend.run(circuits, shots=shots).result()


def _twirled_row(bench: Bench, label: str, num_qubits: int, backend: BackendV2, peer: AerSimulator, goal: float) -> Row:
    circuit, found = layered(num_qubits), _twirled(num_qubits)
    twirling = {"enable_gates": True, "enable_measure": True, "num_randomizations": _RANDOMIZATIONS}
    mine = SamplerV2(backend, options={"twirling": twirling | {"shots_per_randomization": _SHOTS}})
    shots = _RANDOMIZATIONS * _SHOTS
    peers = [Peer("Aer by hand, 1 thread", "aer", lambda: _by_hand(found, peer))]
    return bench.race(label, lambda: mine.run([circuit], shots=shots).result(), peers, goal=goal)


def twirled_noisy(bench: Bench) -> Row:
    """8 qubits with the noise of FakeFez, 32 randomizations of 32 shots, gates and measurements twirled."""
    from qiskit_ibm_runtime.fake_provider import FakeFez

    backend = FakeFez()
    peer = AerSimulator(noise_model=NoiseModel.from_backend(backend), max_parallel_threads=1)
    return _twirled_row(bench, "twirled, noise of FakeFez, 8 q, 32 × 32 shots", 8, backend, peer, 1)


def twirled_noiseless(bench: Bench) -> Row:
    """10 qubits without noise."""
    peer = AerSimulator(max_parallel_threads=1)
    return _twirled_row(bench, "twirled, noiseless, 10 q, 32 × 32 shots", 10, AerSimulator(), peer, 0.5)


def level_two(bench: Bench) -> Row:
    """TREX and ZNE at noise factors 1, 3, 5 on 6 qubits of FakeFez, 4 096 shots each; by hand only the twirled circuits."""
    from qiskit_ibm_runtime.fake_provider import FakeFez

    backend, circuit = FakeFez(), layered(6).remove_final_measurements(inplace=False)
    observable = SparsePauliOp.from_sparse_list([("Z", [qubit], 1 / 6) for qubit in range(6)], 6)
    options = {"resilience_level": 2, "default_shots": 4096, "resilience": {"zne": {"extrapolator": "exponential"}}}
    mine = EstimatorV2(backend, options=options)
    peer = AerSimulator(noise_model=NoiseModel.from_backend(backend), max_parallel_threads=1)
    made = []
    for factor in (1, 3, 5):
        folded_circuit = folded(circuit, factor).circuit
        folded_circuit.measure_all()
        made.append(twirled(folded_circuit, _RANDOMIZATIONS, "active-accum", np.random.SeedSequence(0)))

    def by_hand() -> None:
        for found in made:
            _by_hand(found, peer, 128)

    label = "level 2 (TREX, ZNE), FakeFez, 6 q, 3 × 4 096 shots"
    peers = [Peer("Aer by hand, 1 thread", "aer", by_hand)]
    return bench.race(label, lambda: mine.run([(circuit, observable)]).result(), peers, goal=1)


NOISE = (
    pauli_trajectories_6,
    pauli_trajectories_10,
    pauli_trajectories_16,
    twirled_noisy,
    twirled_noiseless,
    level_two,
)
"""Noise and twirling."""
