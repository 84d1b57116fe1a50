"""Learning noise and cancelling it against the time that simulating the same circuits takes."""

from __future__ import annotations

import time
from functools import cache

import numpy as np
from qiskit import QuantumCircuit, generate_preset_pass_manager
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import SparsePauliOp

from qiskit_local_runtime import EstimatorV2, LocalRuntime, NoiseLearner, SamplerV2
from qiskit_local_runtime.noise import LayerNoise, NoisyBackend, with_noise
from qiskit_local_runtime.pipeline.find_layers import layers_in
from qiskit_local_runtime.sweeps.lindblad import PauliLindblad
from qiskit_local_runtime.sweeps.unique_layers import UniqueLayer
from qiskit_local_runtime.techniques.gate_twirling import twirled

from .bench import OWN, Bench, Peer
from .measure import Timing
from .row import Rival, Row

_QUBITS, _STEPS, _RANDOMIZATIONS, _SHOTS = 10, 6, 1000, 64
_RATE = 2e-4
"""Of each generator on average."""
_OVERHEAD = 2.0
"""γ² of the noise that is cancelled."""


@cache
def _bare() -> GenericBackendV2:
    line = [[a, a + 1] for a in range(_QUBITS - 1)]
    both = line + [pair[::-1] for pair in line]
    return GenericBackendV2(_QUBITS, basis_gates=["cz", "rz", "sx", "x"], coupling_map=both, seed=1)


@cache
def _trotter() -> QuantumCircuit:
    circuit = QuantumCircuit(_QUBITS)
    for _ in range(_STEPS):
        circuit.rx(0.4, range(_QUBITS))
        for first in (0, 1):
            for left in range(first, _QUBITS - 1, 2):
                circuit.sdg([left, left + 1])
                circuit.cz(left, left + 1)
    return generate_preset_pass_manager(1, _bare(), initial_layout=range(_QUBITS), seed_transpiler=0).run(circuit)


@cache
def _models() -> dict[UniqueLayer, PauliLindblad]:
    """Every Pauli of one qubit and of neighbouring pairs, at random rates."""
    rows = []
    for where in [(q,) for q in range(_QUBITS)] + [(q, q + 1) for q in range(_QUBITS - 1)]:
        for letters in np.ndindex(*(3,) * len(where)):
            row = np.zeros(_QUBITS, dtype=np.uint8)
            row[list(where)] = np.add(letters, 1)
            rows.append(row)
    rng = np.random.default_rng(7)
    found = layers_in(_trotter(), tuple(range(_QUBITS)), "active-accum")
    return {layer: PauliLindblad(np.array(rows), rng.exponential(_RATE, len(rows))) for layer in dict.fromkeys(found)}


def _noisy() -> NoisyBackend:
    return with_noise(_bare(), LayerNoise(_models()))


def learning(bench: Bench) -> Row:
    """Both layers of the circuit at IBM's defaults, in all and inline, against the time of it that the simulators were busy."""
    options = {"max_layers_to_learn": None, "simulator": {"seed_simulator": 1}}
    whole, busy = [], []
    # one after the other, for the simulators' time to be a share of all
    with LocalRuntime(engine="inline") as runtime:
        learner = NoiseLearner(_noisy(), options=options, runtime=runtime)
        for _ in range(bench.size(8, 2)):
            start = time.perf_counter()
            job = learner.run([_trotter()])
            job.result()
            whole.append(time.perf_counter() - start)
            busy.append(float(job.metrics()["usage"]["measured_seconds"]))
    # the first is the warm-up
    label = f"learning 2 layers, {_QUBITS} q, Pauli noise"
    simulation = Rival("of it simulation", OWN, Timing(tuple(busy[1:])))
    return Row(label=label, ours=Timing(tuple(whole[1:])), rivals=(simulation,), goal=1.25)


def cancelling(bench: Bench) -> Row:
    """PEC with 1 000 randomizations of 64 shots, against as many random circuits of the same, simulated and no more.

    The peer's are the value sets of one parametrised circuit, with the same noise and shots.
    """
    observable = SparsePauliOp.from_sparse_list([("Z", [q], 1 / _QUBITS) for q in range(_QUBITS)], _QUBITS)
    resilience = {"pec_mitigation": True, "layer_noise_model": _models(), "pec": {"max_overhead": _OVERHEAD}}
    # what is asked for is multiplied by the overhead
    asked = round(_RANDOMIZATIONS / _OVERHEAD)
    twirling = {"num_randomizations": asked, "shots_per_randomization": _SHOTS}
    options = {"resilience_level": 0, "resilience": resilience, "twirling": twirling, "default_shots": asked * _SHOTS}
    mine = EstimatorV2(_noisy(), options=options)
    found = twirled(_trotter(), _RANDOMIZATIONS, "active-accum", np.random.SeedSequence(0))
    circuit = found.circuit.copy()
    circuit.measure_all()
    values = found.values(np.zeros((1, 0)))[0]
    bare = SamplerV2(_noisy(), options={"twirling": {"enable_gates": False, "enable_measure": False}})
    order = [found.parameters.index(parameter) for parameter in circuit.parameters]
    pub = (circuit, values[:, order], _SHOTS)
    label = f"PEC, {_QUBITS} q, {_RANDOMIZATIONS} × {_SHOTS} shots"
    peers = [Peer("the circuits as one sweep", OWN, lambda: bare.run([pub]).result())]
    return bench.race(label, lambda: mine.run([(_trotter(), observable)]).result(), peers, goal=1.3)


LEARNING = (learning, cancelling)
"""Noise learned and cancelled."""
