"""Gate twirling."""

from __future__ import annotations

import itertools
import unittest
from typing import Any

import numpy as np
from ddt import data, ddt
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from qiskit.circuit import ClassicalRegister, Gate, Parameter, QuantumCircuit
from qiskit.circuit.library import UnitaryGate
from qiskit.quantum_info import Operator, random_unitary

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.sweeps.euler import BASES
from qiskit_local_runtime.techniques.gate_twirling import Strategy, TwirledCircuit, twirled

_STRATEGIES: tuple[Strategy, ...] = ("active", "active-accum", "active-circuit", "all")
_FIXED_ANGLES = (0.0, np.pi / 2, np.pi, -np.pi / 2, 2 * np.pi, -np.pi, 3 * np.pi, 0.3, -2.1)
_A, _B = Parameter("a"), Parameter("b")


def _seed(number: int = 7) -> np.random.SeedSequence:
    return np.random.SeedSequence(number)


def _random_circuit(gate: str, qubits: int, gates: int, seed: int, parametrised: bool) -> QuantumCircuit:
    """One-qubit gates of all kinds, angles on and off the branch points, and two-qubit gates of one kind."""
    rng = np.random.default_rng(seed)
    angles = [*_FIXED_ANGLES, *((_A, _B, 2 * _A - _B, _A + np.pi, _A * _B) if parametrised else ())]

    def angle() -> object:
        return angles[rng.integers(len(angles))]

    out = QuantumCircuit(qubits)
    for _ in range(gates):
        for qubit in rng.permutation(qubits)[: rng.integers(qubits + 1)].tolist():
            kind = rng.choice(["x", "sx", "h", "s", "id", "rz", "rx", "ry", "p", "u", "r"])
            params = [angle() for _ in range({"rz": 1, "rx": 1, "ry": 1, "p": 1, "u": 3, "r": 2}.get(kind, 0))]
            getattr(out, kind)(*params, qubit)
        pair = rng.permutation(qubits)[:2].tolist()
        if rng.random() < 0.15:
            out.barrier(*pair)
        getattr(out, gate)(*([angle()] if gate == "rzz" else []), *pair)
    return out


def _same_up_to_phase(found: QuantumCircuit, expected: QuantumCircuit) -> float:
    """Largest difference of matrix elements once the phase is taken out."""
    one, two = Operator(found).data, Operator(expected).data
    overlap = np.vdot(two, one)
    return float(np.abs(one - two * overlap / abs(overlap)).max())


def _randomizations(done: TwirledCircuit, values: NDArray[np.float64]) -> list[list[QuantumCircuit]]:
    return [
        [done.circuit.assign_parameters(dict(zip(done.parameters, angles, strict=True))) for angles in row]
        for row in done.values(values)
    ]


def _with_error(circuit: QuantumCircuit, gate: str, *errors: NDArray[Any]) -> NDArray[Any]:
    """The matrix with an error after each gate of one kind: the errors given in turn, or one after all."""
    out, turn = QuantumCircuit(circuit.num_qubits), itertools.cycle(errors)
    for item in circuit.data:
        if item.name != "barrier":
            out.append(item.operation, [circuit.find_bit(qubit).index for qubit in item.qubits])
        if item.name == gate:
            out.unitary(next(turn), [0, 1])
    return np.asarray(Operator(out).data)


def _superop(unitary: NDArray[Any]) -> NDArray[Any]:
    return np.kron(unitary.conj(), unitary)


def _two_qubit_depth(circuit: QuantumCircuit) -> int:
    return int(circuit.depth(lambda item: len(item.qubits) == 2 and item.name != "barrier"))


