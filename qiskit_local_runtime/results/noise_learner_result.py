"""The result of a noise learner's job."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .layer_error import LayerError


class NoiseLearnerResult:
    """The layers whose noise was learned, the most frequent first.

    Args:
        data: the layers.
        metadata: ``layers`` holds, for each of them, what its rates rest on: errors, fits, readout.
    """

    def __init__(self, data: Iterable[LayerError], metadata: dict[str, Any] | None = None) -> None:
        self._data, self._metadata = list(data), dict(metadata or {})

    @property
    def data(self) -> list[LayerError]:
        """The layers."""
        return self._data

    @property
    def metadata(self) -> dict[str, Any]:
        """What else is known."""
        return self._metadata

    def __getitem__(self, index: int) -> LayerError:
        return self._data[index]

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator[LayerError]:
        return iter(self._data)

    def __repr__(self) -> str:
        return f"NoiseLearnerResult(data={self._data}, metadata={self._metadata})"
