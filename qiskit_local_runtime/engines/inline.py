"""Calls run where they are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..cancellation import CancelToken
from .base import C, P, T
from .here import running
from .named import nothing


class InlineEngine:
    """Runs calls in the calling thread: nothing to start or stop; what does not look at its token is not interrupted."""

    name = "inline"
    workers = 1

    @classmethod
    def named(cls, argument: str | None) -> InlineEngine:
        """The engine of a name, see :func:`~qiskit_local_runtime.engines.named.engine_named`."""
        nothing(cls.name, argument)
        return cls()

    def call(self, function: Callable[..., T], *args: Any, cancel: CancelToken) -> T:
        """See :class:`~qiskit_local_runtime.engines.base.Engine`."""
        cancel.check()
        with running(cancel):
            result = function(*args)
        cancel.check()
        return result

    def map(self, function: Callable[[C, P], T], common: C, parts: Sequence[P], *, cancel: CancelToken) -> Iterator[T]:
        """See :class:`~qiskit_local_runtime.engines.base.Engine`."""
        for part in parts:
            yield self.call(function, common, part, cancel=cancel)

    def close(self) -> None:
        """Nothing to do."""
