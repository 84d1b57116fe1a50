"""Errors as the REST API writes them: a status, and a body that says what to do."""

from __future__ import annotations

import re
import secrets
from http import HTTPStatus
from typing import Any

from qiskit.exceptions import QiskitError
from qiskit.providers.exceptions import QiskitBackendNotFoundError
from starlette.responses import JSONResponse

from ..errors import (
    IBMBackendError,
    IBMError,
    IBMInputValueError,
    IBMNotAuthorizedError,
    IBMRuntimeError,
    OptionNotImplementedError,
    RuntimeInvalidStateError,
    RuntimeJobNotFound,
    RuntimeProgramNotFound,
)

MORE = "https://quantum.cloud.ibm.com/docs/errors"

TABLE: tuple[tuple[type[BaseException], int, int], ...] = (
    (RuntimeJobNotFound, 404, 1291),
    (RuntimeProgramNotFound, 404, 1216),
    (QiskitBackendNotFoundError, 404, 1273),
    (RuntimeInvalidStateError, 409, 1309),
    (IBMNotAuthorizedError, 403, 1352),
    (OptionNotImplementedError, 400, 1229),
    (IBMInputValueError, 400, 1211),
    (IBMBackendError, 400, 1229),
    (IBMRuntimeError, 409, 1228),
    (IBMError, 400, 1229),
    (QiskitError, 400, 1229),
)
"""The first row that fits: the status, and IBM's number for what is nearest."""


class ApiError(IBMError):
    """An error with a status of its own."""

    code = "api"

    def __init__(self, status: int, number: int, message: str, solution: str = "") -> None:
        super().__init__(message)
        self.status, self.number, self.solution = status, number, solution


def answer(error: BaseException) -> JSONResponse:
    """The response to an error; one that the table does not know is ours, and its words stay in the log."""
    if isinstance(error, ApiError):
        return refusal(error.status, error.number, str(error), error.solution)
    for kind, status, number in TABLE:
        if isinstance(error, kind):
            return refusal(status, number, *_split(_words(error)))
    return refusal(500, 1200, "The server failed to answer. This is a fault of the server.", "See its log; please report it.")


def refusal(status: int, number: int, message: str, solution: str = "", **headers: str) -> JSONResponse:
    """The response to an error."""
    return JSONResponse(body_of(number, message or HTTPStatus(status).phrase, solution), status_code=status, headers=headers)


def body_of(number: int, message: str, solution: str = "") -> dict[str, Any]:
    """An error's body."""
    entry: dict[str, Any] = {"code": number, "message": _sayable(message), "more_info": MORE}
    if solution:
        entry["solution"] = _sayable(solution)
    return {"trace": secrets.token_hex(8), "errors": [entry]}


def _words(error: BaseException) -> str:
    """An error's message; the text of Qiskit's own errors is a quotation of theirs."""
    own = getattr(error, "message", None)
    return own if isinstance(own, str) else str(error)


def _sayable(text: str) -> str:
    """Text that UTF-8 can carry: half of a surrogate pair, which JSON may have brought, is written as an escape."""
    return text.encode("utf-8", "backslashreplace").decode()


def _split(text: str) -> tuple[str, str]:
    """What is wrong, and what to do about it: the last sentence of our errors."""
    head, _, last = text.rstrip().rpartition(". ")
    return (f"{head}.", last) if head and re.match(r"[A-Z]", last) else (text, "")
