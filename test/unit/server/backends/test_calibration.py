from __future__ import annotations

import importlib
import unittest
from datetime import UTC, datetime
from typing import Any

from ddt import data, ddt, unpack
from qiskit.providers.fake_provider import GenericBackendV2

from qiskit_local_runtime.devices import registry
from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.server.backends.configuration import configuration
from qiskit_local_runtime.server.backends.properties import properties

from .client import read_by_client, strict


def _manila() -> Any:
    return importlib.import_module("qiskit_ibm_runtime.fake_provider").FakeManilaV2()


@ddt
class TestTheOneCalibration(unittest.TestCase):
    """A local backend has one, of one date."""

    def test_that_of_a_fake_device_is_the_packaged_one_under_the_name_asked_for(self) -> None:
        fake = _manila()
        said = properties(fake, "ibm_manila")
        self.assertEqual("ibm_manila", said["backend_name"])
        self.assertEqual(fake.properties().t1(3), read_by_client(fake).properties().t1(3))
        self.assertIn("prob_meas0_prep1", {each["name"] for each in said["qubits"][0]})

    def test_every_answer_is_a_dictionary_of_its_own(self) -> None:
        for backend in (_manila(), GenericBackendV2(3, seed=1)):
            properties(backend, "x")["qubits"].clear()
            self.assertEqual(backend.num_qubits, len(properties(backend, "x")["qubits"]))
            configuration(backend, "x")["gates"].clear()
            self.assertTrue(configuration(backend, "x")["gates"])

    @data(("2000-01-01T00:00:00Z", False), ("2199-01-01T00:00:00+02:00", True), ("2199-01-01", True), ("2000-01-01", False))
    @unpack
    def test_it_is_given_to_those_who_ask_for_an_older_one_only_if_it_is(self, limit: str, given: bool) -> None:
        self.assertEqual(given, properties(_manila(), "x", updated_before=limit) is not None)
        self.assertEqual(given, properties(GenericBackendV2(2, seed=1), "x", updated_before=limit) is not None)

    def test_the_client_may_ask_for_a_date(self) -> None:
        read = read_by_client(_manila())
        self.assertIsNone(read.properties(datetime=datetime(2001, 1, 1, tzinfo=UTC)))
        self.assertEqual(5, len(read.properties(datetime=datetime(2099, 1, 1, tzinfo=UTC)).qubits))

    def test_a_time_that_is_none_is_refused(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "updated_before.*'yesterday'"):
            properties(_manila(), "x", updated_before="yesterday")

    @data(configuration, properties)
    def test_another_calibration_is_refused_by_its_identifier(self, ask: Any) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "calibration_id.*'c0ffee'"):
            ask(_manila(), "x", calibration_id="c0ffee")

    def test_asking_twice_gives_the_same(self) -> None:
        backend = GenericBackendV2(4, seed=2)
        self.assertEqual(strict(properties(backend, "x")), strict(properties(backend, "x")))

    def test_control_flow_is_a_feature_where_the_target_has_it(self) -> None:
        for name in ("fake_fez", "fake_jakarta", "generic_5q", "aer_simulator"):
            with self.subTest(name):
                backend = registry.backend_named(name)
                said = "dynamic_circuits" in configuration(backend, name)["supported_features"]
                self.assertEqual("if_else" in backend.operation_names, said)
