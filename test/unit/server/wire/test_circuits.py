"""Circuits of strangers: text and QPY, whole, large and damaged."""

from __future__ import annotations

import base64
import io
import struct
import unittest
import zlib

from ddt import data, ddt, unpack
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from qiskit import qpy
from qiskit.circuit import Parameter, ParameterVector, QuantumCircuit
from qiskit.circuit.library import PauliEvolutionGate, RealAmplitudes, XGate
from qiskit.quantum_info import SparsePauliOp

from qiskit_local_runtime.codec.budget import Budget
from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.server.wire.circuit_text import circuit_of_text
from qiskit_local_runtime.server.wire.circuits import circuit_of_qpy
from qiskit_local_runtime.server.wire.qpy_limits import Tally
from qiskit_local_runtime.server.wire.qpy_values import Values

_QASM3 = 'OPENQASM 3.0;\ninclude "stdgates.inc";\nbit[2] c;\nqubit[2] q;\nh q[0];\ncx q[0], q[1];\nc = measure q;\n'
_QASM2 = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\ncreg c[2];\nh q[0];\ncx q[0],q[1];\nmeasure q -> c;\n'


def _qpy(circuit: QuantumCircuit, version: int = 17) -> bytes:
    file = io.BytesIO()
    qpy.dump(circuit, file, version=version)
    return file.getvalue()


def _bomb(version: str, library: str, register: str) -> str:
    """Gates that double one another."""
    gates = " ".join(f"gate g{i} a {{g{i - 1} a; g{i - 1} a;}}" for i in range(1, 40))
    return f'OPENQASM {version};\ninclude "{library}.inc";\n{register} gate g0 a {{x a; x a;}} {gates} g39 q[0];'


def _rich() -> QuantumCircuit:
    """Most of what the format has."""
    vector, a = ParameterVector("v", 3), Parameter("a")
    own = QuantumCircuit(2, name="own")
    own.cx(0, 1)
    circuit = QuantumCircuit(4, 2, global_phase=a * 2, metadata={"what": [1, 2]})
    circuit.rx((a + vector[1]).sin() * vector[2], 0)
    circuit.append(own.to_gate().control(1), [0, 1, 2])
    circuit.append(XGate().control(2, ctrl_state=1), [0, 1, 2])
    circuit.append(PauliEvolutionGate(SparsePauliOp(["XX", "ZI"]), time=a), [2, 3])
    circuit.append(RealAmplitudes(2, parameter_prefix="r").to_gate(), [0, 1])
    circuit.measure([0, 1], [0, 1])
    with circuit.if_test((circuit.clbits[0], 1)) as otherwise:
        circuit.x(2)
    with otherwise, circuit.for_loop(range(3)):
        circuit.y(3)
    circuit.delay(100, 0, unit="dt")
    return circuit


_CIRCUIT = _rich()
_RICH = _qpy(_CIRCUIT)


@ddt
class TestText(unittest.TestCase):
    """Circuits as text."""

    @data(_QASM3, _QASM2, _QASM3.replace("OPENQASM 3.0;", "// a remark"))
    def test_openqasm_is_read(self, text: str) -> None:
        self.assertEqual(circuit_of_text(text, Budget()).count_ops(), {"h": 1, "cx": 1, "measure": 2})

    def test_qpy_is_read_compressed_or_not(self) -> None:
        for raw in (_RICH, zlib.compress(_RICH)):
            text = base64.encodebytes(raw).decode()
            self.assertEqual(circuit_of_text(text, Budget()), _CIRCUIT)

    @unpack
    @data(
        ("OPENQASM 3.0;\nqubit[1000000000] q;", "1000000000"),
        ("OPENQASM 3.0;\nh $1000000000;", "1000000001"),
        ("OPENQASM 3.0;\nqubit[1000 * 1000 * 1000] q;", "line 2.*expression"),
        ("OPENQASM 2.0;\nqreg q[1000000000];", "1000000000"),
        ("OPENQASM 2.0;\nqreg // a\n q [1000000000];", "1000000000"),
        ('OPENQASM 2.0;\ninclude "/etc/passwd";', "2,.*include search path"),
        ('OPENQASM 3.0;\ninclude "/etc/passwd";', "2,.*stdgates"),
        ("OPENQASM 3.0;\nqubit[2] q;\nh q[0]\n", "4,0"),
        ("OPENQASM 2.0;\nqreg q[2];\nfoo q;", "3,"),
        ('OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit q;\nctrl(99) @ x q, q;', "line 4.*ctrl"),
        ("OPENQASM 4.0;\nqubit q;", "version 4"),
        ("OPENQASM 2.0;\nqreg q[1]; U(" + "(" * 100000 + "0", "brackets"),
        ("OPENQASM 2.0;\nqreg q[1]; U(" + "-" * 100000 + "1,0,0) q[0];", "in a row"),
        ("OPENQASM 2.0;\nqreg q[1]; U(1" + "^1" * 100000 + ",0,0) q[0];", "in a row"),
        ("OPENQASM 3.0;\nqubit q; gphase(" + "(" * 2000 + "0", "error in it|nested"),
        (_bomb("3.0", "stdgates", "qubit[1] q;"), "definitions"),
        (_bomb("2.0", "qelib1", "qreg q[1];"), "definitions"),
        ("  ", "empty"),
        ("AAAA", "neither"),
    )
    def test_what_is_wrong_or_too_large_is_said(self, text: str, wanted: str) -> None:
        with self.assertRaisesRegex(IBMInputValueError, f"(?s){wanted}"):
            circuit_of_text(text, Budget())


