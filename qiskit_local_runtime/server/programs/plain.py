"""Values as plain JSON, as IBM's guides show them: lists, numbers, and null for what is no number."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from ...codec import as_tree
from ...pipeline.execution_span import ExecutionSpans, SliceSpan


def plain(value: Any) -> Any:
    """A value without objects.

    Arrays become lists, times ISO 8601 under ``date``, complex numbers pairs, infinite numbers and NaN ``None``, and execution
    spans lists ``[start, stop, {PUB: [shape, [from, to]]}]``; other objects are written as IBM's client reads them.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, complex):
        return [plain(value.real), plain(value.imag)]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, ExecutionSpans):
        return [plain(span) for span in value.spans]
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, SliceSpan):
        return _span(value)
    return plain(as_tree(value))


def _span(span: SliceSpan) -> list[Any]:
    slices = {str(pub): [list(shape), [part.start, part.stop]] for pub, (shape, part) in span.data_slices.items()}
    return [plain(span.start), plain(span.stop), slices]
