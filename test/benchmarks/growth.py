"""What ten times the work costs: PUBs, shots, parameter sets, randomizations."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle, islice

import numpy as np
from qiskit.circuit.library import efficient_su2
from qiskit_aer import AerSimulator

from qiskit_local_runtime import SamplerV2

from .batches import circuits
from .bench import OWN, Bench, Peer
from .noise import layered
from .row import Row

_GOAL = 10.5


def _tenfold(bench: Bench, label: str, run: Callable[[int], object], base: int) -> Row:
    """``run`` takes how many; ten times ``base`` against ``base``, which takes a tenth of a second or more."""
    peer = Peer("a tenth of it", OWN, lambda: run(base))
    return bench.race(f"growth: 10 × as many {label}", lambda: run(10 * base), [peer], goal=_GOAL)


def growth_pubs(bench: Bench) -> Row:
    """Circuits of six to ten qubits, all different, in one job."""
    base = bench.size(50, 2)
    # each call takes those that were not run for longest, so that the few gain no more than the many from what is cached
    found, mine = cycle(circuits(10 * base)), SamplerV2(AerSimulator())
    return _tenfold(bench, "PUBs", lambda count: mine.run(list(islice(found, count)), shots=1024).result(), base)


def growth_shots(bench: Bench) -> Row:
    """12 qubits without noise."""
    circuit = efficient_su2(12, reps=1).assign_parameters(np.linspace(0, 1, 48))
    circuit.measure_all()
    mine = SamplerV2(AerSimulator())
    return _tenfold(bench, "shots", lambda shots: mine.run([circuit], shots=shots).result(), bench.size(10**6, 1000))


def growth_sets(bench: Bench) -> Row:
    """10 qubits without noise, 1 024 shots."""
    base = bench.size(500, 5)
    circuit = efficient_su2(10, reps=2)
    circuit.measure_all()
    values = np.random.default_rng(8).random((10 * base, circuit.num_parameters))
    mine = SamplerV2(AerSimulator())
    return _tenfold(bench, "parameter sets", lambda count: mine.run([(circuit, values[:count])], shots=1024).result(), base)


def growth_randomizations(bench: Bench) -> Row:
    """10 qubits without noise, gates and measurements twirled, 32 shots each."""
    circuit = layered(10)

    def run(count: int) -> None:
        twirling = {"enable_gates": True, "enable_measure": True, "num_randomizations": count}
        options = {"twirling": twirling | {"shots_per_randomization": 32}}
        SamplerV2(AerSimulator(), options=options).run([circuit], shots=32 * count).result()

    return _tenfold(bench, "randomizations", run, bench.size(128, 2))


GROWTH = (growth_pubs, growth_shots, growth_sets, growth_randomizations)