@ddt
class TestEveryRandomization(unittest.TestCase):
    """Every randomization is the original up to a global phase, to 1e-12."""

    @data(*itertools.product(("cz", "cx", "ecr", "rzz"), _STRATEGIES, (False, True)))
    def test_is_the_original_whatever_gate_and_strategy(self, case: tuple[str, Strategy, bool]) -> None:
        gate, strategy, parametrised = case
        for seed in range(2):
            circuit = _random_circuit(gate, 4, 7, seed, parametrised)
            count = len(circuit.parameters)
            values = np.array([[0.4, -1.3], [np.pi, 0.0], [-np.pi / 2, 2 * np.pi]])[:, :count]
            done = twirled(circuit, 6, strategy, _seed(seed))
            for row, circuits in zip(values, _randomizations(done, values), strict=True):
                for found in circuits:
                    self.assertLess(_same_up_to_phase(found, circuit.assign_parameters(row)), 1e-12)

    @data(*sorted(BASES))
    def test_is_the_original_whatever_the_merged_gates_are_written_in(self, basis: str) -> None:
        circuit = _random_circuit("cz", 3, 6, 1, True)
        done = twirled(circuit, 16, "all", _seed(), basis=basis)
        values = np.array([[0.7, -np.pi]])
        for found in _randomizations(done, values)[0]:
            self.assertLess(_same_up_to_phase(found, circuit.assign_parameters(values[0])), 1e-12)

    @given(
        st.integers(0, 10**6), st.sampled_from(("cz", "cx", "ecr", "rzz", "swap", "iswap", "cp")), st.sampled_from(_STRATEGIES)
    )
    @settings(max_examples=30, deadline=None, derandomize=True)
    def test_is_the_original_on_circuits_that_were_searched_for(self, seed: int, gate: str, strategy: Strategy) -> None:
        if gate == "cp":
            circuit = QuantumCircuit(2)
            circuit.h([0, 1])
            circuit.cp(_A, 0, 1)
            circuit.ry(_A, 0)
        else:
            circuit = _random_circuit(gate, 3, 5, seed, True)
        values = np.random.default_rng(seed).choice([0.0, np.pi, np.pi / 2, 0.9], (1, len(circuit.parameters)))
        for found in _randomizations(twirled(circuit, 3, strategy, _seed(seed)), values)[0]:
            self.assertLess(_same_up_to_phase(found, circuit.assign_parameters(values[0])), 1e-12)

    @data(*itertools.product(range(4), range(4)))
    def test_is_the_original_at_every_turn_of_every_angle(self, case: tuple[int, int]) -> None:
        theta, phi = (turn * np.pi / 2 for turn in case)
        circuit = QuantumCircuit(2)
        for lam in (0.0, np.pi / 2, np.pi, 1e-9):
            circuit.cz(0, 1)
            circuit.u(theta, phi, lam, 0)
            circuit.u(theta + 1e-13, _A, lam, 1)
            circuit.cz(0, 1)
        for found in _randomizations(twirled(circuit, 8, "active", _seed()), np.array([[np.pi]]))[0]:
            self.assertLess(_same_up_to_phase(found, circuit.assign_parameters([np.pi])), 1e-12)


