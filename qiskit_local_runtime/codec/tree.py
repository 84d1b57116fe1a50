"""Objects to trees that JSON can write, and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .kinds import Kind

Arrays = Callable[[NDArray[Any]], Any]
TYPE, VALUE = "__type__", "__value__"


class Writer:
    """Makes trees.

    Args:
        kinds: what it can write, first match first.
        array: writes an array's bytes.
        exact: keep tuples and dictionaries with other keys than text apart from lists and other dictionaries.
    """

    def __init__(self, kinds: Sequence[Kind], array: Arrays, *, exact: bool) -> None:
        self._kinds, self._array, self._exact = kinds, array, exact

    def write(self, value: Any, path: str = "") -> Any:
        """A tree.

        Raises:
            TypeError: something in it cannot be written; says where it is.
        """
        if value is None or (isinstance(value, (bool, int, float, str)) and not isinstance(value, np.generic)):
            return value
        if isinstance(value, np.generic) and not isinstance(value, np.complexfloating):
            return value.item()
        if isinstance(value, np.ndarray):
            return self._ndarray(value, path)
        if isinstance(value, dict) and not (self._exact and _odd(value)):
            # as JSON and IBM have it, keys become text
            return {str(key): self.write(item, f"{path}.{key}") for key, item in value.items()}
        if isinstance(value, list) or (isinstance(value, tuple) and not self._exact):
            return [self.write(item, f"{path}[{i}]") for i, item in enumerate(value)]
        for kind in self._kinds:
            if kind.test(value):
                return {TYPE: kind.tag, VALUE: self.write(kind.write(value), path)}
        raise TypeError(f"an object of type {type(value).__name__} cannot be written down (at {path or 'the top'})")

    def _ndarray(self, value: NDArray[Any], path: str) -> Any:
        if value.dtype == object:
            return {TYPE: "ndarray", VALUE: self.write(value.tolist(), path)}
        return {TYPE: "ndarray", VALUE: self._array(value)}


def _odd(value: dict[Any, Any]) -> bool:
    return TYPE in value or not all(isinstance(key, str) for key in value)


class Reader:
    """Makes objects of trees.

    Args:
        kinds: what it can read.
        array: reads an array from what the writer's function made of it.
    """

    def __init__(self, kinds: Sequence[Kind], array: Callable[[Any], NDArray[Any]]) -> None:
        self._kinds, self._array = {kind.tag: kind for kind in kinds}, array

    def read(self, tree: Any) -> Any:
        """The object.

        Raises:
            ValueError: it is of an unknown kind.
        """
        if isinstance(tree, list):
            return [self.read(item) for item in tree]
        if not isinstance(tree, dict):
            return tree
        if TYPE not in tree:
            return {key: self.read(item) for key, item in tree.items()}
        if tree[TYPE] == "ndarray":
            value = tree[VALUE]
            return np.array(self.read(value), dtype=object) if isinstance(value, list) else self._array(value)
        kind = self._kinds.get(tree[TYPE])
        if kind is None:
            raise ValueError(
                f"an object of the unknown kind {tree[TYPE]!r} cannot be read. Known are: {', '.join(self._kinds)}"
            )
        return kind.read(self.read(tree[VALUE]))
