"""Observables as strangers send them."""

from __future__ import annotations

import unittest
from typing import Any

from ddt import data, ddt, unpack
from qiskit.quantum_info import SparsePauliOp

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.server.programs.observables import checked_observables


@ddt
class TestObservables(unittest.TestCase):
    """:func:`checked_observables`."""

    @data(
        "ZZ",
        "0+",
        {"ZZ": 1, "XI": -0.5},
        ["ZZ", {"XX": 0.5}],
        [["ZZ"], ["rl"]],
        [],
        SparsePauliOp("ZZ"),
        [SparsePauliOp("ZZ"), "XX"],
    )
    def test_what_can_be_estimated_comes_back_as_it_is(self, value: Any) -> None:
        self.assertIs(checked_observables(value, "PUB 0: observables"), value)

    @unpack
    @data(
        ("ABC", r"observables: expected one of the letters .* found 'ABC'"),
        ("zz", r"letters .* found 'zz'"),
        ("", r"letters .* found ''"),
        (["ZZ", "ZQ"], r"observables\[1\]: expected one of the letters .* found 'ZQ'"),
        (3, r"observables: expected text such as 'ZZ', found 3"),
        (True, r"expected text such as 'ZZ', found True"),
        ([["ZZ", 1.0]], r"observables\[0\]\[1\]: expected text .* found 1.0.*\{\"ZZ\": 0.5"),
        ({}, r"at least one Pauli string, found an empty object"),
        ({"QQ": 1.0}, r"letters .* found 'QQ'"),
        ({"ZZ": "x"}, r"a real number as the coefficient of 'ZZ', found 'x'"),
        ({"ZZ": None}, r"coefficient of 'ZZ', found None"),
        ({"ZZ": True}, r"coefficient of 'ZZ', found True"),
        ({"ZZ": [1, 2]}, r"coefficient of 'ZZ', found \[1, 2\]"),
        ({"ZZ": float("inf")}, r"coefficient of 'ZZ', found inf"),
        ({"ZZ": 1.0, "Z": 1.0}, r"observables: expected 2 letters as in 'ZZ', found 'Z'"),
        (["ZZ", "Z"], r"observables\[1\]: expected 2 letters as in 'ZZ', found 'Z'"),
        ([["ZZ", "XX"], ["ZZ"]], r"observables: expected an array, found \[0\] of shape \(2,\) and \[1\] of shape \(1,\)"),
        (["ZZ", ["ZZ"]], r"expected an array"),
        ("Q" * 1000, r"found 'Q{39}…"),
    )
    def test_anything_else_is_refused_with_its_place_and_what_was_expected(self, value: Any, message: str) -> None:
        with self.assertRaisesRegex(IBMInputValueError, message):
            checked_observables(value, "PUB 0: observables")


if __name__ == "__main__":
    unittest.main()
