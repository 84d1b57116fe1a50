"""Many small circuits: 500 of six to ten qubits, all different, in a batch of five jobs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from qiskit import QuantumCircuit, generate_preset_pass_manager
from qiskit.providers import BackendV2
from qiskit_aer import AerSimulator

from qiskit_local_runtime import Batch, LocalRuntime, SamplerV2

from .bench import Bench, cores
from .peers import samplers
from .row import Row

_JOBS = 5
_SHOTS = 1024


def circuits(count: int) -> list[QuantumCircuit]:
    """Ten layers of rotations and of CZ between some neighbours on a line of six to ten qubits."""
    found = []
    for seed in range(count):
        rng = np.random.default_rng(seed)
        num_qubits = 6 + seed % 5
        circuit = QuantumCircuit(num_qubits)
        for layer in range(10):
            for qubit in range(num_qubits):
                circuit.rx(rng.random(), qubit)
                circuit.rz(rng.random(), qubit)
            for qubit in range(layer % 2, num_qubits - 1, 2):
                if rng.random() < 0.7:
                    circuit.cz(qubit, qubit + 1)
        circuit.measure_all()
        found.append(circuit)
    return found


def _batch(backend: BackendV2, runtime: LocalRuntime, parts: Sequence[Sequence[QuantumCircuit]]) -> None:
    with Batch(backend, runtime=runtime) as mode:
        jobs = [SamplerV2(mode).run(part, shots=_SHOTS) for part in parts]
        for job in jobs:
            job.result()


def _row(bench: Bench, label: str, backend: Callable[[], BackendV2], found: list[QuantumCircuit], every: int) -> Row:
    """All of them in five jobs, and one of ``every`` by each peer in as many jobs."""
    parts = [found[job::_JOBS] for job in range(_JOBS)]
    few = found[::every]

    def run(primitive: Any) -> None:
        for job in [primitive.run(few[start::_JOBS], shots=_SHOTS) for start in range(min(_JOBS, len(few)))]:
            job.result()

    mine = backend()
    with LocalRuntime() as runtime:
        return bench.race(
            label,
            lambda: _batch(mine, runtime, parts),
            samplers(bench, backend, run, len(few)),
            goal=0.5 if cores() >= 4 else 0.7,
            unit="circuit",
            units=len(found),
        )


def batch_noiseless(bench: Bench) -> Row:
    """Without noise, all 500 by everyone."""
    return _row(bench, "batch, 500 circuits of 6–10 q, noiseless", AerSimulator, circuits(bench.size(500, 10)), 1)


_LINE = (0, 1, 4, 7, 10, 12, 13, 14, 11, 8)
"""Neighbours on FakeGuadalupeV2."""


def batch_noisy(bench: Bench) -> Row:
    """With the noise of FakeGuadalupeV2 (16 qubits), transpiled for it before; by the peers every ninth, of all sizes."""
    from qiskit_ibm_runtime.fake_provider import FakeGuadalupeV2

    backend, found = FakeGuadalupeV2(), []
    for circuit in circuits(bench.size(500, 5)):
        line = _LINE[: circuit.num_qubits]
        manager = generate_preset_pass_manager(1, backend, initial_layout=line, seed_transpiler=0)
        found.append(manager.run(circuit))
    return _row(bench, "batch, 500 circuits of 6–10 q, noise of FakeGuadalupe", FakeGuadalupeV2, found, 9)


BATCHES = (batch_noiseless, batch_noisy)
