"""Every option of error suppression and mitigation changes what a backend is asked to run, or what is made of its bits."""

from __future__ import annotations

import unittest
from collections.abc import Iterator
from typing import Any

import numpy as np
from ddt import data, ddt, named_data
from pydantic import BaseModel
from qiskit import QuantumCircuit
from qiskit.circuit import Delay, Parameter, Reset
from qiskit.transpiler import InstructionProperties

from qiskit_local_runtime import EstimatorV2, SamplerV2
from qiskit_local_runtime.options import EstimatorOptions

from ..support.backends import CountsBackend, line_target

_Call = tuple[str, int]


class _Recorder(CountsBackend):
    """Runs circuits, and remembers each with its shots."""

    def __init__(self) -> None:
        super().__init__("plain")
        target = line_target(4)
        target.add_instruction(Delay(Parameter("seconds")), {(qubit,): None for qubit in range(4)})
        target.add_instruction(Reset(), {(qubit,): InstructionProperties(duration=500e-9) for qubit in range(4)})
        self._target = target
        self.ran: list[_Call] = []

    def run(self, run_input: list[QuantumCircuit], **options: Any) -> Any:
        self.ran += [(_written(circuit), options["shots"]) for circuit in run_input]
        return super().run(run_input, **options)


def _written(circuit: QuantumCircuit) -> str:
    lines = []
    for item in circuit.data:
        where = [circuit.find_bit(bit).index for bit in (*item.qubits, *item.clbits)]
        lines.append(f"{item.name} {[round(float(angle), 6) for angle in item.params]} {where}")
    return "\n".join(lines)


def _circuit() -> QuantumCircuit:
    """Idle times, a reset, three layers of two-qubit gates and four qubits, of which one is never in a gate of two."""
    circuit = QuantumCircuit(4)
    for qubit in range(4):
        circuit.rz(0.3 + qubit, qubit)
        circuit.sx(qubit)
    circuit.barrier()
    circuit.reset(2)
    circuit.barrier()
    circuit.delay(3001, [0, 1, 2, 3])
    circuit.barrier()
    circuit.sx(2)
    for left in (0, 1, 1, 0):
        circuit.cz(left, left + 1)
        circuit.rz(0.7, left)
        circuit.sx(left)
        circuit.barrier(0, 1)
    circuit.sx(3)
    return circuit


_OFF: dict[str, Any] = {"resilience_level": 0, "default_shots": 256}
_GATES = {"twirling": {"enable_gates": True, "num_randomizations": 4}}
_PULSES = {"dynamical_decoupling": {"enable": True}}
_TREX = {"resilience": {"measure_mitigation": True}}
_ZNE = {"resilience": {"zne_mitigation": True, "zne": {"noise_factors": [1, 1.5, 2, 3], "extrapolator": "linear"}}}

