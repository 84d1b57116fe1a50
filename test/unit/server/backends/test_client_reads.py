from __future__ import annotations

import importlib
import unittest
import warnings
from typing import Any

from ddt import data, ddt
from qiskit import QuantumCircuit, transpile
from qiskit.circuit import Gate, Instruction
from qiskit.circuit.library import CXGate, CZGate, Measure, RXGate, RZGate, RZZGate, SXGate, XGate
from qiskit.providers import BackendV2, Options, QubitProperties
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.transpiler import InstructionProperties, Target
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error
from qiskit_ibm_runtime.models import BackendProperties
from qiskit_ibm_runtime.utils.backend_converter import convert_to_target

from qiskit_local_runtime.devices import Coherent, registry, with_noise
from qiskit_local_runtime.server.backends.configuration import configuration
from qiskit_local_runtime.server.backends.device import device
from qiskit_local_runtime.server.backends.operations import is_fractional, operations_of
from qiskit_local_runtime.server.backends.properties import bare_properties, properties

from .client import facts, qubit_facts, read_by_client

_FAKES = (
    "FakeFez", "FakeSherbrooke", "FakeBrisbane", "FakeManilaV2", "FakeTorino", "FakeMiami", "FakeArmonkV2",
    "FakeFractionalBackend", "FakeCambridgeV2", "FakePoughkeepsieV2",
)  # fmt: skip
_UNSPEAKABLE = {"box", "break", "continue"}
"""Control flow that IBM's client has no classes for."""


class Described(BackendV2):
    """A user's backend that is a target."""

    def __init__(self, target: Target) -> None:
        super().__init__(name="mine")
        self._given = target

    @property
    def target(self) -> Target:
        """As given."""
        return self._given

    @property
    def max_circuits(self) -> None:
        """Any number."""

    @classmethod
    def _default_options(cls) -> Options:
        return Options()

    def run(self, run_input: Any, **options: Any) -> Any:
        """Never."""
        raise NotImplementedError


def _fake(name: str) -> Any:
    return getattr(importlib.import_module("qiskit_ibm_runtime.fake_provider"), name)()


class _Same(unittest.TestCase):
    def assert_same_target(self, backend: Any, read: Target) -> None:
        ours = backend.target
        names = operations_of(ours).names
        self.assertEqual(set(names), set(read.operation_names))
        self.assertEqual(facts(ours, names), facts(read))
        self.assertEqual(ours.num_qubits, read.num_qubits)
        self.assertEqual(ours.dt, read.dt)
        self.assertEqual(vars(ours.timing_constraints()), vars(read.timing_constraints()))
        self.assertEqual(qubit_facts(ours), qubit_facts(read))


