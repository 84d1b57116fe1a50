"""IBM's executor and the primitives on it: their real classes send programs, ours run them, and theirs read the results."""

from __future__ import annotations

import base64
import functools
import json
import unittest
import warnings
import zlib
from typing import Any

import numpy as np
from ddt import data, ddt, unpack
from hypothesis import given, settings
from hypothesis import strategies as st
from ibm_quantum_schemas.executor import version_0_1, version_0_2, version_1_0, version_1_1, version_2_0
from qiskit import generate_preset_pass_manager
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.providers import BackendV2, Options
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import SparsePauliOp, Statevector
from qiskit_ibm_runtime import Executor, IBMBackend, QuantumProgram
from qiskit_ibm_runtime.decoders.defaults import DEFAULT_DECODERS
from qiskit_ibm_runtime.executor_estimator import Estimator
from qiskit_ibm_runtime.executor_sampler import Sampler
from qiskit_ibm_runtime.fake_provider import FakeFez
from qiskit_ibm_runtime.options_models import ExecutorOptions
from qiskit_ibm_runtime.quantum_program.params_converters import QUANTUM_PROGRAM_PARAMS_CONVERTERS
from samplomatic import Twirl, build

from qiskit_local_runtime import EstimatorV2
from qiskit_local_runtime.errors import IBMInputValueError, OptionError, OptionNotImplementedError, SimulationTooLargeError
from qiskit_local_runtime.primitives.executor import Executor as OurExecutor
from qiskit_local_runtime.runtime import LocalRuntime
from qiskit_local_runtime.server.programs.executor import EXECUTOR
from qiskit_local_runtime.server.programs.program import Asked

_SCHEMAS = {
    "v0.1": version_0_1,
    "v0.2": version_0_2,
    "v1.0": version_1_0,
    "v1.1": version_1_1,
    "v2.0": version_2_0,
}


class _Service:
    """Hands what a client sends to our program, as the server does."""

    is_local = False

    def __init__(self, backend: BackendV2, seed: int) -> None:
        self.backend, self.seed = backend, seed
        self.sent: dict[str, Any] = {}

    def _run(self, *, program_id: str, inputs: dict[str, Any], options: dict[str, Any], **_: Any) -> Any:
        assert program_id == "executor"
        self.sent = json.loads(json.dumps(inputs))
        self.sent["options"] = self.sent["options"] | {"experimental": {"simulator": {"seed_simulator": self.seed}}}
        found = json.loads(_answered(self.backend, self.sent))
        read: Any = json.dumps(found, allow_nan=False)
        for decoder in DEFAULT_DECODERS["executor"]:
            if decoder.is_applicable(read):
                read = decoder.decode(read)
        return read


class _Cloud(IBMBackend):
    """A device that looks like one of IBM's cloud to the client."""

    def __init__(self, backend: BackendV2, service: _Service) -> None:
        self._device, self._cloud = backend, service
        self._instance, self._calibration_id = "local", None
        BackendV2.__init__(self, name=backend.name)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    @classmethod
    def _default_options(cls) -> Options:
        return Options()

    @property
    def service(self) -> Any:
        return self._cloud

    @property
    def target(self) -> Any:
        return self._device.target


def _answered(backend: BackendV2, params: dict[str, Any]) -> str:
    request = EXECUTOR.request(Asked(backend=backend, params=params))
    with LocalRuntime() as runtime:
        job = runtime.submit(request)
        runtime.wait(job, 300)
        text = b"".join(EXECUTOR.result(runtime.job(job), runtime.result(job))).decode()
    return text


