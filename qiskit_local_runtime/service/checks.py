"""What the service's methods accept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ..errors import IBMInputValueError

_LARGEST = 2**63 - 1
"""The largest number a store counts to."""


def check_page(limit: object, skip: object) -> None:
    """Refuse what is no part of a list.

    Raises:
        IBMInputValueError: not whole numbers, or out of range.
    """
    if limit is not None and not _is_whole(limit, 1):
        raise IBMInputValueError(f"limit must be a whole number of at least 1 (below 2**63), or None for all, found {limit!r}.")
    if not _is_whole(skip, 0):
        raise IBMInputValueError(f"skip must be a whole number of at least 0 (below 2**63), found {skip!r}.")


def check_words(**words: object) -> None:
    """Refuse conditions that are not text.

    Raises:
        IBMInputValueError: one is neither text nor ``None``.
    """
    for name, value in words.items():
        if value is not None and not isinstance(value, str):
            raise IBMInputValueError(f"{name} must be text, or None for any, found {value!r}.")


def check_flags(**flags: object) -> None:
    """Refuse what is neither true nor false.

    Raises:
        IBMInputValueError: one is neither a bool nor ``None``.
    """
    for name, value in flags.items():
        if value is not None and not isinstance(value, bool):
            raise IBMInputValueError(f"{name} must be True, False or None, found {value!r}.")


def check_tags(tags: Any) -> None:
    """Refuse tags that are not a list of texts.

    Raises:
        IBMInputValueError: they are not.
    """
    if tags is None:
        return
    if isinstance(tags, str) or not hasattr(tags, "__iter__") or not all(isinstance(tag, str) for tag in tags):
        raise IBMInputValueError(f"job_tags must be a list of strings, found {tags!r}.")


def checked_time(when: object, name: str) -> datetime | None:
    """A time with a zone; one without is local.

    Raises:
        IBMInputValueError: not a ``datetime``, or one too far away to have a zone.
    """
    if when is None:
        return None
    if not isinstance(when, datetime):
        raise IBMInputValueError(
            f"{name} must be a datetime.datetime, or None, found {when!r}. Use datetime.fromisoformat('2026-01-31T12:00'), say."
        )
    try:
        return when.astimezone()
    except (OverflowError, ValueError, OSError) as err:
        raise IBMInputValueError(
            f"{name} must be a time that can be converted to UTC, found {when!r} ({err}). Leave it out to set no bound."
        ) from err


def check_conditions(min_num_qubits: object, filters: object) -> None:
    """Refuse conditions no backend could be asked for.

    Raises:
        IBMInputValueError: not a number of qubits, or not a function.
    """
    if min_num_qubits is not None and not _is_whole(min_num_qubits, 0):
        raise IBMInputValueError(f"min_num_qubits must be a whole number of at least 0, or None, found {min_num_qubits!r}.")
    if filters is not None and not callable(filters):
        raise IBMInputValueError(f"filters must be a function of a backend, or None, found {filters!r}.")


def check_instance(instance: object) -> None:
    """Refuse what is no instance.

    Raises:
        IBMInputValueError: neither text nor ``None``.
    """
    if instance is not None and not isinstance(instance, str):
        raise IBMInputValueError(f"instance must be text, or None for the account's, found {instance!r}.")


def _is_whole(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= _LARGEST