@ddt
class TestQpy(unittest.TestCase):
    """Circuits as QPY."""

    @data(14, 15, 16, 17, 18)
    def test_versions_that_are_safe_are_read(self, version: int) -> None:
        circuit = QuantumCircuit(2, 2)
        circuit.rx(Parameter("a") * 2, 0)
        with circuit.if_test((circuit.clbits[0], 1)):
            circuit.x(1)
        self.assertEqual(circuit_of_qpy(_qpy(circuit, version)), circuit)

    @data(*range(1, 13), 19, 200)
    def test_others_are_refused_with_what_to_do(self, version: int) -> None:
        raw = bytearray(_RICH)
        raw[6] = version
        with self.assertRaisesRegex(IBMInputValueError, "qpy.dump"):
            circuit_of_qpy(bytes(raw))

    def test_more_than_one_circuit_is_refused(self) -> None:
        file = io.BytesIO()
        qpy.dump([QuantumCircuit(1)] * 2, file, version=17)
        with self.assertRaisesRegex(IBMInputValueError, "found 2"):
            circuit_of_qpy(file.getvalue())

    def test_a_header_that_announces_many_qubits_is_refused(self) -> None:
        raw = bytearray(_qpy(QuantumCircuit(7)))
        place = 19 + 1 + 8 + struct.calcsize("!H1cH")
        self.assertEqual(struct.unpack_from("!I", raw, place), (7,))
        struct.pack_into("!I", raw, place, 2**31)
        with self.assertRaisesRegex(IBMInputValueError, "2147483648"):
            circuit_of_qpy(bytes(raw))

    def test_a_long_vector_of_parameters_is_refused(self) -> None:
        circuit = QuantumCircuit(1)
        circuit.rx(ParameterVector("vec", 77)[3], 0)
        raw = _qpy(circuit).replace(struct.pack("!HQ", 3, 77), struct.pack("!HQ", 3, 2**40))
        with self.assertRaisesRegex(IBMInputValueError, "bits and parameters"):
            circuit_of_qpy(raw)

    def test_functions_of_the_library_are_not_called(self) -> None:
        circuit = QuantumCircuit(1)
        circuit.append(XGate(), [0])
        raw = _qpy(circuit).replace(b"XGate", b"iqp\0\0")
        with self.assertRaisesRegex(IBMInputValueError, "library"):
            circuit_of_qpy(raw)

    def test_expressions_that_grow_at_every_replacement_are_refused(self) -> None:
        step = struct.pack("!Bc16sc16s", 0, b"p", bytes(16), b"p", bytes(16))
        inner = struct.pack("!QQ", 0, 10 * len(step)) + 10 * step
        mapping = struct.pack("!QH1cH", 1, 16, b"e", len(inner)) + bytes(16) + inner
        replace = struct.pack("!Bc16sc16s", 255, b"u", struct.pack("!QQ", len(mapping), 0), b"n", bytes(16)) + mapping
        values = Values(Tally(), lambda data, depth: None)
        values.value(b"e", memoryview(struct.pack("!QQ", 0, 2 * len(replace)) + 2 * replace), 0)
        with self.assertRaisesRegex(IBMInputValueError, "steps"):
            values.value(b"e", memoryview(struct.pack("!QQ", 0, 9 * len(replace)) + 9 * replace), 0)

    @settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def test_damaged_files_are_errors_of_ours(self, draw: st.DataObject) -> None:
        raw = bytearray(_RICH)
        for _ in range(draw.draw(st.integers(1, 4))):
            raw[draw.draw(st.integers(7, len(raw) - 1))] = draw.draw(st.integers(0, 255))
        cut = draw.draw(st.one_of(st.just(len(raw)), st.integers(0, len(raw))))
        try:
            found = circuit_of_qpy(bytes(raw[:cut]))
        except IBMInputValueError:
            return
        self.assertIsInstance(found, QuantumCircuit)
