"""Values of Python itself."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np

from .kind import Kind, derived, of_class


def _of_objects(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype == object and not isinstance(value, np.ma.MaskedArray)


SHARED: tuple[Kind, ...] = (
    Kind("datetime", derived(date), lambda v: v.isoformat(), datetime.fromisoformat),
    Kind("complex", derived(complex), lambda v: [v.real, v.imag], lambda v: complex(*v)),
    Kind("set", of_class(set), list, set),
)
"""Read and written by IBM's client as well."""

EXACT: tuple[Kind, ...] = (
    Kind("date", of_class(date), lambda v: v.isoformat(), date.fromisoformat),
    Kind("tuple", of_class(tuple), list, tuple),
    Kind("frozenset", of_class(frozenset), list, frozenset),
    Kind("bytes", of_class(bytes), lambda v: np.frombuffer(v, dtype=np.uint8), lambda v: v.tobytes()),
    # dictionaries that JSON has no form for: keys other than text, or our reserved word among them
    Kind("map", of_class(dict), lambda v: [[key, item] for key, item in v.items()], lambda v: dict(map(tuple, v))),
    Kind("objects", _of_objects, lambda v: [list(v.shape), v.ravel().tolist()], lambda v: _objects(*v)),
)
"""What IBM's text gives no form, or that of something else."""


def _objects(shape: list[int], items: list[Any]) -> Any:
    array = np.empty(len(items), dtype=object)
    for place, item in enumerate(items):  # numpy would take lists among the items for further axes
        array[place] = item
    return array.reshape(shape)
