"""Instances and the Cloud Resource Names (CRN) by which callers name them."""

from __future__ import annotations

import re

from ..errors import IBMInputValueError

_OURS = "crn:v1:local:public:quantum-computing:us-east:a/local:{}::"
_PATTERN = re.compile(r"crn:v1:local:public:quantum-computing:us-east:a/local:([^:]+)::")
CRN_PATTERN = r"^crn:[!-9;-~]*(:[!-9;-~]*){8}$"
"""Of a Cloud Resource Name: ten parts of visible ASCII."""
LONGEST_CRN = 512
_CRN = re.compile(CRN_PATTERN)


def crn_of(instance: str) -> str:
    """The CRN of an instance: instances that callers named by a CRN keep it."""
    return instance if _CRN.fullmatch(instance) else _OURS.format(instance)


def instance_of(crn: str | None, default: str) -> str:
    """The instance of a CRN.

    Args:
        crn: as the header ``Service-CRN`` has it; any CRN is an instance of its own. ``None``: the default one.
        default: the runtime's.

    Raises:
        IBMInputValueError: it is no CRN.
    """
    if crn is None or crn in ("", "None"):
        return default
    if ours := _PATTERN.fullmatch(crn):
        return ours[1]
    if len(crn) > LONGEST_CRN or not _CRN.fullmatch(crn):
        raise IBMInputValueError(
            f"Service-CRN must be a Cloud Resource Name such as {crn_of(default)}, found {crn[:80]!r}. Leave it out for the "
            "server's own instance."
        )
    return crn
