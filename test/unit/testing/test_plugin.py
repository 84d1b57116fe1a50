"""The pytest plugin, in a pytest of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from ddt import data, ddt

_LIBRARY = "from qiskit_ibm_runtime import QiskitRuntimeService, SamplerV2\n"
_TESTS = """
import library
from qiskit_local_runtime.records.query import Query
from qiskit import QuantumCircuit, generate_preset_pass_manager


def counts():
    backend = library.QiskitRuntimeService().backend("ibm_manila")
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    circuit = generate_preset_pass_manager(1, backend=backend, seed_transpiler=1).run(circuit)
    found = library.SamplerV2(mode=backend).run([circuit], shots=1000).result()[0].data.meas.get_counts()
    return backend.name, sorted(found.items())


def test_one(local_runtime):
    print("one", counts(), local_runtime.count(Query()))


def test_two(local_runtime):
    print("two", counts())


def test_without():
    print("without", library.SamplerV2.__module__)
"""
_SETTINGS = "[pytest]\nlocal_runtime_backend = generic_5q\n"


@ddt
class TestPlugin(unittest.TestCase):
    """The fixture and the option."""

    def _pytest(self, *words: str, settings: str = "[pytest]\n") -> dict[str, str]:
        with tempfile.TemporaryDirectory() as folder:
            for name, text in (("library.py", _LIBRARY), ("test_it.py", _TESTS), ("pytest.ini", settings)):
                (Path(folder) / name).write_text(text)
            command = [sys.executable, "-m", "pytest", "-s", "-v", "-p", "no:cacheprovider", *words, "test_it.py"]
            environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": folder}
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, env=environment)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        lines = (line.partition("::")[2].partition(" ")[2] or line for line in done.stdout.splitlines())
        return {line.partition(" ")[0]: line.partition(" ")[2] for line in lines if line}

    def test_the_fixture_patches_one_test_with_the_same_seed_each(self) -> None:
        said = self._pytest()
        self.assertEqual(said["one"], said["two"] + " 1")
        self.assertIn("ibm_manila", said["two"])
        self.assertEqual(said["without"], "qiskit_ibm_runtime.sampler")

    def test_the_option_patches_the_whole_session_and_says_so(self) -> None:
        said = self._pytest("--local-runtime")
        self.assertEqual(said["without"], "qiskit_local_runtime.primitives.sampler")
        self.assertEqual(said["local"], "runtime: all devices, seed 0")

    def test_the_seed_and_the_device_can_be_set(self) -> None:
        first = self._pytest("--local-runtime-seed=1", settings=_SETTINGS)
        second = self._pytest("--local-runtime-seed=2", settings=_SETTINGS)
        self.assertIn("generic_5q", first["two"])
        self.assertNotEqual(first["two"], second["two"])

    @data(("--local-runtime-seed=-1", "seed"), ("-o", "local_runtime_backend=nowhere", "nowhere"))
    def test_what_is_wrong_with_an_option_is_said_in_a_line(self, case: tuple[str, ...]) -> None:
        *words, said = case
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--local-runtime", *words]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 4, done.stdout + done.stderr)
        self.assertIn(said, done.stderr)
        self.assertNotIn("INTERNALERROR", done.stdout + done.stderr)

    def test_loading_it_loads_nothing_else(self) -> None:
        code = (
            "import pytest, sys; before = set(sys.modules); import qiskit_local_runtime.testing.plugin;"
            "print(sorted(name for name in set(sys.modules) - before if not name.startswith('qiskit_local_runtime')))"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
        self.assertEqual(done.stdout.strip(), "[]")
