from __future__ import annotations

import unittest

from qiskit.circuit.library.standard_gates import get_standard_gate_name_mapping
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.utils.utils import is_fractional_gate

from qiskit_local_runtime.server.backends.operations import is_fractional, operations_of


class TestOperations(unittest.TestCase):
    """What the format carries, and under which heading."""

    def test_the_client_counts_the_same_gates_as_fractional(self) -> None:
        for name, gate in get_standard_gate_name_mapping().items():
            self.assertEqual(is_fractional_gate(gate), is_fractional(name), name)
        self.assertFalse(is_fractional("swirl"))

    def test_every_operation_is_under_one_heading(self) -> None:
        for backend in (AerSimulator(), GenericBackendV2(3, control_flow=True, seed=1)):
            found = operations_of(backend.target)
            self.assertEqual(sorted(backend.target.operation_names), sorted([*found.names, *found.left_out]))
            self.assertEqual(len(found.names), len(set(found.names)))

    def test_aers_own_instructions_are_left_out(self) -> None:
        found = operations_of(AerSimulator().target)
        self.assertLess({"save_statevector", "unitary", "kraus", "mcx"}, set(found.left_out))
        self.assertEqual({}, found.signatures)
