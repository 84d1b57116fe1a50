"""How a server may be started, and instances by their CRN."""

from __future__ import annotations

import unittest

from ddt import data, ddt

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.server.instances import crn_of, instance_of
from qiskit_local_runtime.server.settings import ServerSettings, is_loopback


@ddt
class TestServerSettings(unittest.TestCase):
    """``ServerSettings``."""

    @data("0.0.0.0", "::", "192.168.1.5", "example.com")
    def test_a_host_that_others_reach_needs_a_token(self, host: str) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "expected a token"):
            ServerSettings(host=host)
        self.assertEqual(ServerSettings(host=host, token="t").host, host)

    def test_an_empty_token_is_refused(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "must not be empty"):
            ServerSettings(token="")

    def test_loopback_is_recognised(self) -> None:
        self.assertEqual(
            [is_loopback(host) for host in ("127.0.0.1", "127.8.0.1", "::1", "localhost", "10.0.0.1")], [True] * 4 + [False]
        )


@ddt
class TestInstances(unittest.TestCase):
    """``instance_of`` and ``crn_of``."""

    @data("local", "team-a", "crn:v1:bluemix:public:quantum-computing:us-east:a/abc:123::")
    def test_an_instance_is_found_by_its_crn(self, instance: str) -> None:
        self.assertEqual(instance_of(crn_of(instance), "local"), instance)

    def test_without_a_crn_it_is_the_default_one(self) -> None:
        self.assertEqual([instance_of(crn, "mine") for crn in (None, "", "None")], ["mine"] * 3)

    @data("crn", "crn:v1", "mine", "crn:v1:a:b:c:d:e:f:g:" + "x" * 600)
    def test_what_is_no_crn_is_refused(self, crn: str) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "Service-CRN must be"):
            instance_of(crn, "local")


if __name__ == "__main__":
    unittest.main()
