"""Observables as they came: lists of Pauli strings, with coefficients or without."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...errors import IBMInputValueError

_LETTERS = "IXYZ01+-rl"
_SUMS = 'A sum of Pauli strings with coefficients is an object, {"ZZ": 0.5, "XI": -1.0}.'
_LABEL = re.compile(rf"[{re.escape(_LETTERS)}]+")


def checked_observables(value: Any, where: str) -> Any:
    """The observables of a PUB.

    Args:
        value: what JSON said: a Pauli string, an object of strings and coefficients, or lists of these; objects that IBM's
            client writes were read already, and are left to those who made them.
        where: what it is, for errors: ``PUB 0: observables``.

    Raises:
        IBMInputValueError: something in it is none of these; says where, what was expected and what was found.
    """
    _shape(value, where)
    first = None
    for label, place in _labels(value, where):
        first = first or label
        if len(label) != len(first):
            raise IBMInputValueError(
                f"{place}: expected {len(first)} letters as in {_shown(first)}, found {_shown(label)}. Write I for the qubits "
                "that an observable leaves alone."
            )
    return value


def _shape(value: Any, where: str) -> tuple[int, ...]:
    """Lengths of lists in lists, which are the same wherever one looks."""
    if not isinstance(value, (list, tuple)):
        return ()
    shapes = [_shape(item, f"{where}[{index}]") for index, item in enumerate(value)]
    for index, shape in enumerate(shapes):
        if shape != shapes[0]:
            raise IBMInputValueError(
                f"{where}: expected an array, found [0] of shape {shapes[0]} and [{index}] of shape {shape}. Make them alike."
            )
    return (len(value), *(shapes[0] if shapes else ()))


def _labels(value: Any, where: str) -> Iterator[tuple[str, str]]:
    """Every Pauli string, and where it is."""
    if isinstance(value, str):
        yield _checked_label(value, where), where
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _labels(item, f"{where}[{index}]")
    elif isinstance(value, Mapping):
        _check_coefficients(value, where)
        yield from ((_checked_label(label, where), where) for label in value)
    elif value is None or isinstance(value, (bool, int, float)):
        raise IBMInputValueError(f"{where}: expected text such as 'ZZ', found {_shown(value)}. {_SUMS}")


def _checked_label(label: str, where: str) -> str:
    if not _LABEL.fullmatch(label):
        raise IBMInputValueError(
            f"{where}: expected one of the letters {' '.join(_LETTERS)} for each qubit, found {_shown(label)}. Write 'IZ' for "
            "Z on qubit 0 of two."
        )
    return label


def _check_coefficients(value: Mapping[str, Any], where: str) -> None:
    if not value:
        raise IBMInputValueError(
            f'{where}: expected at least one Pauli string, found an empty object. Zero on two qubits is {{"II": 0.0}}.'
        )
    for label, coefficient in value.items():
        if isinstance(coefficient, bool) or not isinstance(coefficient, (int, float)) or not math.isfinite(coefficient):
            raise IBMInputValueError(
                f"{where}: expected a real number as the coefficient of {_shown(label)}, found {_shown(coefficient)}. {_SUMS}"
            )


def _shown(value: Any) -> str:
    """A value of JSON, cut short."""
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}…"
