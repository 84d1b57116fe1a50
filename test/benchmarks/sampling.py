"""Samples: sweeps, many shots, a device's noise, Clifford circuits."""

from __future__ import annotations

from typing import Any

import numpy as np
from qiskit import QuantumCircuit, generate_preset_pass_manager
from qiskit.circuit.library import efficient_su2
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error

from qiskit_local_runtime import SamplerV2

from .bench import Bench, Peer
from .peers import samplers
from .row import Row


def _sweep(bench: Bench, num_qubits: int, goal: float) -> Row:
    """A thousand parameter sets; a tenth of them by the peers that bind them one by one."""
    sets = bench.size(1000, 20)
    circuit = efficient_su2(num_qubits, reps=3)
    circuit.measure_all()
    values = np.random.default_rng(3).random((sets, circuit.num_parameters))

    def run(primitive: Any, count: int = sets) -> None:
        primitive.run([(circuit, values[:count])], shots=1024).result()

    aer = samplers(bench.only("aer"), AerSimulator, run, sets)
    others = samplers(bench.only("qiskit", "ibm"), AerSimulator, lambda primitive: run(primitive, sets // 10), sets // 10)
    mine = SamplerV2(AerSimulator())
    label = f"Sampler, {num_qubits} q, 1 000 sets, 1 024 shots"
    return bench.race(label, lambda: run(mine), aer + others, goal=goal, unit="set", units=sets)


def sampler_sweep_8(bench: Bench) -> Row:
    """8 qubits, 1 000 parameter sets."""
    return _sweep(bench, 8, 0.1)


def sampler_sweep_12(bench: Bench) -> Row:
    """12 qubits, 1 000 parameter sets."""
    return _sweep(bench, 12, 0.15)


def _many_shots(bench: Bench, num_qubits: int, sets: int, goal: float) -> Row:
    shots = bench.size(10**6, 10**4)
    circuit = efficient_su2(num_qubits, reps=1)
    circuit.measure_all()
    values = np.random.default_rng(4).random((sets, circuit.num_parameters))

    def run(primitive: Any) -> None:
        primitive.run([(circuit, values)], shots=shots).result()

    mine = SamplerV2(AerSimulator())
    peers = samplers(bench, AerSimulator, run, sets)
    label = f"Sampler, {num_qubits} q, 10⁶ shots × {sets}"
    return bench.race(label, lambda: run(mine), peers, goal=goal, unit="set", units=sets)


def many_shots_10(bench: Bench) -> Row:
    """10 qubits, a million shots for each of five sets."""
    return _many_shots(bench, 10, 5, 0.05)


def many_shots_20(bench: Bench) -> Row:
    """20 qubits, a million shots."""
    return _many_shots(bench, 20, 1, 0.5)


def _on_a_line(backend: object, count: int) -> list[QuantumCircuit]:
    """8-qubit circuits of 20 layers on a line of FakeFez."""
    line = list(range(8))
    manager = generate_preset_pass_manager(optimization_level=1, backend=backend, initial_layout=line, seed_transpiler=0)
    circuits = []
    for seed in range(count):
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


def noisy_fake(bench: Bench) -> Row:
    """Device noise of a 156-qubit fake, 8 active qubits, 12 circuits, warm; three of them by the peers."""
    from qiskit_ibm_runtime.fake_provider import FakeFez

    circuits = _on_a_line(FakeFez(), bench.size(12, 4))
    few = circuits[: len(circuits) // 4]

    def run(primitive: Any) -> None:
        primitive.run(few, shots=1024).result()

    mine = SamplerV2(FakeFez())
    return bench.race(
        "Sampler, noise of FakeFez, 8 active q, 12 circuits",
        lambda: mine.run(circuits, shots=1024).result(),
        samplers(bench, FakeFez, run, len(few)),
        goal=0.33,
        unit="circuit",
        units=len(circuits),
    )


def clifford_127(bench: Bench) -> Row:
    """127 qubits, 60 layers of CZ, Pauli noise, 4 096 shots; 64 by the peer."""
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
    mine, few = SamplerV2(backend), bench.size(64, 8)
    return bench.race(
        "Clifford, 127 q, 60 layers, Pauli noise",
        lambda: mine.run([circuit], shots=4096).result(),
        [Peer("Aer stabilizer", "aer", lambda: backend.run(circuit, shots=few).result(), few)],
        goal=0.02,
        unit="shot",
        units=4096,
    )


SAMPLING = (sampler_sweep_8, sampler_sweep_12, many_shots_10, many_shots_20, noisy_fake, clifford_127)
