"""When which part of a result was produced, in the shape of IBM's execution spans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class SliceSpan:
    """A stretch of time and the data it produced."""

    start: datetime
    stop: datetime
    data_slices: Mapping[int, tuple[tuple[int, ...], slice]]
    """PUB index to the shape of its data (PUB shape and shots) and the slice of the flattened data that was produced."""

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return (self.stop - self.start).total_seconds()

    @property
    def pub_idxs(self) -> list[int]:
        """PUBs with data in this span, ascending."""
        return sorted(self.data_slices)

    @property
    def size(self) -> int:
        """Number of data points (shots) produced."""
        return sum(self._length(shape, part) for shape, part in self.data_slices.values())

    def contains_pub(self, pub_idx: int | Iterable[int]) -> bool:
        """Whether any of the PUBs has data in this span."""
        wanted = {pub_idx} if isinstance(pub_idx, int) else set(pub_idx)
        return not wanted.isdisjoint(self.data_slices)

    def mask(self, pub_idx: int) -> NDArray[np.bool_]:
        """Which data points of a PUB this span produced, in the shape of the PUB's data."""
        shape, part = self.data_slices[pub_idx]
        flat = np.zeros(int(np.prod(shape)), dtype=np.bool_)
        flat[part] = True
        return flat.reshape(shape)

    def filter_by_pub(self, pub_idx: int | Iterable[int]) -> SliceSpan:
        """The same span with the data of some PUBs only."""
        wanted = {pub_idx} if isinstance(pub_idx, int) else set(pub_idx)
        return SliceSpan(self.start, self.stop, {k: v for k, v in self.data_slices.items() if k in wanted})

    @staticmethod
    def _length(shape: tuple[int, ...], part: slice) -> int:
        return len(range(*part.indices(int(np.prod(shape)))))


@dataclass(frozen=True)
class ExecutionSpans:
    """The spans of a job, a sequence."""

    spans: tuple[SliceSpan, ...]

    def __len__(self) -> int:
        return len(self.spans)

    def __getitem__(self, index: int) -> SliceSpan:
        return self.spans[index]

    def __iter__(self) -> Iterator[SliceSpan]:
        return iter(self.spans)

    @property
    def start(self) -> datetime:
        """When the first span began."""
        return min(span.start for span in self.spans)

    @property
    def stop(self) -> datetime:
        """When the last span ended."""
        return max(span.stop for span in self.spans)

    @property
    def duration(self) -> float:
        """Seconds from :attr:`start` to :attr:`stop`."""
        return (self.stop - self.start).total_seconds()

    @property
    def pub_idxs(self) -> list[int]:
        """PUBs with data in any span, ascending."""
        return sorted({pub for span in self.spans for pub in span.data_slices})

    def filter_by_pub(self, pub_idx: int | Iterable[int]) -> ExecutionSpans:
        """The spans that hold data of some PUBs, with that data only."""
        return ExecutionSpans(tuple(s.filter_by_pub(pub_idx) for s in self.spans if s.contains_pub(pub_idx)))

    def sort(self) -> ExecutionSpans:
        """The spans by their start."""
        return ExecutionSpans(tuple(sorted(self.spans, key=lambda span: (span.start, span.stop))))
