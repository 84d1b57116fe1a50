"""Whether it is safe to let Qiskit read a QPY file.

The file is walked through as Qiskit's documentation of ``qiskit.qpy`` describes it: every count is compared with the bytes that
are there, what would be made is added up, and operations are those of a list. Qiskit's own reader trusts its file.
"""

from __future__ import annotations

import struct

from qiskit import qpy

from ...errors import IBMInputValueError
from .cursor import Cursor
from .qpy18 import VERSION, Walk18
from .qpy_walk import Walk

OLDEST = 13
"""Up to version 12, expressions are text that is parsed, or objects of symengine, which are pickled."""
NEWEST = min(VERSION, qpy.QPY_VERSION)
_FILE = struct.Struct("!6sBBBBQc")
_OFFSET = struct.Struct("!Q")


def check_qpy(data: bytes) -> None:
    """Refuse what is damaged, would run code, or is made to take all memory.

    Args:
        data: a QPY file of one circuit.

    Raises:
        IBMInputValueError: says what is wrong, and what to do.
    """
    at = Cursor(data)
    version = _check_file(at)
    if bytes(at.take(1)) != b"q":
        raise IBMInputValueError("expected a QPY file of a circuit, found another kind of program.")
    if version >= 16 and at.read(_OFFSET)[0] != at.at:
        raise IBMInputValueError("expected a QPY file whose circuit follows its table, found that it is elsewhere.")
    (Walk18() if version == VERSION else Walk(version)).circuit(at, 0)


def _check_file(at: Cursor) -> int:
    if at.left < _FILE.size or bytes(at.take(6)) != b"QISKIT":
        raise IBMInputValueError("expected a QPY file, which begins with QISKIT, found something else.")
    at.at = 0
    _, version, _, _, _, programs, _ = at.read(_FILE)
    if version < OLDEST:
        raise IBMInputValueError(
            f"expected QPY of version {OLDEST} or later, found {version}: reading that would parse expressions as code. Write "
            f"the circuit with qpy.dump(circuit, file, version={OLDEST}), or send OpenQASM 3."
        )
    if version > NEWEST:
        raise IBMInputValueError(
            f"expected QPY up to version {NEWEST}, found {version}. Write the circuit with "
            f"qpy.dump(circuit, file, version={NEWEST})."
        )
    if programs != 1:
        raise IBMInputValueError(f"expected a QPY file of one circuit, found {programs}. Send each in a PUB of its own.")
    return int(version)
