"""The package's shop window."""

from __future__ import annotations

import subprocess
import sys
import unittest

import qiskit_local_runtime


def _python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True).stdout.strip()


class TestPackage(unittest.TestCase):
    """Names are there, and cost nothing until they are used."""

    def test_every_name_can_be_loaded_and_is_listed(self) -> None:
        for name in qiskit_local_runtime.__all__:
            self.assertTrue(callable(getattr(qiskit_local_runtime, name)), name)
            self.assertIn(name, dir(qiskit_local_runtime))

    def test_ibms_other_names_mean_the_same_classes(self) -> None:
        self.assertIs(qiskit_local_runtime.Sampler, qiskit_local_runtime.SamplerV2)
        self.assertIs(qiskit_local_runtime.Estimator, qiskit_local_runtime.EstimatorV2)
        self.assertIs(qiskit_local_runtime.RuntimeJobV2, qiskit_local_runtime.RuntimeJob)

    def test_the_errors_ibms_client_offers_are_offered_here(self) -> None:
        for name in ("IBMInputValueError", "IBMRuntimeError", "RuntimeJobNotFound", "RuntimeJobFailureError"):
            self.assertIs(getattr(qiskit_local_runtime, name), getattr(qiskit_local_runtime.exceptions, name))
            self.assertIn(name, qiskit_local_runtime.__all__)

    def test_an_unknown_name_is_an_attribute_error_that_lists_the_known_ones(self) -> None:
        with self.assertRaisesRegex(AttributeError, "'SamplerV3'.*SamplerV2"):
            _ = qiskit_local_runtime.SamplerV3

    def test_options_and_exceptions_are_reached_as_attributes(self) -> None:
        code = "import qiskit_local_runtime as q; print(q.options.SamplerOptions.__name__, q.exceptions.IBMError.__name__)"
        self.assertEqual(_python(code), "SamplerOptions IBMError")

    def test_importing_the_package_loads_nothing_heavy(self) -> None:
        heavy = "{'qiskit', 'qiskit_aer', 'numpy', 'pydantic'}"
        self.assertEqual(_python(f"import sys, qiskit_local_runtime; print({heavy} & set(sys.modules))"), "set()")

    def test_importing_the_primitives_loads_no_optional_package(self) -> None:
        optional = "{'qiskit_ibm_runtime', 'matplotlib', 'pebble', 'pydantic', 'qiskit_aer'}"
        code = f"import sys; from qiskit_local_runtime import SamplerV2; print({optional} & set(sys.modules))"
        self.assertEqual(_python(code), "set()")

    def test_names_of_the_options_are_loaded_one_by_one(self) -> None:
        code = "import sys, qiskit_local_runtime.options as o; print('pydantic' in sys.modules, o.TwirlingOptions.__name__)"
        self.assertEqual(_python(code), "False TwirlingOptions")
        with self.assertRaisesRegex(AttributeError, "SamplerOption'"):
            _ = qiskit_local_runtime.options.SamplerOption
