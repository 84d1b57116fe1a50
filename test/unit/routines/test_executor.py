"""The executor: parts of circuits that never meet, seeds, chunks, and what it costs."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path
from typing import Any

import numpy as np
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.providers import BackendV2
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, ReadoutError
from samplomatic import Twirl, build
from samplomatic.quantum_program import QuantumProgram

from qiskit_local_runtime import SamplerV2
from qiskit_local_runtime.errors import IBMInputValueError, OptionNotImplementedError
from qiskit_local_runtime.noise import Drift, with_noise
from qiskit_local_runtime.primitives.executor import Executor
from qiskit_local_runtime.runtime import LocalRuntime

_SHOTS = 4000


def _program(circuit: QuantumCircuit, values: Any = None, shots: int = _SHOTS, **more: Any) -> QuantumProgram:
    program = QuantumProgram(shots)
    program.append_circuit_item(circuit, values, **more)
    return program


def _ran(backend: BackendV2, program: Any, seed: int = 7, **options: Any) -> Any:
    with LocalRuntime() as runtime:
        return (
            Executor(backend, options={"simulator": {"seed_simulator": seed}, **options}, runtime=runtime).run(program).result()
        )


def _readout(probability: float) -> BackendV2:
    model = NoiseModel()
    model.add_all_qubit_readout_error(ReadoutError([[1 - probability, probability], [probability, 1 - probability]]))
    return AerSimulator(noise_model=model)


def _wide() -> QuantumCircuit:
    """Two entangled pairs and eight lonely qubits, measured in an odd order."""
    circuit = QuantumCircuit(12, 12)
    for one, other in ((0, 7), (3, 4)):
        circuit.h(one)
        circuit.cx(one, other)
    circuit.rx(Parameter("a"), 9)
    circuit.x(11)
    circuit.barrier()
    circuit.measure(range(12), [(5 * q) % 12 for q in range(12)])
    return circuit


class TestParts(unittest.TestCase):
    """Circuits in parts do what they do in one piece."""

    def test_bits_are_those_of_their_qubits(self) -> None:
        bits = _ran(AerSimulator(), _program(_wide(), np.array([[0.0], [np.pi]])))[0]["c"]
        at = [(5 * q) % 12 for q in range(12)]
        for one, other in ((0, 7), (3, 4)):
            np.testing.assert_array_equal(bits[..., at[one]], bits[..., at[other]])
            self.assertLess(abs(bits[..., at[one]].mean() - 0.5), 4.5 / np.sqrt(8 * _SHOTS))
        self.assertFalse(bits[0][:, at[9]].any())
        self.assertTrue(bits[1][:, at[9]].all())
        self.assertTrue(bits[..., at[11]].all())
        self.assertFalse(bits[..., [at[q] for q in (1, 2, 5, 6, 8, 10)]].any())

    def test_parts_are_independent_of_one_another(self) -> None:
        bits = _ran(AerSimulator(), _program(_wide(), np.array([0.3])))[0]["c"]
        agree = (bits[:, 0] == bits[:, (5 * 3) % 12]).mean()
        self.assertLess(abs(agree - 0.5), 4.5 * 0.5 / np.sqrt(_SHOTS))

    def test_noise_is_that_of_each_qubit(self) -> None:
        circuit = QuantumCircuit(8, 8)
        circuit.x(range(4))
        circuit.measure(range(8), range(8))
        bits = _ran(_readout(0.1), _program(circuit))[0]["c"]
        wrong = np.concatenate([1 - bits[:, :4].mean(axis=0), bits[:, 4:].mean(axis=0)])
        self.assertLess(abs(wrong - 0.1).max(), 4.5 * np.sqrt(0.09 / _SHOTS))

    def test_idle_noise_is_that_of_the_sampler(self) -> None:
        backend = GenericBackendV2(7, coupling_map=[[q, q + 1] for q in range(6)], seed=3)
        circuit = QuantumCircuit(7, 7)
        circuit.x(range(7))
        circuit.cx(0, 1)
        circuit.delay(40_000, 0, unit="ns")
        circuit.cx(0, 1)
        circuit.barrier()
        circuit.measure(range(7), range(7))
        mine = _ran(backend, _program(circuit, shots=8000), seed=2)[0]["c"].mean(axis=0)
        with LocalRuntime() as runtime:
            sampler = SamplerV2(backend, options={"simulator": {"seed_simulator": 1}}, runtime=runtime)
            theirs = sampler.run([circuit], shots=8000).result()[0].data.c.to_bool_array(order="little").mean(axis=0)
        spread = np.sqrt(np.maximum(theirs * (1 - theirs), 1e-4) * 2 / 8000)
        self.assertLess((np.abs(mine - theirs) / spread).max(), 4.5)
        self.assertLess(theirs[0], 0.8)

    def test_drifts_are_those_of_the_sampler_with_the_same_seed(self) -> None:
        backend = with_noise(GenericBackendV2(9, coupling_map=[[q, q + 1] for q in range(8)], seed=3), Drift(1e5))
        circuit = QuantumCircuit(9, 9)
        for qubit in range(9):
            circuit.sx(qubit)
            circuit.delay(3000, qubit, unit="ns")
            circuit.sx(qubit)
        circuit.cx(0, 1)
        circuit.measure(range(9), range(9))
        mine = _ran(backend, _program(circuit))[0]["c"].mean(axis=0)
        with LocalRuntime() as runtime:
            sampler = SamplerV2(backend, options={"simulator": {"seed_simulator": 7}}, runtime=runtime)
            theirs = sampler.run([circuit], shots=_SHOTS).result()[0].data.c.to_bool_array(order="little").mean(axis=0)
        self.assertLess(np.abs(mine - theirs).max(), 4.5 * np.sqrt(0.5 / _SHOTS))

    def test_feed_forward_joins_what_it_connects(self) -> None:
        circuit = QuantumCircuit(9, 9)
        circuit.h(0)
        circuit.measure(0, 0)
        with circuit.if_test((circuit.clbits[0], 1)):
            circuit.x(8)
        circuit.x(4)
        circuit.measure(range(1, 9), range(1, 9))
        bits = _ran(AerSimulator(), _program(circuit, shots=300))[0]["c"]
        np.testing.assert_array_equal(bits[:, 0], bits[:, 8])
        self.assertTrue(0 < bits[:, 0].sum() < 300)
        self.assertTrue(bits[:, 4].all())

    def test_wide_circuits_run_in_parts_and_say_so(self) -> None:
        circuit = QuantumCircuit(40, 40)
        for first in range(0, 40, 4):
            for qubit in range(first, first + 3):
                circuit.ry(0.3, qubit)
                circuit.cx(qubit, qubit + 1)
        circuit.measure(range(40), range(40))
        found = _ran(AerSimulator(), _program(circuit, shots=10))[0].metadata.simulation
        self.assertEqual(found, {"parts": 10, "active_qubits": 40, "largest_part": 4, "methods": ["statevector"]})


class TestProgram(unittest.TestCase):
    """What else an executor does."""

    def test_the_same_seed_gives_the_same_bits(self) -> None:
        first, second, other = (_ran(AerSimulator(), _twirled_program(), seed=seed)[0] for seed in (1, 1, 2))
        for name in first:
            np.testing.assert_array_equal(first[name], second[name])
        self.assertFalse(np.array_equal(first["measurement_flips.c"], other["measurement_flips.c"]))

    def test_later_changes_of_a_program_do_not_reach_the_job(self) -> None:
        program = _twirled_program()
        values = program.items[0].samplex_arguments["parameter_values"]
        with LocalRuntime() as runtime:
            options = {"simulator": {"seed_simulator": 1}}
            job = Executor(AerSimulator(), options=options, runtime=runtime).run(program)
            values[:] = 1.0
            found = job.result()[0]
        bits = found["c"] ^ found["measurement_flips.c"]
        self.assertTrue(bits.all())

    def test_a_durable_store_keeps_program_and_result(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "jobs.db"
            with LocalRuntime(store=path) as runtime:
                options = {"simulator": {"seed_simulator": 4}}
                job = Executor(AerSimulator(), options=options, runtime=runtime).run(_twirled_program())
                wanted, text = job.result(), job.inputs["pubs"][0]
            with LocalRuntime(store=path) as runtime:
                request, found = runtime.request(job.job_id()), runtime.result(job.job_id())
                again = runtime.result(_finished(runtime, request))
        self.assertEqual(request.pubs, (text,))
        for name in wanted[0]:
            np.testing.assert_array_equal(found[0][name], wanted[0][name])
            np.testing.assert_array_equal(again[0][name], wanted[0][name])
        self.assertEqual(found.timing, wanted.timing)

    def test_chunks_give_shape_and_times(self) -> None:
        circuit = QuantumCircuit(1, 1)
        circuit.rx(Parameter("a"), 0)
        circuit.measure(0, 0)
        values = np.linspace(0, np.pi, 10).reshape(5, 2, 1)
        found = _ran(AerSimulator(), _program(circuit, values, chunk_size=3))
        self.assertEqual(found[0]["c"].shape, (5, 2, _SHOTS, 1))
        share = np.sin(values[..., 0] / 2) ** 2
        spread = np.sqrt(share * (1 - share) / _SHOTS) + 1e-9
        self.assertLess((np.abs(found[0]["c"].mean(axis=(2, 3)) - share) / spread).max(), 4.5)
        self.assertEqual([part.element_range for span in found.timing for part in span.parts][-1], (9, 10, 1))

    def test_an_item_without_elements_has_a_result_without_elements(self) -> None:
        circuit = QuantumCircuit(1, 1)
        circuit.rx(Parameter("a"), 0)
        circuit.measure(0, 0)
        found = _ran(AerSimulator(), _program(circuit, np.zeros((0, 1)), shots=5))
        self.assertEqual(found[0]["c"].shape, (0, 5, 1))

    def test_usage_is_that_of_whole_circuits_and_the_plan_names_items(self) -> None:
        backend = GenericBackendV2(7, coupling_map=[[q, q + 1] for q in range(6)], seed=3)
        circuit = QuantumCircuit(7, 7)
        circuit.x(range(7))
        circuit.measure(range(7), range(7))
        with LocalRuntime() as runtime:
            executor = Executor(backend, runtime=runtime)
            seconds = executor.estimate_usage(_program(circuit))
            self.assertEqual(SamplerV2(backend, runtime=runtime).estimate_usage([circuit], shots=_SHOTS), seconds)
            job = executor.run(_program(circuit))
            job.result()
            self.assertAlmostEqual(job.usage(), seconds, places=6)
            self.assertIn("item 0", str(executor.plan(_program(circuit))))

    def test_what_is_no_program_is_refused(self) -> None:
        with LocalRuntime() as runtime, self.assertRaisesRegex(IBMInputValueError, "QuantumProgram"):
            Executor(AerSimulator(), runtime=runtime).run([QuantumCircuit(1)])

    def test_options_that_are_not_applied_are_refused_by_name(self) -> None:
        circuit = QuantumCircuit(1, 1)
        circuit.measure(0, 0)
        for option in ({"init_qubits": False}, {"rep_delay": 1e-4}, {"scheduler_timing": True}, {"stretch_values": True}):
            with self.assertRaisesRegex(OptionNotImplementedError, next(iter(option))):
                _ran(AerSimulator(), _program(circuit), execution=option)


def _twirled_program() -> QuantumProgram:
    circuit = QuantumCircuit(2, 2)
    with circuit.box([Twirl()]):
        circuit.rx(Parameter("a"), 0)
        circuit.cx(0, 1)
    with circuit.box([Twirl()]):
        circuit.measure([0, 1], [0, 1])
    template, samplex = build(circuit)
    program = QuantumProgram(20)
    program.append_samplex_item(template, samplex, {"parameter_values": np.array([np.pi])}, shape=(6,))
    return program


def _finished(runtime: LocalRuntime, request: Any) -> str:
    job = runtime.submit(request)
    runtime.wait(job, 60)
    return job


if __name__ == "__main__":
    unittest.main()
