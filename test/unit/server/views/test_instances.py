"""Instances and what they used, over HTTP."""

from __future__ import annotations

import unittest
from datetime import datetime, timedelta

from qiskit_local_runtime import QiskitRuntimeService
from qiskit_local_runtime.server.instances import crn_of
from test.support.served import OTHER, Served


class TestUsage(unittest.TestCase):
    """``GET /instances/usage``."""

    def test_it_says_what_the_service_says_of_the_same_instance(self) -> None:
        with Served(runtime={"budget": 1000.0}) as served:
            served.done()
            told = served.ask("GET", "/instances/usage").json
            service = QiskitRuntimeService(runtime=served.runtime)
            said = service.usage()
        self.assertGreater(told["usage_consumed_seconds"], 0)
        self.assertEqual(told["instance_id"], crn_of(service.active_instance()))
        for changing in ("instance_id", "usage_period"):
            told.pop(changing), said.pop(changing)
        self.assertEqual(told, said)

    def test_the_period_is_28_days_until_now(self) -> None:
        with Served() as served:
            found = served.ask("GET", "/usage").json["usage_period"]
            now = served.runtime.clock.now()
        start, end = (datetime.fromisoformat(found[name]) for name in ("start_time", "end_time"))
        self.assertEqual(end - start, timedelta(days=28))
        self.assertLess(abs(now - end), timedelta(minutes=1))

    def test_another_instance_has_used_nothing(self) -> None:
        with Served() as served:
            served.done()
            self.assertEqual(served.ask("GET", "/instances/usage", crn=OTHER).json["usage_consumed_seconds"], 0)


if __name__ == "__main__":
    unittest.main()