def _ran(kind: Any, backend: BackendV2, asked: Any, seed: int = 11, **options: Any) -> Any:
    service = _Service(backend, seed)
    client = kind(_Cloud(backend, service), options=options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return client.run(asked)


@functools.cache
def _noiseless() -> BackendV2:
    return GenericBackendV2(5, noise_info=False, seed=1)


@functools.cache
def _noisy() -> BackendV2:
    return GenericBackendV2(4, seed=2)


@functools.cache
def _fez() -> BackendV2:
    return FakeFez()


@functools.cache
def _cx_line() -> BackendV2:
    return GenericBackendV2(7, coupling_map=[[q, q + 1] for q in range(6)], seed=3)


_BACKENDS = {"noiseless": _noiseless, "noisy": _noisy, "fez": _fez}
_OBSERVABLE = SparsePauliOp.from_list([("ZZI", 1.0), ("XIX", 0.5), ("IZZ", -0.3)])


def _isa(circuit: QuantumCircuit, backend: BackendV2, layout: list[int] | None = None) -> QuantumCircuit:
    return generate_preset_pass_manager(1, backend=backend, seed_transpiler=1, initial_layout=layout).run(circuit)


def _ansatz() -> QuantumCircuit:
    circuit = QuantumCircuit(3)
    circuit.ry(0.7, 0)
    circuit.cx(0, 1)
    circuit.rx(Parameter("a"), 1)
    circuit.cx(1, 2)
    return circuit


def _measured(backend: BackendV2, layout: list[int] | None = None) -> QuantumCircuit:
    circuit = _ansatz()
    circuit.measure_all()
    return _isa(circuit, backend, layout)


def _twirled() -> QuantumCircuit:
    """Boxes that samplomatic twirls, in gates that the line takes."""
    circuit = QuantumCircuit(3, 3)
    with circuit.box([Twirl()]):
        circuit.rx(Parameter("a"), 0)
        circuit.cx(0, 1)
    with circuit.box([Twirl()]):
        circuit.rx(Parameter("b"), 1)
        circuit.cx(1, 2)
    with circuit.box([Twirl()]):
        circuit.measure([0, 1, 2], [0, 1, 2])
    return circuit


def _program(shots: int = 64, **more: Any) -> QuantumProgram:
    """An item of each kind."""
    program = QuantumProgram(shots, **more)
    circuit = QuantumCircuit(2, 3)
    circuit.sx(0)
    circuit.rz(Parameter("t"), 0)
    circuit.sx(0)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [2, 0])
    program.append_circuit_item(circuit, circuit_arguments=np.linspace(0, np.pi, 6).reshape(2, 3, 1))
    template, samplex = build(_twirled())
    values = np.array([[[0.0, 0.0]], [[np.pi, 0.0]]])
    program.append_samplex_item(template, samplex, {"parameter_values": values}, shape=(2, 4))
    return program


def _params(version: str = "v2.0", program: QuantumProgram | None = None, **options: Any) -> dict[str, Any]:
    """What IBM's client would send, with a seed."""
    converter = QUANTUM_PROGRAM_PARAMS_CONVERTERS[version]
    model = converter.encoder(_program() if program is None else program, ExecutorOptions())
    found: dict[str, Any] = json.loads(json.dumps(model.model_dump(mode="json")))
    found["options"] |= {"experimental": {"simulator": {"seed_simulator": 5}}} | options
    return found


def _decoded(text: str) -> Any:
    return DEFAULT_DECODERS["executor"][0].decode(text)


@ddt
class TestPrimitives(unittest.TestCase):
    """The estimator and the sampler that IBM built on the executor."""

    def _estimated(self, backend: BackendV2, level: int) -> tuple[float, float]:
        circuit = _isa(_ansatz(), backend)
        pub = (circuit, _OBSERVABLE.apply_layout(circuit.layout), [0.4])
        found = _ran(Estimator, backend, [pub], resilience_level=level)[0].data
        return float(found.evs), float(found.stds)

    @staticmethod
    def _exact() -> float:
        state = Statevector(_ansatz().assign_parameters([0.4]))
        return float(state.expectation_value(_OBSERVABLE).real)

    @data(0, 1)
    def test_without_noise_the_estimator_finds_the_exact_value(self, level: int) -> None:
        value, std = self._estimated(_noiseless(), level)
        self.assertLess(abs(value - self._exact()), 4.5 * std)
        self.assertLess(std, 0.02)

    @data("noisy", "fez")
    def test_on_a_noisy_device_level_0_agrees_with_our_estimator(self, name: str) -> None:
        backend = _BACKENDS[name]()
        circuit = _isa(_ansatz(), backend)
        options = {"resilience_level": 0, "simulator": {"seed_simulator": 3}}
        with LocalRuntime() as runtime:
            ours = EstimatorV2(backend, options=options, runtime=runtime)
            job = ours.run([(circuit, _OBSERVABLE.apply_layout(circuit.layout), [0.4])], precision=0.005)
            wanted = job.result()[0].data
        value, std = self._estimated(backend, 0)
        self.assertLess(abs(value - wanted.evs), 4.5 * np.hypot(std, wanted.stds))

    @data("noisy", "fez")
    def test_readout_mitigation_comes_nearer_to_the_exact_value(self, name: str) -> None:
        value, std = self._estimated(_BACKENDS[name](), 1)
        self.assertLess(abs(value - self._exact()), 4.5 * std + 0.03)

    @data("noiseless", "noisy", "fez")
    def test_extrapolation_stays_at_the_exact_value(self, name: str) -> None:
        value, _ = self._estimated(_BACKENDS[name](), 2)
        # IBM's error bars of extrapolated values are too small, so the tolerance is ours
        self.assertLess(abs(value - self._exact()), 0.08)

    @data((False, False), (True, False), (True, True))
    @unpack
    def test_the_sampler_draws_the_right_distribution(self, gates: bool, measure: bool) -> None:
        backend = _noiseless()
        twirling = {"enable_gates": gates, "enable_measure": measure}
        found = _ran(Sampler, backend, [(_measured(backend), [[0.4]], 4096)], twirling=twirling)[0].data.meas
        wanted = Statevector(_ansatz().assign_parameters([0.4])).probabilities_dict()
        counts, shots = found.get_counts(0), found.num_shots
        for bits, share in wanted.items():
            seen = sum(count for key, count in counts.items() if key[-3:] == bits) / shots
            self.assertLess(abs(seen - share), 4.5 * np.sqrt(share * (1 - share) / shots) + 1e-9)


