"""Ours on many cores against ours on one, and on one engine against another."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.circuit.library import efficient_su2
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, amplitude_damping_error, depolarizing_error

from qiskit_local_runtime import LocalRuntime, SamplerV2
from qiskit_local_runtime.engines import ENGINES

from .bench import OWN, Bench, Peer, Skipped, cores
from .noise import layered
from .row import Row

Run = Callable[[LocalRuntime], object]
"""Does the work in a runtime."""
_PARALLEL = 0.8
"""Of each core, this much has to be a gain."""


def _damped() -> AerSimulator:
    """Depolarizing and amplitude damping, as a density matrix."""
    model = NoiseModel()
    model.add_all_qubit_quantum_error(depolarizing_error(0.003, 2), ["cx"])
    model.add_all_qubit_quantum_error(amplitude_damping_error(0.001), ["ry", "rz"])
    return AerSimulator(method="density_matrix", noise_model=model)


def _sweep(sets: int) -> tuple[QuantumCircuit, NDArray[np.float64]]:
    circuit = efficient_su2(10, reps=1)
    circuit.measure_all()
    return circuit, np.random.default_rng(6).random((sets, circuit.num_parameters))


def speedup_density(bench: Bench) -> Row:
    """One job of 1 000 parameter sets, 10 qubits, density matrix."""
    sets = bench.size(1000, 4)
    pub = _sweep(sets)

    def run(runtime: LocalRuntime) -> None:
        SamplerV2(_damped(), runtime=runtime).run([pub], shots=1024).result()

    return _speedup(bench, "one job, 1 000 sets, 10 q, density matrix", run, "set", sets)


def speedup_twirled(bench: Bench) -> Row:
    """8 qubits with the noise of FakeFez, 128 randomizations of 1 024 shots, gates and measurements twirled."""
    from qiskit_ibm_runtime.fake_provider import FakeFez

    randomizations = bench.size(128, 4)
    twirling = {"enable_gates": True, "enable_measure": True, "num_randomizations": randomizations}
    options = {"twirling": twirling | {"shots_per_randomization": 1024}}
    backend, circuit = FakeFez(), layered(8)

    def run(runtime: LocalRuntime) -> None:
        SamplerV2(backend, options=options, runtime=runtime).run([circuit], shots=randomizations * 1024).result()

    return _speedup(bench, "twirled, noise of FakeFez, 8 q, 128 × 1 024 shots", run, "randomization", randomizations)


def _speedup(bench: Bench, label: str, run: Run, unit: str, units: int) -> Row:
    with LocalRuntime() as runtime, LocalRuntime(engine="inline") as inline:
        return bench.race(
            label,
            lambda: run(runtime),
            [Peer("engine `inline`", OWN, lambda: run(inline), units)],
            goal=1 / (_PARALLEL * cores()),
            unit=unit,
            units=units,
        )


def overhead_dask(bench: Bench) -> Row:
    """About 60 s of work of one core on Dask with a cluster of this machine, against child processes."""
    if "dask" not in ENGINES or find_spec("distributed") is None:
        raise Skipped("there is no engine `dask`, or `distributed` is not installed")
    sets = bench.size(4600, 40)
    pub = _sweep(sets)

    def run(runtime: LocalRuntime) -> None:
        SamplerV2(_damped(), runtime=runtime).run([pub], shots=1024).result()

    with LocalRuntime(engine="dask") as dask, LocalRuntime(engine="processes") as processes:
        peer = Peer("engine `processes`", OWN, lambda: run(processes))
        return bench.race("Dask, 60 s of work", lambda: run(dask), [peer], goal=1.15)


SPEEDUPS = (speedup_density, speedup_twirled, overhead_dask)
