"""The description of the routes."""

from __future__ import annotations

import re
import unittest

from qiskit_local_runtime.server.app import ROUTES
from qiskit_local_runtime.server.instances import CRN_PATTERN, crn_of
from qiskit_local_runtime.server.openapi import document
from qiskit_local_runtime.server.page import page
from qiskit_local_runtime.server.versions import PATTERN, VERSIONS


class TestDocument(unittest.TestCase):
    """``document``."""

    def test_every_route_is_there_with_its_own_name(self) -> None:
        paths = document(ROUTES)["paths"]
        names = [operation["operationId"] for methods in paths.values() for operation in methods.values()]
        self.assertEqual(len(names), len(ROUTES))
        self.assertEqual(len(set(names)), len(names))

    def test_every_reference_leads_somewhere(self) -> None:
        told = document(ROUTES)
        for name in re.findall(r"#/components/schemas/(\w+)", str(told)):
            self.assertIn(name, told["components"]["schemas"])

    def test_public_routes_ask_for_no_token(self) -> None:
        paths = document(ROUTES)["paths"]
        for each in ROUTES:
            self.assertEqual(paths[each.path][each.method.lower()].get("security") == [], each.public)

    def test_the_patterns_of_headers_fit_what_the_server_says_itself(self) -> None:
        self.assertRegex(crn_of("local"), CRN_PATTERN)
        for version in VERSIONS:
            self.assertRegex(version, PATTERN)

    def test_the_page_shows_every_path(self) -> None:
        html = page(ROUTES)
        for each in ROUTES:
            self.assertIn(f"</span>{each.path}</h2>", html)


if __name__ == "__main__":
    unittest.main()
