"""Whether what runs in this thread is still wanted: engines that share our memory say so."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ..cancellation import CancelToken

_HERE = threading.local()


@contextmanager
def running(cancel: CancelToken) -> Iterator[None]:
    """What is called meanwhile in this thread finds ``cancel`` by :func:`cancel_here`."""
    before = getattr(_HERE, "cancel", None)
    _HERE.cancel = cancel
    try:
        yield
    finally:
        _HERE.cancel = before


def cancel_here() -> CancelToken:
    """The token of the call that runs in this thread; in a child process one that nobody sets, since children are killed."""
    found: CancelToken | None = getattr(_HERE, "cancel", None)
    return CancelToken() if found is None else found