@ddt
class TestDraws(unittest.TestCase):
    """Paulis are drawn uniformly and reproducibly."""

    def test_all_sixteen_pairs_before_a_clifford_gate_are_as_likely(self) -> None:
        for gate in ("cz", "cx", "ecr"):
            circuit = QuantumCircuit(2)
            getattr(circuit, gate)(0, 1)
            left = twirled(circuit, 16_000, "active", _seed()).draw(1)[0, :, :2] & 3
            counts = np.bincount(left[:, 0] + 4 * left[:, 1], minlength=16)
            # chi-square with 15 degrees of freedom has mean 15 and standard deviation 5.48: four of them
            self.assertLess(((counts - 1000) ** 2 / 1000).sum(), 15 + 4 * 5.48)

    def test_before_rzz_the_eight_that_commute_with_it_are_as_likely(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.rzz(_A, 0, 1)
        left = twirled(circuit, 8_000, "active", _seed()).draw(1)[0, :, :2] & 3
        counts = np.bincount(left[:, 0] + 4 * left[:, 1], minlength=16)
        self.assertEqual(np.flatnonzero(counts).tolist(), [c for c in range(16) if (c & 1) == ((c >> 2) & 1)])
        # chi-square with 7 degrees of freedom has mean 7 and standard deviation 3.74: four of them
        self.assertLess(((counts[counts > 0] - 1000) ** 2 / 1000).sum(), 7 + 4 * 3.74)

    def test_layers_idle_qubits_and_rows_are_drawn_independently(self) -> None:
        circuit = QuantumCircuit(3)
        circuit.cz(0, 1)
        circuit.cz(1, 2)
        done = twirled(circuit, 8_000, "all", _seed())
        paulis = done.draw(2)
        before = np.flatnonzero(done.sources[:, 0])
        bits = np.concatenate([(paulis[row][:, before] >> bit) & 1 for row in (0, 1) for bit in (0, 1)], axis=1)
        signs = 1.0 - 2.0 * bits
        correlations = signs.T @ signs / 8_000 - np.eye(signs.shape[1])
        # 24 bits, standard error of each correlation 1/sqrt(8000); five of them for the largest of 276
        self.assertEqual(signs.shape[1], 24)
        self.assertLess(np.abs(correlations).max(), 5 / np.sqrt(8_000))

    def test_the_seed_decides_and_chunks_of_rows_are_those_of_the_whole(self) -> None:
        circuit = _random_circuit("cz", 4, 6, 0, True)
        values = np.random.default_rng(3).normal(size=(5, len(circuit.parameters)))
        done, same, other = (twirled(circuit, 20, "all", _seed(seed)) for seed in (0, 0, 1))
        whole = done.values(values)
        np.testing.assert_array_equal(np.concatenate([same.values(values[:2]), same.values(values[2:], start=2)]), whole)
        np.testing.assert_array_equal(done.draw(2, start=3), done.draw(5)[3:])
        self.assertTrue((done.draw(5)[0] != done.draw(5)[1]).any())
        self.assertTrue((done.draw(5) != other.draw(5)).any())
        self.assertEqual(done.values(values[:0]).shape, (0, *whole.shape[1:]))

    @data("cz", "cx", "ecr")
    def test_averaging_turns_coherent_errors_into_stochastic_ones(self, gate: str) -> None:
        circuit = QuantumCircuit(2)
        getattr(circuit, gate)(0, 1)
        circuit.u(0.3, 1.1, -0.7, 0)
        circuit.h(1)
        getattr(circuit, gate)(0, 1)
        done = twirled(circuit, 2**14, "active", _seed())
        # the merged gates between the layers show both layers' Paulis: all 256 pairs of pairs, once each
        codes = np.unique(done.draw(1)[0], axis=0)
        self.assertEqual(len(codes), 256)
        zz = np.diag([1.0, -1, -1, 1])
        over = np.diag(np.exp(-0.1j * np.diag(zz)))
        channel = np.zeros((16, 16), dtype=complex)
        for angles in done.values(np.zeros((1, 0)), codes[None])[0]:
            bound = done.circuit.assign_parameters(dict(zip(done.parameters, angles, strict=True)))
            channel += _superop(_with_error(bound, gate, over)) / len(codes)
        coherent = _superop(_with_error(circuit, gate, over))
        stochastic = sum(
            np.cos(0.1) ** (4 - 2 * (one + two))
            * np.sin(0.1) ** (2 * (one + two))
            * _superop(_with_error(circuit, gate, *(zz if error else np.eye(4) for error in (one, two))))
            for one, two in itertools.product((0, 1), (0, 1))
        )
        np.testing.assert_allclose(channel, stochastic, atol=1e-12)
        self.assertGreater(np.abs(channel - coherent).max(), 0.01)

    def test_the_pairs_that_commute_with_rzz_leave_its_over_rotation_coherent(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.rzz(0.4, 0, 1)
        done = twirled(circuit, 64, "active", _seed())
        over = np.diag(np.exp(-0.1j * np.array([1, -1, -1, 1])))
        wanted = _superop(_with_error(circuit, "rzz", over))
        for found in _randomizations(done, np.zeros((1, 0)))[0]:
            np.testing.assert_allclose(_superop(_with_error(found, "rzz", over)), wanted, atol=1e-12)


@ddt
class TestShape(unittest.TestCase):
    """What the twirled circuit looks like."""

    @data(*itertools.product(("cz", "cx", "ecr", "rzz"), _STRATEGIES))
    def test_neither_two_qubit_depth_nor_two_qubit_gates_grow(self, case: tuple[str, Strategy]) -> None:
        gate, strategy = case
        for seed in range(5):
            circuit = _random_circuit(gate, 6, 20, seed, False)
            done = twirled(circuit, 1, strategy, _seed())
            self.assertLessEqual(_two_qubit_depth(done.circuit), _two_qubit_depth(circuit))
            self.assertEqual(done.circuit.count_ops()[gate], circuit.count_ops()[gate])

    def test_there_is_one_merged_gate_a_qubit_between_layers(self) -> None:
        circuit = QuantumCircuit(2)
        for _ in range(5):
            circuit.h([0, 1])
            circuit.rx(_A, 0)
            circuit.sx(0)
            circuit.cz(0, 1)
        done = twirled(circuit, 3, "active", _seed())
        self.assertEqual(dict(done.circuit.count_ops()), {"rz": 36, "sx": 24, "barrier": 10, "cz": 5})
        self.assertEqual(done.values(np.zeros((4, 1))).shape, (4, 3, 36))

    @data(*sorted(BASES))
    def test_merged_gates_are_written_in_the_gates_of_the_basis_alone(self, basis: str) -> None:
        circuit = _random_circuit("cz", 4, 9, 2, False)
        done = twirled(circuit, 1, "all", _seed(), basis=basis)
        self.assertEqual(set(done.circuit.count_ops()) - {"barrier", "cz"}, BASES[basis].gates)

    def test_parameters_that_are_left_come_first_with_the_users_values(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.rx(_B, 0)
        circuit.rzz(_A, 0, 1)
        done = twirled(circuit, 3, "active", _seed())
        self.assertEqual(done.parameters[0], _A)
        self.assertEqual(set(done.parameters), set(done.circuit.parameters))
        np.testing.assert_array_equal(done.values(np.array([[0.25, 1.0], [0.5, 1.0]]))[:, :, 0], [[0.25] * 3, [0.5] * 3])

    def test_a_users_parameter_of_the_same_name_does_not_clash(self) -> None:
        mine = Parameter("twirl_0")
        circuit = QuantumCircuit(2)
        circuit.rzz(mine, 0, 1)
        done = twirled(circuit, 2, "active", _seed())
        self.assertEqual(done.parameters[0], mine)
        self.assertEqual(len({p.name for p in done.parameters}), len(done.parameters))

    def test_a_circuit_without_two_qubit_gates_stays_as_it_is(self) -> None:
        circuit = QuantumCircuit(2, 2)
        circuit.rx(_A, 0)
        circuit.sx(1)
        circuit.measure([0, 1], [0, 1])
        done = twirled(circuit, 5, "all", _seed())
        self.assertEqual(done.circuit, circuit)
        np.testing.assert_array_equal(done.values(np.array([[0.5]])), np.full((1, 5, 1), 0.5))

    def test_final_measurements_stay_final(self) -> None:
        circuit = QuantumCircuit(3)
        circuit.cz(0, 1)
        circuit.cz(1, 2)
        circuit.measure_all()
        done = twirled(circuit, 1, "all", _seed())
        self.assertEqual([item.name for item in done.circuit.data[-4:]], ["barrier", "measure", "measure", "measure"])
        self.assertEqual(done.circuit.cregs, circuit.cregs)


@ddt
class TestStrategy(unittest.TestCase):
    """The strategy says which qubits are twirled in a layer."""

    @data(
        ("active", ((0, 1), (2, 3))),
        ("active-accum", ((0, 1), (0, 1, 2, 3))),
        ("active-circuit", ((0, 1, 2, 3), (0, 1, 2, 3))),
        ("all", ((0, 1, 2, 3, 4), (0, 1, 2, 3, 4))),
    )
    def test_it_widens_the_layer(self, case: tuple[Strategy, tuple[tuple[int, ...], ...]]) -> None:
        strategy, qubits = case
        circuit = QuantumCircuit(5)
        circuit.h(4)
        circuit.cz(0, 1)
        circuit.barrier()
        circuit.cz(2, 3)
        self.assertEqual(twirled(circuit, 1, strategy, _seed()).twirled_qubits, qubits)

    @data(("active", (0, 1)), ("active-accum", (0, 1)), ("active-circuit", (0, 1, 2)))
    def test_measured_qubits_count_where_measurements_are_twirled(self, case: tuple[Strategy, tuple[int, ...]]) -> None:
        strategy, qubits = case
        circuit = QuantumCircuit(3, 1)
        circuit.cz(0, 1)
        circuit.measure(2, 0)
        self.assertEqual(twirled(circuit, 1, strategy, _seed(), measures=True).twirled_qubits, (qubits,))
        self.assertEqual(twirled(circuit, 1, strategy, _seed()).twirled_qubits, ((0, 1),))


class TestWhatIsLeftAlone(unittest.TestCase):
    """What cannot be twirled stays and is named."""

    def test_gates_that_no_pauli_passes_are_left_and_named(self) -> None:
        circuit = QuantumCircuit(3)
        circuit.h([0, 1, 2])
        circuit.cz(0, 1)
        circuit.append(UnitaryGate(random_unitary(4, seed=1)), [1, 2])
        circuit.append(UnitaryGate(random_unitary(2, seed=2)), [2])
        circuit.ccx(0, 1, 2)
        circuit.cz(1, 2)
        done = twirled(circuit, 6, "all", _seed())
        self.assertEqual([text.split(":")[0] for text in done.skipped], ["unitary on qubits [1, 2]", "ccx on qubits [0, 1, 2]"])
        self.assertEqual(done.twirled_qubits, ((0, 1, 2), (0, 1, 2)))
        for found in _randomizations(done, np.zeros((1, 0)))[0]:
            self.assertLess(_same_up_to_phase(found, circuit), 1e-12)

    def test_an_untwirled_gate_beside_a_twirled_one_has_no_paulis(self) -> None:
        circuit = QuantumCircuit(4)
        circuit.cz(0, 1)
        circuit.append(UnitaryGate(random_unitary(4, seed=1)), [2, 3])
        done = twirled(circuit, 6, "all", _seed())
        self.assertEqual(done.twirled_qubits, ((0, 1),))
        for found in _randomizations(done, np.zeros((1, 0)))[0]:
            self.assertLess(_same_up_to_phase(found, circuit), 1e-12)

    def test_paulis_are_undone_before_whatever_is_no_gate(self) -> None:
        circuit = QuantumCircuit(3, 2)
        circuit.h([0, 1])
        circuit.cz(0, 1)
        circuit.measure(0, 0)
        circuit.reset(0)
        circuit.delay(100, 1)
        circuit.cx(1, 2)
        with circuit.if_test((0, True)):
            circuit.x(2)
        circuit.cx(0, 2)
        circuit.measure(2, 1)
        done = twirled(circuit, 2, "all", _seed())
        self.assertEqual(done.skipped, ("if_else on qubits [2]: what is inside is not twirled",))
        order = [item.name for item in done.circuit.data if item.name not in ("rz", "sx", "h", "barrier", "delay")]
        self.assertEqual(order, ["cz", "measure", "reset", "cx", "if_else", "cx", "measure"])
        for found in _randomizations(done, np.zeros((1, 0)))[0]:
            self.assertLess(_same_up_to_phase(_black_boxes(found), _black_boxes(circuit)), 1e-12)

    @given(st.integers(0, 10**6), st.sampled_from(("cz", "cx", "ecr", "rzz")), st.sampled_from(_STRATEGIES))
    @settings(max_examples=40, deadline=None, derandomize=True)
    def test_whatever_is_no_gate_sees_no_paulis_on_circuits_that_were_searched_for(
        self, seed: int, gate: str, strategy: Strategy
    ) -> None:
        circuit = _random_dynamic_circuit(gate, seed)
        done = twirled(circuit, 3, strategy, _seed(seed))
        self.assertEqual(_history_of_bits(done.circuit), _history_of_bits(circuit))
        for found in _randomizations(done, np.zeros((1, 0)))[0]:
            self.assertLess(_same_up_to_phase(_black_boxes(found), _black_boxes(circuit)), 1e-12)

    def test_a_gate_a_little_off_a_clifford_gate_is_twirled_by_what_commutes_with_it(self) -> None:
        for off in (1e-12, 1e-9, 1e-7):
            circuit = QuantumCircuit(2)
            circuit.rzz(np.pi / 2 + off, 0, 1)
            done = twirled(circuit, 32, "active", _seed())
            self.assertEqual(len(done.groups[0]), 8)
            for found in _randomizations(done, np.zeros((1, 0)))[0]:
                self.assertLess(_same_up_to_phase(found, circuit), 1e-14)

    def test_one_qubit_gates_stay_on_their_side_of_a_barrier_that_paulis_pass(self) -> None:
        for gate, merged in (("id", 2), ("barrier", 1)):
            circuit = QuantumCircuit(2)
            circuit.cz(0, 1)
            for qubit in (0, 1):
                getattr(circuit, gate)(qubit)
            circuit.barrier()
            circuit.cz(0, 1)
            done = twirled(circuit, 1, "active", _seed(), basis="u")
            # before and after all gates, and between them once, or once on either side of the barrier
            self.assertEqual(done.circuit.count_ops()["u"], 2 * (2 + merged))

    def test_a_measurement_waits_for_nobody_but_its_bits(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.add_register(ClassicalRegister(1, "c"))
        circuit.cz(0, 1)
        circuit.measure(0, 0)
        circuit.measure(1, 0)
        done = twirled(circuit, 1, "all", _seed())
        measured = [done.circuit.find_bit(i.qubits[0]).index for i in done.circuit.data if i.name == "measure"]
        self.assertEqual(measured, [0, 1])

    def test_arguments_that_are_wrong_are_refused_by_name(self) -> None:
        circuit = QuantumCircuit(2)
        with self.assertRaisesRegex(IBMInputValueError, "num_randomizations must be at least 1, not 0"):
            twirled(circuit, 0, "all", _seed())
        with self.assertRaisesRegex(IBMInputValueError, "active-accum.*not 'some'"):
            twirled(circuit, 1, "some", _seed())  # type: ignore[arg-type]
        with self.assertRaisesRegex(IBMInputValueError, "rz-sx.*not in 'xyz'"):
            twirled(circuit, 1, "all", _seed(), basis="xyz")


def _random_dynamic_circuit(gate: str, seed: int) -> QuantumCircuit:
    """Two-qubit gates of one kind, and between them everything that may stand in a circuit."""
    rng = np.random.default_rng(seed)
    out = QuantumCircuit(4, 3)
    for _ in range(12):
        one, two = rng.permutation(4)[:2].tolist()
        bit = int(rng.integers(3))
        match rng.choice(["gate", "gate", "gate", "u", "measure", "reset", "delay", "if", "barrier", "unknown"]):
            case "gate":
                getattr(out, gate)(*([0.6] if gate == "rzz" else []), one, two)
            case "u":
                out.u(*rng.normal(size=3), one)
            case "measure":
                out.measure(one, bit)
            case "reset":
                out.reset(one)
            case "delay":
                out.delay(100, one)
            case "if":
                with out.if_test((bit, True)):
                    out.cz(one, two)
            case "barrier":
                out.barrier(one, two)
            case "unknown":
                out.append(Gate("unknown", 1, []), [one])
    return out


def _black_boxes(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit with a fixed random unitary for whatever is no known gate, as what it does must not matter."""
    out = QuantumCircuit(circuit.num_qubits)
    for item in circuit.data:
        qubits = [circuit.find_bit(qubit).index for qubit in item.qubits]
        if item.name in ("measure", "reset", "delay", "if_else", "unknown"):
            out.append(UnitaryGate(random_unitary(2 ** len(qubits), seed=len(item.name))), qubits)
        elif item.name != "barrier":
            out.append(item.operation, qubits)
    return out


def _history_of_bits(circuit: QuantumCircuit) -> list[list[tuple[str, list[int]]]]:
    """What each classical bit goes through: names and qubits."""
    return [
        [(item.name, [circuit.find_bit(q).index for q in item.qubits]) for item in circuit.data if clbit in item.clbits]
        for clbit in circuit.clbits
    ]


class TestBalanced(unittest.TestCase):
    """Every Pauli equally often on each qubit."""

    def test_each_pauli_comes_as_often_before_each_layer_and_the_circuit_stays_what_it_was(self) -> None:
        circuit = QuantumCircuit(3)
        for gate in ("cz", "cx", "ecr"):
            getattr(circuit, gate)(0, 1)
            circuit.rzz(0.3, 1, 2)
        done = twirled(circuit, 16, "all", _seed(), balanced=True)
        left = done.draw(2)[..., [gate for layer in done.layers for gate in layer.fronts]] & 3
        for row in left:
            for column in row.T:
                self.assertEqual(np.bincount(column, minlength=4).tolist(), [4] * 4)
        for values in done.values(np.zeros((1, 0)))[0]:
            found = done.circuit.assign_parameters(dict(zip(done.parameters, values, strict=True)))
            self.assertLess(_same_up_to_phase(found, circuit), 1e-12)

    def test_it_draws_something_else(self) -> None:
        circuit = QuantumCircuit(2)
        circuit.cz(0, 1)
        one, other = (twirled(circuit, 6, "active", _seed(), balanced=balanced).draw(1) for balanced in (True, False))
        self.assertEqual(one.shape, other.shape)
        self.assertTrue((one != other).any())
