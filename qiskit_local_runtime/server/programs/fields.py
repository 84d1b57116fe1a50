"""The fields beside the PUBs, which all programs check alike."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from ...errors import IBMInputValueError, OptionError

GUIDE = "guide"
"""The form of IBM's guides to the REST API: plain lists and numbers in, and out."""
CLIENT = ""
"""The form of IBM's client, which asks for it by ``support_qiskit: true``."""
_OF_VERSION_1 = ("circuits", "circuit_indices", "parameter_values", "parameters", "resilience_settings", "run_options")


def check_names(params: Mapping[str, Any], known: Iterable[str], program: str) -> None:
    """Refuse parameters that a program does not have.

    Raises:
        IBMInputValueError: there is one; says what is known.
    """
    known = sorted(known)
    for name in params:
        if name in known:
            continue
        if name in _OF_VERSION_1:
            raise IBMInputValueError(
                f"params.{name} belongs to version 1 of {program}, which IBM has retired. Send pubs and version = 2."
            )
        close = difflib.get_close_matches(str(name), known, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise IBMInputValueError(
            f"params.{str(name)[:80]}: {program} has no such parameter.{hint} Known are {', '.join(known)}."
        )


def check_version(params: Mapping[str, Any], wanted: int, program: str) -> None:
    """Refuse another version of a program's interface; one that is not named is the right one.

    Raises:
        IBMInputValueError: it is another.
    """
    found = params.get("version")
    if found is not None and (isinstance(found, bool) or found != wanted):
        retired = " IBM has retired version 1." if found == 1 else ""
        raise IBMInputValueError(
            f"params.version must be {wanted} for {program}, found {str(found)[:40]!r}.{retired} Send version = {wanted}."
        )


def form_of(params: Mapping[str, Any]) -> str:
    """In which form parameters came and a result is wanted.

    Raises:
        IBMInputValueError: ``support_qiskit`` is neither true nor false.
    """
    asked = params.get("support_qiskit")
    if asked is None or asked is False:
        return GUIDE
    if asked is not True:
        raise IBMInputValueError(f"params.support_qiskit must be true or false, found {str(asked)[:40]!r}.")
    return CLIENT


def listed(value: Any, name: str) -> list[Any]:
    """A list that must not be missing.

    Raises:
        IBMInputValueError: it is something else.
    """
    if not isinstance(value, list):
        found = "nothing" if value is None else type(value).__name__
        raise IBMInputValueError(f"params.{name} must be a list, found {found}.")
    return value


def options_in(params: Mapping[str, Any]) -> dict[str, Any]:
    """The options, not checked yet.

    Raises:
        OptionError: they are no object.
    """
    found = params.get("options")
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise OptionError(f"params.options must be an object, found {type(found).__name__}.")
    return dict(found)
