"""Errors as bodies."""

from __future__ import annotations

import json
import unittest
from typing import Any

from ddt import data, ddt, unpack
from qiskit.exceptions import QiskitError

from qiskit_local_runtime.errors import (
    BackendNotFoundError,
    IBMInputValueError,
    IBMRuntimeError,
    RuntimeInvalidStateError,
    RuntimeJobNotFound,
)
from qiskit_local_runtime.server.errors import TABLE, ApiError, answer


def _entry(error: BaseException) -> Any:
    return json.loads(bytes(answer(error).body))["errors"][0]


@ddt
class TestErrors(unittest.TestCase):
    """``answer``."""

    @unpack
    @data(
        (RuntimeJobNotFound("No job."), 404),
        (BackendNotFoundError("No backend."), 404),
        (RuntimeInvalidStateError("It has ended."), 409),
        (IBMRuntimeError("The session is closed."), 409),
        (IBMInputValueError("shots must be positive."), 400),
        (QiskitError("no"), 400),
        (ApiError(418, 1, "tea"), 418),
        (ZeroDivisionError("private words"), 500),
    )
    def test_each_kind_has_its_status(self, error: Exception, status: int) -> None:
        self.assertEqual(answer(error).status_code, status)

    def test_the_words_of_a_fault_of_ours_stay_here(self) -> None:
        self.assertNotIn("private words", json.dumps(_entry(ZeroDivisionError("private words"))))

    def test_the_last_sentence_is_what_to_do(self) -> None:
        entry = _entry(IBMInputValueError("shots must be positive, found 0.5. Ask for 1."))
        self.assertEqual((entry["message"], entry["solution"]), ("shots must be positive, found 0.5.", "Ask for 1."))

    def test_an_error_of_qiskit_is_told_without_quotation_marks(self) -> None:
        self.assertEqual(_entry(BackendNotFoundError("No backend is named 'x'."))["message"], "No backend is named 'x'.")

    def test_half_a_surrogate_pair_is_escaped(self) -> None:
        self.assertEqual(_entry(IBMInputValueError("found \ud800"))["message"], "found \\ud800")

    def test_no_row_of_the_table_hides_another(self) -> None:
        for place, (kind, _, _) in enumerate(TABLE):
            for before, _, _ in TABLE[:place]:
                self.assertFalse(issubclass(kind, before), f"{kind.__name__} never gets past {before.__name__}")


if __name__ == "__main__":
    unittest.main()