@ddt
class TestWhatTheClientReads(_Same):
    """IBM's own classes make the very target of the backend from our answers."""

    def setUp(self) -> None:
        self.enterContext(warnings.catch_warnings())
        warnings.simplefilter("error", RuntimeWarning)  # the client warns of operations it cannot place

    @data(*_FAKES)
    def test_a_fake_device_is_read_as_it_is(self, name: str) -> None:
        fake = _fake(name)
        self.assert_same_target(fake, read_by_client(fake).target)

    @data("FakeFez", "FakeManilaV2")
    def test_a_fake_device_whose_target_was_read_is_still_described_by_its_files(self, name: str) -> None:
        fake, fresh = _fake(name), _fake(name)
        self.assertIsNotNone(fake.target)
        self.assertEqual(configuration(fresh, "x"), configuration(fake, "x"))
        self.assertEqual(properties(fresh, "x"), properties(fake, "x"))

    def test_describing_a_fake_device_does_not_make_its_target(self) -> None:
        fake = _fake("FakeFez")
        configuration(fake, "x"), properties(fake, "x"), device("x", 0, backend=fake)
        self.assertIsNone(fake._target)  # made in 0.2 s, and a list asks for the configurations of seventy

    @data(*_FAKES)
    def test_a_changed_fake_device_is_read_as_it_was_changed(self, name: str) -> None:
        fake = _fake(name)
        gate = "sx" if "sx" in fake.target.operation_names else "u2"
        fake.target.update_instruction_properties(gate, (0,), InstructionProperties(duration=1.23e-7, error=0.0123))
        read = read_by_client(fake).target
        self.assertEqual(0.0123, read[gate][0,].error)
        self.assert_same_target(fake, read)

    @data("generic_1q", "generic_5q", "generic_20q", "generic_127q")
    def test_a_generic_device_is_read_as_it_is_but_for_boxes_and_jumps(self, name: str) -> None:
        backend = registry.backend_named(name)
        self.assert_same_target(backend, read_by_client(backend).target)
        self.assertEqual(_UNSPEAKABLE, set(operations_of(backend.target).left_out))

    def test_a_device_on_a_line_keeps_its_couplings(self) -> None:
        line = [[0, 1], [1, 2], [2, 3]]
        backend = GenericBackendV2(4, coupling_map=line, seed=3)
        read = read_by_client(backend)
        self.assert_same_target(backend, read.target)
        self.assertEqual({(0, 1), (1, 2), (2, 3)}, set(read.target.build_coupling_map().get_edges()))

    @data("aer_simulator", "aer_simulator_density_matrix", "aer_simulator_stabilizer", "aer_simulator_matrix_product_state")
    def test_a_simulator_is_read_with_all_gates_qiskit_has_names_for(self, name: str) -> None:
        backend = registry.backend_named(name)
        read = read_by_client(backend)
        self.assertTrue(read.configuration().simulator)
        self.assertIsNone(read.properties())
        self.assertEqual(backend.num_qubits, read.num_qubits)
        self.assertEqual(set(operations_of(backend.target).names), set(read.target.operation_names))
        self.assertIsNone(read.target.build_coupling_map())

    def test_a_simulator_of_a_device_is_a_device(self) -> None:
        backend = AerSimulator.from_backend(_fake("FakeManilaV2"))
        read = read_by_client(backend)
        self.assertFalse(read.configuration().simulator)
        self.assert_same_target(backend, read.target)

    def test_a_noise_model_alone_has_no_calibration_but_a_target(self) -> None:
        model = NoiseModel()
        model.add_all_qubit_quantum_error(depolarizing_error(0.1, 1), ["x"])
        read = read_by_client(AerSimulator(noise_model=model))
        self.assertFalse(read.configuration().simulator)
        self.assertIsNone(read.properties())
        self.assertIn("x", read.target.operation_names)

    @data("aer_simulator", "aer_simulator_density_matrix")
    def test_a_bare_calibration_is_read_as_none_is(self, name: str) -> None:
        backend = registry.backend_named(name)
        read = read_by_client(backend)
        bare = BackendProperties.from_dict(bare_properties(backend, name))
        self.assertEqual([], bare.faulty_qubits())
        self.assertEqual(facts(read.target), facts(convert_to_target(read.configuration(), bare)))

    def test_noise_presets_leave_the_target_alone(self) -> None:
        fake = _fake("FakeManilaV2")
        self.assert_same_target(fake, read_by_client(with_noise(fake, Coherent(0.01))).target)

    def test_the_client_transpiles_to_the_device(self) -> None:
        circuit = QuantumCircuit(3)
        circuit.h(0)
        circuit.cx(0, 2)
        circuit.measure_all()
        fake = _fake("FakeManilaV2")
        here, there = (transpile(circuit, backend=each, seed_transpiler=5) for each in (fake, read_by_client(fake)))
        self.assertEqual(here.count_ops(), there.count_ops())

    def test_status_says_the_queue(self) -> None:
        said = read_by_client(_fake("FakeManilaV2")).status()
        self.assertEqual(
            (True, "active", 3, "1.2.6"), (said.operational, said.status_msg, said.pending_jobs, said.backend_version)
        )


@ddt
class TestFractionalGates(_Same):
    """Gates of any angle are there for those who ask for them."""

    @data("FakeFez", "FakeTorino", "FakeFractionalBackend", "FakeSherbrooke")
    def test_the_client_gets_them_when_it_asks(self, name: str) -> None:
        fake = _fake(name)
        every = set(fake.target.operation_names)
        few = {each for each in every if not is_fractional(each)}
        self.assertEqual(few, set(read_by_client(fake, fractional=False).target.operation_names))
        self.assertEqual(every, set(read_by_client(fake, fractional=True).target.operation_names))
        self.assertEqual(every, set(read_by_client(fake, fractional=None).target.operation_names))

    @data("FakeFez", "FakeFractionalBackend")
    def test_leaving_them_out_here_is_leaving_them_out_there(self, name: str) -> None:
        said = configuration(_fake(name), "x", fractional=False)
        kept = read_by_client(_fake(name), fractional=False).configuration()
        self.assertEqual(kept.basis_gates, said["basis_gates"])
        self.assertEqual([gate.name for gate in kept.gates], [gate["name"] for gate in said["gates"]])
        self.assertEqual(kept.supported_instructions, said["supported_instructions"])

    def test_a_device_that_has_some_says_so(self) -> None:
        fake = _fake("FakeFractionalBackend")
        self.assertLess({"rx", "rzz"}, set(configuration(fake, "x")["basis_gates"]))
        self.assertFalse({"rx", "rzz"} & set(configuration(fake, "x", fractional=False)["basis_gates"]))


