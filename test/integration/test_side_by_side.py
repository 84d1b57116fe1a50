"""The PUBs of a job run side by side, with the bits that they have one after the other."""

from __future__ import annotations

import os
import unittest
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from ddt import data, ddt
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.fake_provider import FakeGuadalupeV2

from qiskit_local_runtime import EstimatorV2, LocalRuntime, NoiseLearner, SamplerV2
from qiskit_local_runtime.cancellation import CancelToken
from qiskit_local_runtime.engines import ProcessEngine
from qiskit_local_runtime.pipeline.bundles import run_bundle

_SEED = {"simulator": {"seed_simulator": 11}}


class Counting(ProcessEngine):
    """Child processes that are there from the start; how many bundles they were sent."""

    def __init__(self, workers: int) -> None:
        super().__init__(workers)
        self.bundles = 0
        self.call(os.getpid, cancel=CancelToken())

    def map(self, function: Any, common: Any, parts: Sequence[Any], *, cancel: CancelToken) -> Iterator[Any]:
        """See ``Engine``."""
        if function is run_bundle:
            self.bundles += len(parts)
        return super().map(function, common, parts, cancel=cancel)


def _circuits(count: int, width: int, layers: int = 10) -> list[QuantumCircuit]:
    """Different ones, in the gates of FakeGuadalupeV2 on neighbours."""
    found = []
    for seed in range(count):
        rng = np.random.default_rng(seed)
        circuit = QuantumCircuit(16)
        line = (0, 1, 4, 7, 10, 12, 13, 14)[:width]
        for _ in range(layers):
            for qubit in line:
                circuit.rz(rng.random(), qubit)
                circuit.sx(qubit)
            for one, other in pairwise(line):
                if rng.random() < 0.5:
                    circuit.cx(one, other)
        circuit.measure_active()
        found.append(circuit)
    return found


def _bits(runtime: LocalRuntime, backend: Any, circuits: list[QuantumCircuit], **options: Any) -> list[np.ndarray]:
    job = SamplerV2(backend, options={**_SEED, **options}, runtime=runtime).run(circuits, shots=256)
    return [next(iter(pub.data.values())).array for pub in job.result()]


def _noiseless(runtime: LocalRuntime) -> list[np.ndarray]:
    return _bits(runtime, AerSimulator(), _circuits(200, 8))


def _twirled(runtime: LocalRuntime) -> list[np.ndarray]:
    twirling = {"enable_gates": True, "enable_measure": True, "num_randomizations": 8}
    return _bits(runtime, FakeGuadalupeV2(), _circuits(20, 7), twirling=twirling)


def _decoupled(runtime: LocalRuntime) -> list[np.ndarray]:
    return _bits(runtime, FakeGuadalupeV2(), _circuits(30, 8), dynamical_decoupling={"enable": True})


def _estimated(runtime: LocalRuntime) -> list[np.ndarray]:
    """Exact and sampled ones in turn, with zero-noise extrapolation and TREX."""
    observable = SparsePauliOp.from_sparse_list([("ZZ", [0, 1], 1.0), ("X", [4], 0.5)], 16)
    pubs: list[Any] = []
    for number, circuit in enumerate(_circuits(12, 4, layers=6)):
        circuit.remove_final_measurements()
        pubs.append((circuit, observable, None, 0.0 if number % 3 == 0 else 0.05))
    job = EstimatorV2(FakeGuadalupeV2(), options={**_SEED, "resilience_level": 2}, runtime=runtime).run(pubs)
    return [np.stack([pub.data.evs, pub.data.stds]) for pub in job.result()]


def _learned(runtime: LocalRuntime) -> list[np.ndarray]:
    circuit = _circuits(1, 4, layers=3)[0]
    circuit.remove_final_measurements()
    options = {**_SEED, "num_randomizations": 8, "shots_per_randomization": 32}
    found = NoiseLearner(FakeGuadalupeV2(), options=options, runtime=runtime).run([circuit]).result()
    return [np.asarray(layer.error.rates) for layer in found.data]


@ddt
class TestSideBySide(unittest.TestCase):
    """One, two and four child processes against none."""

    @data(_noiseless, _twirled, _decoupled, _estimated, _learned)
    def test_the_bits_are_those_of_one_after_the_other(self, work: Callable[[LocalRuntime], list[np.ndarray]]) -> None:
        with LocalRuntime(engine="inline") as runtime:
            expected = work(runtime)
        for workers in (1, 2, 4):
            engine = Counting(workers)
            with LocalRuntime(engine=engine) as runtime:
                found = work(runtime)
            self.assertEqual(len(found), len(expected))
            for one, other in zip(found, expected, strict=True):
                np.testing.assert_array_equal(one, other)
            self.assertTrue(engine.bundles or workers == 1, f"{work.__name__} on {workers} workers")


if __name__ == "__main__":
    unittest.main()