@ddt
class TestPrograms(unittest.TestCase):
    """Programs of IBM's executor."""

    @data(*_SCHEMAS)
    def test_every_version_is_read_and_answered_in_its_own_schema(self, version: str) -> None:
        text = _answered(_cx_line(), _params(version))
        model = _SCHEMAS[version].QuantumProgramResultModel.model_validate_json(text)
        self.assertEqual(model.schema_version, version)
        newest, found = _decoded(_answered(_cx_line(), _params())), _decoded(text)
        for mine, theirs in zip(found, newest, strict=True):
            self.assertEqual(set(mine), set(theirs))
            for name in mine:
                np.testing.assert_array_equal(mine[name], theirs[name])

    def test_arrays_have_the_shapes_that_ibm_documents(self) -> None:
        plain, twirled = _ran(Executor, _cx_line(), _program(shots=10))
        self.assertEqual(plain["c"].shape, (2, 3, 10, 3))
        self.assertEqual(plain["c"].dtype, np.bool_)
        self.assertFalse(plain["c"][..., 1].any())
        self.assertEqual(twirled["c"].shape, (2, 4, 10, 3))
        self.assertEqual(twirled["measurement_flips.c"].shape, (2, 4, 1, 3))
        self.assertNotIn("parameter_values", twirled)

    def test_flips_undone_the_twirled_circuit_does_what_it_says(self) -> None:
        backend = GenericBackendV2(3, noise_info=False, coupling_map=[[0, 1], [1, 2]], basis_gates=["cx", "rz", "sx", "x"])
        _, twirled = _ran(Executor, backend, _program(shots=10))
        bits = twirled["c"] ^ twirled["measurement_flips.c"]
        self.assertFalse(bits[0].any())
        self.assertTrue(bits[1].all())
        self.assertTrue(twirled["measurement_flips.c"].any())

    def test_what_is_passed_through_comes_back(self) -> None:
        passed = {"a": [1, 2.5, None, {"b": np.arange(6.0).reshape(2, 3)}], "text": "x"}
        service = _Service(_cx_line(), 3)
        program = _program(passthrough_data=passed)
        found = Executor(_Cloud(_cx_line(), service)).run(program).passthrough_data
        np.testing.assert_array_equal(found["a"][3].pop("b"), passed["a"][3].pop("b"))
        self.assertEqual(found, passed)

    def test_chunks_are_timed(self) -> None:
        program = _program()
        for item in program.items:
            item.chunk_size = 4
        spans = _ran(Executor, _cx_line(), program).metadata.chunk_timing
        self.assertEqual([(p.idx_item, p.size) for span in spans for p in span.parts], [(0, 4), (0, 2), (1, 4), (1, 4)])
        self.assertTrue(all(span.start <= span.stop for span in spans))

    def test_the_same_seed_gives_the_same_bits_over_the_wire_and_in_process(self) -> None:
        wire = _decoded(_answered(_cx_line(), _params()))
        with LocalRuntime() as runtime:
            ours = OurExecutor(_cx_line(), options={"simulator": {"seed_simulator": 5}}, runtime=runtime)
            found = ours.run(_program()).result()
        for mine, theirs in zip(found, wire, strict=True):
            for name in theirs:
                np.testing.assert_array_equal(mine[name], theirs[name])
        other = _params() | {"options": {"experimental": {"simulator": {"seed_simulator": 6}}}}
        self.assertFalse(np.array_equal(_decoded(_answered(_cx_line(), other))[0]["c"], wire[0]["c"]))

    def test_parameters_are_given_back_as_they_came(self) -> None:
        params = _params("v1.1")
        request = EXECUTOR.request(Asked(backend=_cx_line(), params=params))
        self.assertEqual(EXECUTOR.params(request), params)
        self.assertEqual(request.form, "v1.1")