class TestUsersTargets(_Same):
    """Targets that no file and no generator would give."""

    def setUp(self) -> None:
        self.target = Target(num_qubits=3, dt=1e-9, granularity=8, min_length=16, pulse_alignment=2, acquire_alignment=4)
        self.target.add_instruction(SXGate(), {(q,): InstructionProperties(3.1e-8, 1e-4) for q in range(3)})
        self.target.add_instruction(CZGate(), {(0, 1): InstructionProperties(8e-8, 0.01), (2, 1): None})

    def _measured(self, *qubits: int) -> None:
        self.target.add_instruction(Measure(), {(q,): InstructionProperties(1e-6, 0.02) for q in qubits})

    def test_a_gate_of_ones_own_is_read_as_an_opaque_gate(self) -> None:
        self._measured(0, 1, 2)
        self.target.add_instruction(Gate("swirl", 2, [1.5]), {(1, 2): InstructionProperties(5e-8, 0.02)})
        read = read_by_client(Described(self.target)).target
        self.assertEqual(2, read.operation_from_name("swirl").num_qubits)
        self.assert_same_target(Described(self.target), read)

    def test_an_instruction_of_ones_own_keeps_its_bits(self) -> None:
        self._measured(0, 1, 2)
        self.target.add_instruction(Instruction("peek", 1, 1, []), {(1,): InstructionProperties(5e-7, 0.04)})
        read = read_by_client(Described(self.target)).target
        self.assertEqual((1, 1), (read.operation_from_name("peek").num_qubits, read.operation_from_name("peek").num_clbits))
        self.assert_same_target(Described(self.target), read)

    def test_a_gate_on_any_qubit_stays_one(self) -> None:
        self._measured(0, 1, 2)
        self.target.add_instruction(RZGate(0.5), {None: None})
        self.assert_same_target(Described(self.target), read_by_client(Described(self.target)).target)

    def test_a_gate_of_ones_own_on_any_qubit_is_left_out(self) -> None:
        self._measured(0, 1, 2)
        self.target.add_instruction(Gate("anywhere", 1, []), {None: None})
        self.assertEqual(["anywhere"], operations_of(self.target).left_out)
        self.assertNotIn("anywhere", read_by_client(Described(self.target)).target.operation_names)

    def test_relaxation_without_end_is_left_unsaid(self) -> None:
        self._measured(0, 1, 2)
        self.target.qubit_properties = [QubitProperties(t1=float("inf"), t2=1e-4), QubitProperties(t1=2e-4), QubitProperties()]
        read = read_by_client(Described(self.target)).target
        self.assertEqual([(None, 1e-4, None), (2e-4, None, None), (None, None, None)], qubit_facts(read))

    def test_a_qubit_that_nothing_acts_on_is_faulty(self) -> None:
        target = Target(num_qubits=3)
        target.add_instruction(XGate(), {(0,): InstructionProperties(3e-8, 1e-4), (2,): InstructionProperties(3e-8, 1e-4)})
        target.add_instruction(Measure(), {(0,): InstructionProperties(1e-6, 0.02), (2,): InstructionProperties(1e-6, 0.03)})
        read = read_by_client(Described(target))
        self.assertEqual([1], read.properties().faulty_qubits())
        self.assertEqual(facts(target), facts(read.target))

    def test_without_a_calibration_operations_stay_on_their_qubits(self) -> None:
        target = Target(num_qubits=3)
        target.add_instruction(CXGate(), {(0, 1): None})
        target.add_instruction(Measure(), {(0,): None, (1,): None})
        read = read_by_client(Described(target))
        self.assertIsNone(read.properties())
        self.assertEqual(facts(target), facts(read.target))

    def test_rotations_about_two_axes_are_read(self) -> None:
        self._measured(0, 1, 2)
        self.target.add_instruction(RXGate(0.1), {(0,): InstructionProperties(3e-8, 1e-4)})
        self.target.add_instruction(RZZGate(0.1), {(0, 1): InstructionProperties(3e-8, 1e-4)})
        self.assert_same_target(Described(self.target), read_by_client(Described(self.target), fractional=True).target)
