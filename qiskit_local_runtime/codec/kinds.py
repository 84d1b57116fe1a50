"""Which objects are written, and how: :data:`TEXT` as IBM writes them, :data:`EXACT` so that equal objects come back.

The first row that fits an object writes it. A kind missing here comes from the caller: the ``extra`` of the functions.
"""

from __future__ import annotations

from typing import Any

from . import noise, noise_learning, operators, plain, program_results, pubs, results
from .arrays import array_from_text, array_to_text
from .circuits import EXPRESSIONS, LOSSY, circuit_kinds, exact_circuit_kinds
from .kind import Kind
from .tree import Reader, Writer

_SHARED = (*plain.SHARED, *operators.SHARED, *pubs.SHARED, *results.SHARED, *noise.SHARED, *noise_learning.SHARED)
_LOSSY = (*operators.LOSSY, *pubs.LOSSY, *LOSSY)
_OWN = (*operators.OWN, *EXPRESSIONS, *noise_learning.OWN, *program_results.OWN)
_EXACT = (*plain.EXACT, *operators.EXACT, *pubs.EXACT, *noise.EXACT)


def _write_metadata(value: Any) -> Any:
    return Writer((*_SHARED, *_OWN), array_to_text, exact=False).write(value, ".metadata")


def _write_metadata_exactly(value: Any) -> Any:
    return Writer((*_EXACT, *_SHARED, *_OWN), array_to_text, exact=True).write(value, ".metadata")


def _read_metadata(value: Any) -> Any:
    return Reader((*_SHARED, *_OWN, *_EXACT), array_from_text).read(value)


_CIRCUITS = circuit_kinds(_write_metadata, _read_metadata)
TEXT: tuple[Kind, ...] = (*_SHARED, *_LOSSY, *_CIRCUITS, *_OWN)
EXACT: tuple[Kind, ...] = (*_EXACT, *exact_circuit_kinds(_write_metadata_exactly, _read_metadata), *_SHARED, *_CIRCUITS, *_OWN)