_RUNS: dict[str, tuple[dict[str, Any], tuple[Any, ...]]] = {
    "twirling.enable_gates": ({}, (True,)),
    "twirling.enable_measure": ({}, (True,)),
    "twirling.num_randomizations": ({"twirling": {"enable_measure": True}}, (2, 7)),
    "twirling.shots_per_randomization": ({"twirling": {"enable_measure": True}}, (32, 100)),
    "twirling.group": (_GATES, ("balanced_pauli",)),
    "twirling.strategy": (_GATES, ("active", "active-circuit", "all")),
    "dynamical_decoupling.enable": ({}, (True,)),
    "dynamical_decoupling.sequence_type": (_PULSES, ("XpXm", "XY4")),
    "dynamical_decoupling.extra_slack_distribution": (_PULSES, ("edges",)),
    "dynamical_decoupling.scheduling_method": (_PULSES, ("asap",)),
    "dynamical_decoupling.skip_reset_qubits": (_PULSES, (True,)),
    "dynamical_decoupling.staggered": (_PULSES, (True,)),
    "resilience_level": ({}, (1, 2)),
    "resilience.measure_mitigation": ({}, (True,)),
    "resilience.measure_noise_learning.num_randomizations": (_TREX, (3, 5)),
    "resilience.measure_noise_learning.shots_per_randomization": (_TREX, (40, 50)),
    "resilience.zne_mitigation": ({}, (True,)),
    "resilience.zne.amplifier": (_ZNE, ("gate_folding_front", "gate_folding_back")),
    "resilience.zne.noise_factors": (_ZNE, ([1, 3], [1, 3, 5])),
}
"""Options that change the circuits: each with what else is set, and values that all run something else."""
_SETTINGS_OF_RESULTS = {"resilience.zne.extrapolator", "resilience.zne.extrapolated_noise_factors"}
_OTHERS = {
    "twirling.group = local_c1": "refused",
    "twirling.group = local_pauli": "what pauli is where a gate is not Clifford",
    "resilience.zne.amplifier = pea": "refused",
    "resilience.pec_mitigation": "refused",
    "resilience.pec.max_overhead": "of PEC",
    "resilience.pec.noise_gain": "of PEC",
    "resilience.layer_noise_model": "refused",
    "resilience.layer_noise_learning.max_layers_to_learn": "of PEC and PEA",
    "resilience.layer_noise_learning.shots_per_randomization": "of PEC and PEA",
    "resilience.layer_noise_learning.num_randomizations": "of PEC and PEA",
    "resilience.layer_noise_learning.layer_pair_depths": "of PEC and PEA",
}


def _with(path: str, value: Any, base: dict[str, Any]) -> dict[str, Any]:
    """Options with one of them set."""
    name, _, rest = path.partition(".")
    return base | {name: _with(rest, value, base.get(name, {})) if rest else value}


def _estimated(options: dict[str, Any]) -> tuple[list[_Call], Any]:
    backend = _Recorder()
    given = {"simulator": {"seed_simulator": 1}, **_OFF, **options}
    result = EstimatorV2(backend, options=given).run([(_circuit(), ["ZIZZ", "IXII"])]).result()[0]
    return backend.ran, result


def _sampled(options: dict[str, Any]) -> list[_Call]:
    backend = _Recorder()
    circuit = _circuit()
    circuit.measure_all()
    given = {"simulator": {"seed_simulator": 1}, "default_shots": 256, **options}
    SamplerV2(backend, options=given).run([circuit]).result()
    return backend.ran


@ddt
class TestWhatRuns(unittest.TestCase):
    """Circuits and shots as a backend of the user's sees them; the seed is the same, so that nothing else changes them."""

    def test_the_same_options_run_the_same(self) -> None:
        for options in {}, _GATES, _PULSES, _TREX, _ZNE:
            self.assertEqual(_estimated(options)[0], _estimated(options)[0])

    @named_data(*([path, path] for path in _RUNS))
    def test_every_value_runs_something_else(self, path: str) -> None:
        base, values = _RUNS[path]
        ran = [_estimated(base)[0], *(_estimated(_with(path, value, base))[0] for value in values)]
        for i, one in enumerate(ran):
            for other in ran[:i]:
                self.assertNotEqual(one, other, (path, values))

    @named_data(*([path, path] for path in _RUNS if path.startswith(("twirling", "dynamical"))))
    def test_for_the_sampler_too(self, path: str) -> None:
        base, values = _RUNS[path]
        ran = [_sampled(base), *(_sampled(_with(path, value, base)) for value in values)]
        for i, one in enumerate(ran):
            for other in ran[:i]:
                self.assertNotEqual(one, other, (path, values))

    def test_randomizations_and_their_shots_are_as_many_as_asked_for(self) -> None:
        for number, each in ((4, 64), (8, 32)):
            asked = {"enable_measure": True, "num_randomizations": number, "shots_per_randomization": each}
            ran = _sampled({"twirling": asked})
            self.assertEqual([shots for _, shots in ran], [each] * number)
        plain = len(_estimated({})[0])
        learning = {"num_randomizations": 5, "shots_per_randomization": 40}
        ran = _estimated({"resilience": {"measure_mitigation": True, "measure_noise_learning": learning}})[0]
        self.assertEqual([shots for _, shots in ran].count(40), 5)
        self.assertGreater(len(ran), plain + 5)

    def test_noise_factors_are_numbers_of_gates(self) -> None:
        ran = _estimated(_with("resilience.zne.noise_factors", [1, 1.5, 3], _ZNE))[0]
        self.assertEqual(sorted({text.count("cz") for text, _ in ran}), [4, 6, 12])

    @data(("XX", 2), ("XpXm", 2), ("XY4", 4))
    def test_sequences_have_their_pulses(self, case: tuple[str, int]) -> None:
        sequence, number = case
        options = {"dynamical_decoupling": {"enable": True, "sequence_type": sequence}}
        ((text, _),) = set(_sampled(options))
        last = [line for line in text.splitlines() if line.startswith("x ") and line.endswith("[3]")]
        self.assertEqual(len(last) % number, 0)
        self.assertGreaterEqual(len(last), number)
        self.assertFalse([line for line in _sampled({})[0][0].splitlines() if line.startswith("x ")])

    def test_qubits_after_a_reset_are_skipped(self) -> None:
        kept, skipped = (
            _sampled({"dynamical_decoupling": {"enable": True, "skip_reset_qubits": skip}})[0][0].splitlines()
            for skip in (False, True)
        )
        self.assertGreater(*(sum(line.startswith("x ") and line.endswith("[2]") for line in each) for each in (kept, skipped)))


