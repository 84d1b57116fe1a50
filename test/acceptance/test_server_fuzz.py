"""Calls that the description allows, and ones that it does not: whatever is said, the answer is one the description knows."""

from __future__ import annotations

import os
import unittest
from typing import Any, ClassVar

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance

from qiskit_local_runtime.testing import LocalServer
from test.support.rest import COIN, Rest, sampler_job

_CALLS = int(os.environ.get("QISKIT_LOCAL_RUNTIME_CALLS", "400"))
"""About how many calls are made."""
_TOKEN = "s3cret"
_AUTHORIZED = {"Authorization": f"apikey {_TOKEN}"}
_PARAMETERS_SAY_MORE = {("POST", "/jobs"), ("POST", "/sessions"), ("POST", "/identity/token"), ("GET", "/workloads")}
"""Endpoints whose bodies can be wrong in ways that a schema does not show."""


def _as_it_comes(calls: int) -> settings:
    return settings(
        max_examples=calls,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


class TestDescription(unittest.TestCase):
    """Schemathesis over ``/openapi.json``."""

    server: ClassVar[LocalServer]
    schema: ClassVar[Any]
    job: ClassVar[str]
    session: ClassVar[str]

    @classmethod
    def setUpClass(cls) -> None:
        cls.server = LocalServer("--token", _TOKEN)
        cls.enterClassContext(cls.server)
        with Rest(cls.server.url, **_AUTHORIZED) as rest:
            cls.job = rest.submit()
            rest.until(cls.job)
            cls.session = rest.ask("POST", "/sessions", {"backend": "aer_simulator"}).json["id"]
        cls.schema = schemathesis.openapi.from_url(f"{cls.server.api}/openapi.json")

    def _names_something(self, case: Any, really: bool) -> None:
        """Put an id that exists into the path."""
        if really and "id" in (case.path_parameters or {}):
            of_a_session = case.operation.path.startswith("/sessions")
            names = {"/backends": "fake_manila", "/catalog": "local-paid"}
            start = "/" + case.operation.path.split("/")[1]
            case.path_parameters["id"] = self.session if of_a_session else names.get(start, self.job)

    def test_every_answer_is_one_that_is_described(self) -> None:
        operations = [each.ok() for each in self.schema.get_all_operations()]
        made, statuses = 0, set()
        for operation in operations:

            @_as_it_comes(max(_CALLS // len(operations), 4))
            @given(case=operation.as_strategy(), really=st.booleans())
            def calls(case: Any, really: bool) -> None:
                nonlocal made
                self._names_something(case, really)
                response = case.call(headers=_AUTHORIZED)
                made += 1
                statuses.add(response.status_code)
                loose = (case.operation.method.upper(), case.operation.path) in _PARAMETERS_SAY_MORE
                case.validate_response(
                    response,
                    headers=_AUTHORIZED,
                    excluded_checks=[positive_data_acceptance] if loose or really else [],
                )

            with self.subTest(operation.label):
                calls()
        self.assertGreater(made, 8 * len(operations))
        self.assertLess(max(statuses), 500)
        self.assertLessEqual({200, 204, 400, 404}, statuses)


_WORDS = ("__type__", "__value__", "pubs", "options", "shots", "simulator", "seed_simulator", "twirling", "version")
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20) | st.just(COIN),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_WORDS) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


class TestParameters(unittest.TestCase):
    """Jobs that are nearly right."""

    def test_a_job_with_a_part_changed_is_run_or_refused(self) -> None:
        with LocalServer() as server, Rest(server.url) as rest:

            @_as_it_comes(max(_CALLS // 4, 50))
            @given(
                place=st.sampled_from(_PLACES), value=_JSON, program=st.sampled_from(("sampler", "estimator", "noise-learner"))
            )
            def calls(place: tuple[Any, ...], value: Any, program: str) -> None:
                body: Any = sampler_job(program_id=program)
                if program == "estimator":
                    body["params"]["pubs"] = [[COIN.replace("c = measure q;", ""), "Z"]]
                _put(body, place, value)
                answer = rest.ask("POST", "/jobs", body)
                self.assertIn(answer.status, (200, 400, 404, 409), answer.body)
                self.assertIn("errors" if answer.status != 200 else "id", answer.json)

            calls()


_PLACES: tuple[tuple[Any, ...], ...] = (
    ("params",),
    ("params", "pubs"),
    ("params", "pubs", 0),
    ("params", "pubs", 0, 0),
    ("params", "pubs", 0, 1),
    ("params", "options"),
    ("params", "options", "simulator"),
    ("params", "version"),
    ("params", "shots"),
    ("params", "unheard"),
    ("backend",),
    ("tags",),
    ("session_id",),
    ("cost",),
)


def _put(body: Any, place: tuple[Any, ...], value: Any) -> None:
    *way, last = place
    for step in way:
        body = body[step] if isinstance(step, int) else body.setdefault(step, {})
    body[last] = value


if __name__ == "__main__":
    unittest.main()
