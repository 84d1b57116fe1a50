"""Objects to trees that JSON can write, and back."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, MutableMapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.exceptions import QiskitError

from ..errors import IBMInputValueError
from .kind import Kind

Arrays = Callable[[NDArray[Any]], Any]
TYPE, VALUE, MODULE, CLASS = "__type__", "__value__", "__module__", "__class__"

_ITSELF = frozenset((type(None), bool, int, float, str))
"""Classes whose objects are their own text."""

DAMAGE = (
    *(ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError, EOFError, OSError),
    *(MemoryError, RecursionError, NotImplementedError, struct.error, zlib.error, QiskitError),
)
"""What libraries raise on data that is not what it says it is."""


class Writer:
    """Makes trees.

    Args:
        kinds: what it can write, first match first.
        array: writes an array's bytes.
        exact: keep tuples, and dictionaries with other keys than text, apart from lists and other dictionaries.
        chosen: the kind that writes objects of a class, for kinds that tell objects apart by class alone; filled here.
    """

    def __init__(
        self, kinds: Sequence[Kind], array: Arrays, *, exact: bool, chosen: MutableMapping[type, Kind] | None = None
    ) -> None:
        self._kinds, self._array, self._exact = kinds, array, exact
        self._chosen = chosen

    def write(self, value: Any, path: str = "") -> Any:
        """A tree.

        Raises:
            TypeError: something in it cannot be written; says where it is.
        """
        if type(value) in _ITSELF:
            return value
        if value is None or (isinstance(value, (bool, int, float, str)) and not isinstance(value, np.generic)):
            return value
        if isinstance(value, np.generic) and value.dtype.char not in "GgV":  # their items are themselves, or no values
            return self.write(value.item(), path)
        if isinstance(value, np.ndarray) and not isinstance(value, np.ma.MaskedArray) and _plain(value, self._exact):
            return self._ndarray(value, path)
        if isinstance(value, dict) and not (self._exact and _odd(value)):
            return {_key(key, path): self.write(item, f"{path}.{key}") for key, item in value.items()}
        if isinstance(value, list) or (isinstance(value, tuple) and not self._exact):
            return [self.write(item, f"{path}[{i}]") for i, item in enumerate(value)]
        kind = self._kind_of(value)
        if kind is None:
            raise TypeError(f"an object of type {type(value).__name__} cannot be written down (at {path or 'the top'})")
        return self._tagged(kind, value, path)

    def _kind_of(self, value: Any) -> Kind | None:
        known = None if self._chosen is None else self._chosen.get(type(value))
        if known is not None:
            return known
        found = next((kind for kind in self._kinds if kind.test(value)), None)
        # arrays are told apart by what they hold, too
        if self._chosen is not None and found is not None and not isinstance(value, np.ndarray):
            self._chosen[type(value)] = found
        return found

    def _tagged(self, kind: Kind, value: Any, path: str) -> Any:
        try:
            simpler = kind.write(value)
        except (QiskitError, ValueError, TypeError, AttributeError, NotImplementedError) as err:
            raise TypeError(
                f"this {type(value).__name__} cannot be written down (at {path or 'the top'}): {str(err).rstrip('.')}"
            ) from err
        tree = self.write(simpler, path)
        if kind.tag is None:
            return tree
        if kind.owner is None:
            return {TYPE: kind.tag, VALUE: tree}
        return {TYPE: kind.tag, MODULE: kind.owner.__module__, CLASS: kind.owner.__name__, VALUE: tree}

    def _ndarray(self, value: NDArray[Any], path: str) -> Any:
        if value.dtype == object:
            return {TYPE: "ndarray", VALUE: self.write(value.tolist(), path)}
        return {TYPE: "ndarray", VALUE: self._array(value)}


def _plain(array: NDArray[Any], exact: bool) -> bool:
    """Whether an array's own form holds all of it; IBM's text has lists for objects."""
    return not (exact and array.dtype.hasobject)


def _odd(value: dict[Any, Any]) -> bool:
    return TYPE in value or not all(type(key) is str for key in value)


def _key(key: Any, path: str) -> str:
    """A key as JSON writes it."""
    if type(key) is str:
        return key
    if key is None or isinstance(key, (bool, int, float, str)):
        return key if isinstance(key, str) else json.dumps(key)
    raise TypeError(
        f"a dictionary with the key {key!r}, of type {type(key).__name__}, cannot be written down "
        f"(at {path or 'the top'}): JSON's keys are text and numbers"
    )


class Reader:
    """Makes objects of trees.

    Args:
        kinds: what it can read, the first of those with the same key.
        array: reads an array from what the writer's function made of it.
    """

    def __init__(self, kinds: Sequence[Kind], array: Callable[[Any], NDArray[Any]]) -> None:
        known = {kind.key: kind for kind in reversed(kinds) if kind.key is not None}
        self._kinds = known | {"ndarray": Kind("ndarray", lambda v: False, self._read_array, self._read_array)}
        self._array = array

    def read(self, tree: Any) -> Any:
        """The object.

        Raises:
            IBMInputValueError: it is of an unknown kind, or damaged.
        """
        if isinstance(tree, list):
            return [self.read(item) for item in tree]
        if not isinstance(tree, dict):
            return tree
        if TYPE not in tree:
            return {key: self.read(item) for key, item in tree.items()}
        name = f"{tree[TYPE]}:{tree[CLASS]}" if CLASS in tree else f"{tree[TYPE]}"
        kind = self._kinds.get(name)
        if kind is None:
            known = ", ".join(sorted(self._kinds))
            raise IBMInputValueError(f"An object of the unknown kind {name!r} cannot be read. Known are: {known}.")
        if VALUE not in tree:
            raise IBMInputValueError(f"expected {VALUE!r} beside {TYPE!r}: {name!r}, found {', '.join(tree)}.")
        value = self.read(tree[VALUE])
        try:
            return kind.read(value)
        except DAMAGE as err:
            raise IBMInputValueError(f"An object of the kind {name!r} is damaged, or of a later version: {err}") from err

    def _read_array(self, value: Any) -> NDArray[Any]:
        return np.array(value, dtype=object) if isinstance(value, list) else self._array(value)
