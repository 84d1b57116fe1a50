"""Whoever sends a job over HTTP does not choose where it runs."""

from __future__ import annotations

import unittest
from typing import Any

from ddt import data, ddt
from qiskit_aer import AerSimulator

from qiskit_local_runtime import SamplerV2
from qiskit_local_runtime.errors import OptionError
from qiskit_local_runtime.server.programs import PROGRAMS
from qiskit_local_runtime.server.programs.engine import refuse_engine
from test.support.rest import COIN, sampler_job
from test.support.served import Served

_PAIR = 'OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; h q[0]; cx q[0], q[1];'
_NAMED = {"environment": {"engine": "dask:tcp://203.0.113.7:8786"}}
_PARAMS: dict[str, dict[str, Any]] = {
    "sampler": {"pubs": [[COIN]], "version": 2},
    "estimator": {"pubs": [[_PAIR, "ZZ"]], "version": 2},
    "noise-learner": {"circuits": [_PAIR], "version": 2},
    "executor": {"schema_version": "v2.0", "quantum_program": {}},
}


@ddt
class TestOverHttp(unittest.TestCase):
    """``POST /jobs``."""

    def test_every_program_is_here(self) -> None:
        self.assertEqual(set(_PARAMS), set(PROGRAMS))

    @data(*_PARAMS)
    def test_a_job_that_names_its_engine_is_refused_and_nothing_is_queued(self, program: str) -> None:
        with Served() as served:
            params = _PARAMS[program] | {"options": _NAMED}
            answer = served.ask("POST", "/jobs", sampler_job() | {"program_id": program, "params": params})
            self.assertEqual(answer.status, 400, answer.body)
            # the executor's options have no environment at all
            said = (
                "environment"
                if program == "executor"
                else "environment.engine: found 'dask:tcp://203.0.113.7:8786'; the server"
            )
            self.assertIn(said, answer.json["errors"][0]["message"])
            self.assertEqual(served.ask("GET", "/jobs").json["count"], 0)

    def test_one_that_would_open_a_session_opens_none(self) -> None:
        with Served() as served:
            params = _PARAMS["sampler"] | {"options": _NAMED}
            answer = served.ask("POST", "/jobs", sampler_job(start_session=True) | {"params": params})
            self.assertEqual(answer.status, 400, answer.body)
            self.assertEqual(served.runtime.workloads(), [])

    def test_no_engine_is_taken(self) -> None:
        with Served() as served:
            params = _PARAMS["sampler"] | {"options": {"environment": {"engine": None}}}
            self.assertEqual(served.ask("POST", "/jobs", sampler_job() | {"params": params}).status, 200)


class TestRequest(unittest.TestCase):
    """The check itself."""

    def test_names_are_not_echoed_at_any_length(self) -> None:
        sampler = SamplerV2(AerSimulator(), {"environment": {"engine": "dask:" + "x" * 10_000}})
        with self.assertRaises(OptionError) as caught:
            refuse_engine(sampler._asked([], None))
        self.assertLess(len(str(caught.exception)), 400)


if __name__ == "__main__":
    unittest.main()
