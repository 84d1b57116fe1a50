"""What the executor returns, by IBM's names and with IBM's members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.primitives import BitArray


@dataclass(frozen=True)
class ChunkPart:
    """Elements of one item that ran in a chunk: those of the flattened item from ``start`` to ``start + size``."""

    idx_item: int
    size: int
    start: int = 0
    shape: tuple[int, ...] = ()
    """Of the item."""

    @property
    def permutation(self) -> list[int]:
        """Of the item's axes before it is flattened: none."""
        return list(range(len(self.shape)))

    @property
    def element_range(self) -> tuple[int, int, int]:
        """Start, stop and step."""
        return self.start, self.start + self.size, 1


@dataclass(frozen=True)
class ChunkSpan:
    """From when to when a chunk ran."""

    start: datetime
    stop: datetime
    parts: tuple[ChunkPart, ...]


@dataclass(frozen=True)
class ItemMetadata:
    """What is known of an item beside its data."""

    scheduler_timing: None = None
    stretch_values: None = None
    simulation: Mapping[str, Any] = field(default_factory=dict)
    """Method and active qubits of each part that was simulated by itself, and notes on approximations."""


@dataclass(frozen=True)
class ProgramMetadata:
    """What is known of a whole program's run."""

    chunk_timing: tuple[ChunkSpan, ...] = ()


class QuantumProgramItemResult(Mapping[str, NDArray[Any]]):
    """Arrays by name: those of classical registers, and what a samplex drew.

    Of a register: booleans of shape ``(*shape, shots, bits)``, bit 0 first.

    Args:
        data: arrays, and shots as Qiskit packs them.
        metadata: of the item.
    """

    def __init__(self, data: Mapping[str, NDArray[Any] | BitArray], metadata: ItemMetadata | None = None) -> None:
        self.packed = dict(data)
        self.metadata = metadata or ItemMetadata()

    def __getitem__(self, name: str) -> NDArray[Any]:
        found = self.packed[name]
        if isinstance(found, BitArray):
            bits: NDArray[np.bool_] = found.to_bool_array(order="little")
            return bits
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.packed)

    def __len__(self) -> int:
        return len(self.packed)

    def __repr__(self) -> str:
        return f"QuantumProgramItemResult({', '.join(f'{name}: {_shape(each)}' for name, each in self.packed.items())})"


class QuantumProgramResult:
    """One result for each item of a program, in their order.

    Args:
        data: the results of the items.
        metadata: of the whole.
        passthrough_data: what the program carried along.
        semantic_role: which post-processing the result is for.
    """

    def __init__(
        self,
        data: Sequence[QuantumProgramItemResult],
        metadata: ProgramMetadata | None = None,
        passthrough_data: Any = None,
        semantic_role: str | None = None,
    ) -> None:
        self.data = list(data)
        self.metadata = metadata or ProgramMetadata()
        self.passthrough_data = passthrough_data
        self.semantic_role = semantic_role

    @property
    def timing(self) -> tuple[ChunkSpan, ...]:
        """When the chunks of the program ran."""
        return self.metadata.chunk_timing

    def __getitem__(self, index: int) -> QuantumProgramItemResult:
        return self.data[index]

    def __iter__(self) -> Iterator[QuantumProgramItemResult]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)

    def __repr__(self) -> str:
        return f"QuantumProgramResult(<{len(self)} results>)"


def _shape(value: NDArray[Any] | BitArray) -> tuple[int, ...]:
    if isinstance(value, BitArray):
        return (*value.shape, value.num_shots, value.num_bits)
    return tuple(value.shape)