class TestWideDevices(unittest.TestCase):
    """Only what is used is simulated, and what never meets is simulated apart."""

    def test_all_qubits_of_a_wide_device_may_be_measured(self) -> None:
        circuit = QuantumCircuit(156, 156)
        circuit.x(3)
        circuit.sx(4)
        circuit.cz(3, 4)
        circuit.measure(range(156), range(156))
        program = QuantumProgram(200)
        program.append_circuit_item(circuit)
        bits = _ran(Executor, _fez(), program)[0]["c"]
        self.assertEqual(bits.shape, (200, 156))
        means = bits.mean(axis=0)
        self.assertGreater(means[3], 0.9)
        self.assertLess(abs(means[4] - 0.5), 0.2)
        self.assertLess(np.delete(means, [3, 4]).mean(), 0.1)

    def test_what_does_not_fit_is_refused_at_the_call(self) -> None:
        program = QuantumProgram(10)
        circuit = _isa(_entangled(60), _fez())
        circuit.measure_active()
        program.append_circuit_item(circuit)
        request = EXECUTOR.request(Asked(backend=_fez(), params=_params(program=program)))
        with LocalRuntime() as runtime, self.assertRaisesRegex(SimulationTooLargeError, "item 0"):
            runtime.submit(request)

    def test_results_that_do_not_fit_are_refused_at_the_call(self) -> None:
        params = _params()
        params["quantum_program"]["items"][1]["shape"] = [2, 10**9]
        request = EXECUTOR.request(Asked(backend=_cx_line(), params=params))
        with LocalRuntime() as runtime, self.assertRaisesRegex(SimulationTooLargeError, "item 1"):
            runtime.submit(request)


def _entangled(num_qubits: int) -> QuantumCircuit:
    circuit = QuantumCircuit(num_qubits)
    for layer in range(3):
        for qubit in range(num_qubits):
            circuit.rx(0.3 + layer, qubit)
        for qubit in range(layer % 2, num_qubits - 1, 2):
            circuit.cx(qubit, qubit + 1)
    return circuit


def _bomb() -> str:
    return base64.b64encode(zlib.compress(bytes(2**30), 9)).decode()


def _old_qpy() -> str:
    return base64.b64encode(
        zlib.compress(b"QISKIT" + bytes([10, 2, 0, 0]) + (2).to_bytes(8, "big") + b"q" + bytes(99))
    ).decode()


