"""An account that was saved for it leads IBM's unmodified client to a real server, and the doctor finds all well."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import unittest

from qiskit_local_runtime.cli.ibm_accounts import IAM
from qiskit_local_runtime.testing.server import LocalServer

_SCRIPT = """
from qiskit import QuantumCircuit, generate_preset_pass_manager
from qiskit_ibm_runtime import QiskitRuntimeService, SamplerV2

service = QiskitRuntimeService(name="local")
backend = service.backend("fake_manila")
circuit = QuantumCircuit(2)
circuit.x([0, 1])
circuit.measure_all()
isa = generate_preset_pass_manager(1, backend=backend, seed_transpiler=1).run(circuit)
counts = SamplerV2(mode=backend).run([isa], shots=100).result()[0].data.meas.get_counts()
print(type(backend).__name__, sum(counts.values()), max(counts, key=counts.get))
"""


class TestSavedAccount(unittest.TestCase):
    """Four processes: the server, the command twice, the client."""

    def _run(self, home: str, *words: str) -> str:
        bare = {name: value for name, value in os.environ.items() if not name.startswith("QISKIT_IBM_")}
        environment = {**bare, "HOME": home, "IAM_URL": IAM, "OMP_NUM_THREADS": "1"}
        done = subprocess.run([sys.executable, *words], capture_output=True, text=True, timeout=120, env=environment)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout.strip()

    def test_the_client_runs_a_job_there_and_the_doctor_finds_the_way(self) -> None:
        with tempfile.TemporaryDirectory() as home, LocalServer("--backend", "fake_manila", "--token", "secret") as server:
            command = ("-m", "qiskit_local_runtime.cli")
            self._run(home, *command, "save-account", "--url", server.url, "--token", "secret")
            self.assertEqual(self._run(home, "-c", _SCRIPT), "IBMBackend 100 11")
            said = self._run(home, *command, "doctor", "--url", server.url, "--token", "secret")
            self.assertIn(f"the server at {server.url}", said)
            self.assertIn("takes the token and has 1 backends", said)
