"""What a caller said, read."""

from __future__ import annotations

import unittest
from typing import Any

from ddt import data, ddt, unpack
from pydantic import BaseModel, ConfigDict

from qiskit_local_runtime.server.call import Call
from qiskit_local_runtime.server.errors import ApiError


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")
    number: int = 0
    words: tuple[str, ...] = ()


def _call(raw: bytes = b"", *query: tuple[str, str]) -> Call:
    return Call(path={}, query=query, raw=raw, instance="local", version="")


@ddt
class TestCall(unittest.TestCase):
    """``Call``."""

    def test_no_body_is_an_empty_object(self) -> None:
        self.assertEqual(_call(b" \n").json, {})

    @unpack
    @data(
        (b"{", "Expecting"),
        (b"[" * 100_000, "recursion"),
        (b"\xff", "decode"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'[{"a": 1, "b": 2, "a": 1}]', "'a' is there twice"),
    )
    def test_what_is_no_json_is_refused(self, raw: bytes, word: str) -> None:
        with self.assertRaisesRegex(ApiError, word) as caught:
            _ = _call(raw).json
        self.assertEqual(caught.exception.status, 400)

    def test_a_body_becomes_a_model(self) -> None:
        self.assertEqual(_call(b'{"number": 3}').body(_Model), _Model(number=3))

    @unpack
    @data((b'{"numbr": 3}', "numbr: there is no such field in the body"), (b'{"number": "x"}', "number: .*found 'x'"))
    def test_what_is_wrong_is_named(self, raw: bytes, words: str) -> None:
        with self.assertRaisesRegex(ApiError, words):
            _call(raw).body(_Model)

    def test_of_many_faults_the_first_ten_are_named(self) -> None:
        names = ", ".join(f'"x{number}": 0' for number in range(100))
        with self.assertRaisesRegex(ApiError, "x9: .*; and 90 more") as caught:
            _call(f"{{{names}}}".encode()).body(_Model)
        self.assertNotIn("x10", str(caught.exception))

    def test_a_name_that_is_repeated_in_the_query_gives_all_its_values_where_a_list_is_expected(self) -> None:
        query: Any = (("words", "a"), ("number", "2"), ("words", "b"))
        self.assertEqual(_call(b"", *query).asked(_Model), _Model(number=2, words=("a", "b")))


if __name__ == "__main__":
    unittest.main()