_WRONG: dict[str, tuple[tuple[str | int, ...], Any, type[Exception], str]] = {
    "version": (("schema_version",), "v9.0", IBMInputValueError, "v2.0"),
    "shots": (("quantum_program", "shots"), 0, IBMInputValueError, "shots"),
    "bool shots": (("quantum_program", "shots"), True, IBMInputValueError, "shots"),
    "no items": (("quantum_program", "items"), [], IBMInputValueError, "at least one item"),
    "kind": (("quantum_program", "items", 0, "item_type"), "pulse", IBMInputValueError, "'samplex'"),
    "points": (("quantum_program", "meas_level"), "kerneled", OptionNotImplementedError, "meas_level"),
    "level": (("quantum_program", "meas_level"), "raw", IBMInputValueError, "meas_level"),
    "bomb": (("quantum_program", "circuits", "b64_data"), _bomb, IBMInputValueError, "larger than"),
    "old circuits": (("quantum_program", "circuits", "b64_data"), _old_qpy, IBMInputValueError, "version 13"),
    "no circuits": (("quantum_program", "circuits", "b64_data"), "AAAA", IBMInputValueError, "zlib"),
    "tensor": (("quantum_program", "items", 0, "circuit_arguments", "shape"), [7, 1], IBMInputValueError, "56 bytes"),
    "large tensor": (("quantum_program", "items", 0, "circuit_arguments", "data"), _bomb, IBMInputValueError, "item 0"),
    "dtype": (("quantum_program", "items", 0, "circuit_arguments", "dtype"), "object", IBMInputValueError, "f64"),
    "columns": (("quantum_program", "items", 0, "circuit_arguments", "shape"), [6], IBMInputValueError, "last axis"),
    "samplex": (("quantum_program", "items", 1, "samplex", "samplex_json"), "{}", IBMInputValueError, "samplex"),
    "arguments": (("quantum_program", "items", 1, "samplex_arguments"), {}, IBMInputValueError, "parameter_values"),
    "unknown": (("quantum_program", "items", 1, "samplex_arguments", "foo"), 1, IBMInputValueError, "foo"),
    "shape": (("quantum_program", "items", 1, "shape"), [3, 4], IBMInputValueError, "broadcast"),
    "chunks": (("quantum_program", "items", 1, "chunk_size"), 3, IBMInputValueError, "chunk_size"),
    "option": (("options", "init_qubit"), True, OptionError, "init_qubits"),
    "no reset": (("options", "init_qubits"), False, OptionNotImplementedError, "init_qubits"),
    "delay": (("options", "rep_delay"), 1e-4, OptionNotImplementedError, "rep_delay"),
    "timing": (("options", "scheduler_timing"), True, OptionNotImplementedError, "scheduler_timing"),
    "experiment": (("options", "experimental"), {"foo": 1}, OptionNotImplementedError, "experimental"),
    "nan": (("quantum_program", "passthrough_data"), float("nan"), IBMInputValueError, "finite"),
}


@ddt
class TestRefusals(unittest.TestCase):
    """What is wrong with a program is said at the call."""

    def _refused(self, params: dict[str, Any], kind: type[Exception], words: str) -> None:
        with LocalRuntime() as runtime, self.assertRaisesRegex(kind, words):
            runtime.submit(EXECUTOR.request(Asked(backend=_cx_line(), params=params)))

    @data(*_WRONG)
    def test_names_what_is_wrong(self, name: str) -> None:
        path, value, kind, words = _WRONG[name]
        params = _params()
        place: Any = params
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value() if callable(value) else value
        self._refused(params, kind, words)

    def test_circuits_must_be_those_of_the_device(self) -> None:
        program = QuantumProgram(10)
        circuit = QuantumCircuit(3, 1)
        circuit.cx(0, 2)
        circuit.measure(0, 0)
        program.append_circuit_item(circuit)
        self._refused(_params(program=program), IBMInputValueError, "item 0: The instruction cx")

    def test_expressions_of_a_samplex_are_not_read_from_old_files(self) -> None:
        params = _params()
        samplex = params["quantum_program"]["items"][1]["samplex"]
        tree = json.loads(samplex["samplex_json"])
        table = json.loads(tree["attrs"]["param_table"])
        data = bytearray(base64.b64decode(table["circuit_base64"]))
        data[6] = 10
        tree["attrs"]["param_table"] = json.dumps(table | {"circuit_base64": base64.b64encode(bytes(data)).decode()})
        samplex["samplex_json"] = json.dumps(tree)
        self._refused(params, IBMInputValueError, "version 13")


class TestDamage(unittest.TestCase):
    """Programs of strangers, with some bytes changed."""

    @given(st.data())
    @settings(max_examples=60, deadline=None, derandomize=True)
    def test_is_refused_as_wrong_input_or_does_no_harm(self, draw: st.DataObject) -> None:
        params = _params()
        program = params["quantum_program"]
        samplex = program["items"][1]["samplex"]
        if draw.draw(st.booleans()):
            data = zlib.decompress(base64.b64decode(program["circuits"]["b64_data"]))
            changed = base64.b64encode(zlib.compress(_changed(data, draw))).decode()
            program["circuits"]["b64_data"] = changed
        else:
            samplex["samplex_json"] = _changed(samplex["samplex_json"].encode(), draw).decode("latin-1")
        with LocalRuntime() as runtime:
            try:
                runtime.plan(EXECUTOR.request(Asked(backend=_cx_line(), params=params)))
            except (IBMInputValueError, SimulationTooLargeError) as err:
                self.assertTrue(str(err))


def _changed(data: bytes, draw: st.DataObject) -> bytes:
    at = draw.draw(st.integers(0, len(data) - 1))
    return data[:at] + draw.draw(st.binary(max_size=4)) + data[at + draw.draw(st.integers(0, 4)) :]


if __name__ == "__main__":
    unittest.main()
