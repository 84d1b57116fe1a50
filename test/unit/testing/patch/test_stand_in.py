"""``with local_runtime()`` where IBM's client is not installed."""

from __future__ import annotations

import unittest

from .without_ibm import run

_HEAD = """
import sys
from qiskit import QuantumCircuit, generate_preset_pass_manager
from qiskit_local_runtime.testing import local_runtime
"""


class TestStandIn(unittest.TestCase):
    """Modules with IBM's names."""

    def _says(self, code: str) -> str:
        done = run(_HEAD + code)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def test_a_script_for_ibms_client_runs(self) -> None:
        code = """
circuit = QuantumCircuit(2)
circuit.h(0)
circuit.cx(0, 1)
circuit.measure_all()
with local_runtime(backend="generic_5q", seed=7):
    from qiskit_ibm_runtime import QiskitRuntimeService, SamplerV2, Session, IBMBackend
    from qiskit_ibm_runtime.options import SamplerOptions
    from qiskit_ibm_runtime.utils.noise_learner_result import LayerError
    import qiskit_ibm_runtime.exceptions
    service = QiskitRuntimeService(channel="ibm_quantum_platform", token="secret")
    backend = service.least_busy(operational=True, simulator=False)
    isa = generate_preset_pass_manager(1, backend=backend, seed_transpiler=1).run(circuit)
    with Session(backend=backend) as session:
        sampler = SamplerV2(mode=session, options=SamplerOptions(default_shots=1000))
        counts = sampler.run([isa]).result()[0].data.meas.get_counts()
    try:
        service.backend("ibm_fez5")
        service.job("none")
    except qiskit_ibm_runtime.exceptions.RuntimeJobNotFound:
        print(backend.name, isinstance(backend, IBMBackend), sum(counts.values()), counts["00"] + counts["11"] > 900)
print([name for name in sys.modules if name.startswith("qiskit_ibm_runtime")])
"""
        self.assertEqual(self._says(code), "generic_5q False 1000 True\n[]")

    def test_it_is_gone_after_the_block(self) -> None:
        code = """
with local_runtime():
    import qiskit_ibm_runtime
try:
    import qiskit_ibm_runtime
except ModuleNotFoundError as error:
    print(error)
"""
        self.assertEqual(self._says(code), "No module named 'qiskit_ibm_runtime'")

    def test_the_least_busy_device_is_a_generic_one(self) -> None:
        code = """
with local_runtime():
    from qiskit_ibm_runtime import QiskitRuntimeService
    print(QiskitRuntimeService().least_busy(operational=True, simulator=False, min_num_qubits=20).name)
"""
        self.assertEqual(self._says(code), "generic_127q")

    def test_what_has_no_stand_in_is_missing_with_the_reason(self) -> None:
        code = """
with local_runtime():
    try:
        from qiskit_ibm_runtime.fake_provider import FakeFez
    except ModuleNotFoundError as error:
        print(error.name, "|", error)
    try:
        from qiskit_ibm_runtime import Calibrator
    except ImportError as error:
        print("Calibrator" in str(error))
    import qiskit_ibm_runtime
    try:
        qiskit_ibm_runtime.Calibrator
    except AttributeError as error:
        print(error)
    try:
        qiskit_ibm_runtime.IBMBackend()
    except TypeError as error:
        print(error)
    try:
        qiskit_ibm_runtime.QiskitRuntimeService().backend("ibm_fez")
    except Exception as error:
        print(type(error).__name__, error)
"""
        lines = self._says(code).splitlines()
        self.assertRegex(lines[0], r"qiskit_ibm_runtime.fake_provider \| .*not installed.*pip install")
        self.assertEqual(lines[1], "True")
        self.assertRegex(lines[2], "no attribute 'Calibrator'.*not installed")
        self.assertRegex(lines[3], "QiskitRuntimeService")
        self.assertRegex(lines[4], r"BackendNotFoundError .*'ibm_fez'.*pip install 'qiskit-local-runtime\[fake\]'")
