"""Everything a user may call on IBM's classes can be called on ours, with the same arguments."""

from __future__ import annotations

import inspect
import unittest
from typing import Any

import qiskit_ibm_runtime as theirs
from ddt import data, ddt

import qiskit_local_runtime as ours

_OTHERS: set[tuple[str, str, str]] = {("Session", "__init__", "backend"), ("Batch", "__init__", "backend")}
"""Arguments that differ on purpose: ours may be given a name together with a service."""


def _public(kind: type) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_")}


def _parameters(function: Any) -> list[inspect.Parameter]:
    return [p for p in inspect.signature(function).parameters.values() if p.name != "self" and p.kind is not p.VAR_KEYWORD]


@ddt
class TestMembers(unittest.TestCase):
    """Class by class."""

    @data("RuntimeJobV2", "Session", "Batch", "QiskitRuntimeService")
    def test_no_member_is_missing(self, name: str) -> None:
        self.assertLessEqual(_public(getattr(theirs, name)), _public(getattr(ours, name)))

    @data("RuntimeJobV2", "Session", "Batch", "QiskitRuntimeService", "SamplerV2", "EstimatorV2")
    def test_methods_take_the_same_arguments_in_the_same_order(self, name: str) -> None:
        their_class, our_class = getattr(theirs, name), getattr(ours, name)
        members = _public(their_class) | (set() if name == "RuntimeJobV2" else {"__init__"})
        for member in sorted(members):
            theirs_, ours_ = inspect.getattr_static(their_class, member), getattr(our_class, member)
            if not inspect.isfunction(theirs_) or isinstance(ours_, property):
                continue
            with self.subTest(member=member):
                positional = [p.name for p in _parameters(theirs_) if p.kind is p.POSITIONAL_OR_KEYWORD]
                mine = [p.name for p in _parameters(ours_)]
                takes_more = any(p.kind is p.VAR_KEYWORD for p in inspect.signature(ours_).parameters.values())
                self.assertEqual(mine[: len(positional)], positional)
                if not takes_more:
                    self.assertLessEqual({p.name for p in _parameters(theirs_)}, set(mine))
