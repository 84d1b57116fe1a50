"""The qubits that are twirled, and the layers, against the boxes that IBM's own runtime twirls."""

from __future__ import annotations

import itertools
import unittest

import numpy as np
from ddt import data, ddt
from qiskit.circuit import QuantumCircuit
from samplomatic.transpiler import generate_boxing_pass_manager

from qiskit_local_runtime.techniques.gate_twirling import Strategy, twirled

_STRATEGIES: tuple[Strategy, ...] = ("active", "active-accum", "active-circuit", "all")


def _random_circuit(seed: int, measures: bool) -> QuantumCircuit:
    """Ten layers or fewer on six qubits; measurements, where wanted, in the middle and at the end."""
    rng = np.random.default_rng(seed)
    out = QuantumCircuit(6, 6)
    for _ in range(10):
        out.h(int(rng.integers(6)))
        qubit = int(rng.integers(6))
        if measures and rng.random() < 0.25:
            out.measure(qubit, qubit)
        out.cz(*rng.permutation(6)[:2].tolist())
    if measures:
        last = rng.permutation(6)[: rng.integers(1, 6)].tolist()
        out.measure(last, last)
    return out


def _boxed(circuit: QuantumCircuit, strategy: str, measures: bool) -> list[tuple[int, ...]]:
    """The qubits of each box that has two-qubit gates."""
    boxer = generate_boxing_pass_manager(
        enable_gates=True, enable_measures=measures, twirling_strategy=strategy.replace("-", "_")
    )
    return [
        tuple(sorted(circuit.find_bit(qubit).index for qubit in item.qubits))
        for item in boxer.run(circuit).data
        if item.name == "box" and any(inner.name == "cz" for inner in item.operation.body.data)
    ]


@ddt
class TestTwirledQubits(unittest.TestCase):
    """Each strategy twirls what it twirls at IBM."""

    @data(*itertools.product(_STRATEGIES, range(6)))
    def test_are_those_of_the_boxes_layer_by_layer(self, case: tuple[Strategy, int]) -> None:
        strategy, seed = case
        circuit = _random_circuit(seed, measures=False)
        found = twirled(circuit, 1, strategy, np.random.SeedSequence(1)).twirled_qubits
        self.assertEqual(list(found), _boxed(circuit, strategy, measures=False))

    # active-accum is left out: IBM puts a measurement in the middle into a later layer where both places are right
    @data(*itertools.product(("active", "active-circuit", "all"), range(6)))
    def test_are_those_of_the_boxes_with_measurements_twirled(self, case: tuple[Strategy, int]) -> None:
        strategy, seed = case
        circuit = _random_circuit(seed, measures=True)
        found = twirled(circuit, 1, strategy, np.random.SeedSequence(1), measures=True).twirled_qubits
        self.assertEqual(sorted(found), sorted(_boxed(circuit, strategy, measures=True)))