class TestWhatIsMadeOfIt(unittest.TestCase):
    """Options that act after the last shot."""

    def test_extrapolators(self) -> None:
        found = {}
        for names in ("linear", "exponential", "polynomial_degree_2", "fallback", ["exponential", "linear"]):
            _, found[str(names)] = _estimated(_with("resilience.zne.extrapolator", names, _ZNE))
        at_zero = [tuple(result.data.evs_extrapolated[:, 0, 0].round(12)) for result in found.values()]
        self.assertEqual(len(set(at_zero[:4])), 4)
        shapes = [result.data.evs_extrapolated.shape for result in found.values()]
        self.assertEqual(shapes, [(2, 1, 5)] * 4 + [(2, 2, 5)])
        for name, result in list(found.items())[:4]:
            self.assertLessEqual(set(result.metadata["resilience"]["zne"]["extrapolator"]), {name, "fallback"})

    def test_points(self) -> None:
        for points in ([0], [0, 0.5, 7]):
            _, result = _estimated(_with("resilience.zne.extrapolated_noise_factors", points, _ZNE))
            self.assertEqual(result.data.evs_extrapolated.shape, (2, 1, len(points)))
            self.assertEqual(result.data.stds_extrapolated.shape, (2, 1, len(points)))
        np.testing.assert_allclose(result.data.evs_extrapolated[:, 0, 0], result.data.evs, rtol=0, atol=1e-12)

    def test_levels_bring_what_they_say(self) -> None:
        for level, trex, zne in ((0, False, False), (1, True, False), (2, True, True)):
            _, result = _estimated({"resilience_level": level})
            said = result.metadata["resilience"]
            self.assertEqual((said["measure_mitigation"], said["zne_mitigation"]), (trex, zne))
            self.assertEqual("evs_noise_factors" in result.data, zne)


class TestCompleteness(unittest.TestCase):
    """No option is forgotten."""

    def test_every_option_of_these_groups_is_tested_or_refused(self) -> None:
        options = EstimatorOptions()
        found = {"resilience_level"}
        for name in ("twirling", "dynamical_decoupling", "resilience"):
            found |= {f"{name}.{path}" for path in _paths(getattr(options, name))}
        known = set(_RUNS) | _SETTINGS_OF_RESULTS | {path for path in _OTHERS if " " not in path}
        self.assertEqual(found, known)


def _paths(group: BaseModel) -> Iterator[str]:
    for name in type(group).model_fields:
        value = getattr(group, name)
        if isinstance(value, BaseModel):
            yield from (f"{name}.{path}" for path in _paths(value))
        else:
            yield name
