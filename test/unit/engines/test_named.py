"""Engines by name."""

from __future__ import annotations

import unittest

from ddt import data, ddt, unpack

from qiskit_local_runtime.engines import ENGINES, InlineEngine, ProcessEngine, ThreadEngine, engine_named
from qiskit_local_runtime.engines.cores import usable_cores
from qiskit_local_runtime.errors import IBMInputValueError


@ddt
class TestNamed(unittest.TestCase):
    """Names and what follows the colon."""

    def test_a_name_alone_takes_all_cores(self) -> None:
        self.assertIsInstance(engine_named("inline", ENGINES), InlineEngine)
        for name, kind in (("threads", ThreadEngine), ("processes", ProcessEngine)):
            engine = engine_named(name, ENGINES)
            self.assertIsInstance(engine, kind)
            self.assertEqual(engine.workers, usable_cores())

    def test_a_number_of_workers_follows_the_colon(self) -> None:
        self.assertEqual(engine_named("processes:3", ENGINES).workers, 3)
        self.assertEqual(engine_named(" threads:2 ", ENGINES).workers, 2)

    @data(
        ("process", "Did you mean 'processes'"),
        ("", "inline, threads, processes"),
        ("threads:", "such as 'threads:4', found ''"),
        ("threads:0", "found '0'"),
        ("processes:many", "such as 'processes:4', found 'many'"),
        ("processes:²", "found '²'"),
        ("inline:2", "takes nothing"),
    )
    @unpack
    def test_what_means_nothing_is_refused(self, text: str, said: str) -> None:
        with self.assertRaisesRegex(IBMInputValueError, said):
            engine_named(text, ENGINES)
