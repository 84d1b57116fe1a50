"""Jobs on a backend's own ``run()``, which cannot be interrupted: a job that is cancelled does not wait for it."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import Any

from qiskit.providers import BackendV2

from ..cancellation import Cancelled, CancelToken
from ..devices.sources import device_of

_GRACE = 0.3
"""Seconds a cancelled call has to end by itself."""


_ELSEWHERE: weakref.WeakKeyDictionary[BackendV2, tuple[object, bool]] = weakref.WeakKeyDictionary()
"""By backend: whose ``run`` it had when it was looked at, and the answer."""


def runs_elsewhere(backend: object) -> bool:
    """Whether circuits go through a backend's own ``run()``, which is found out once for each backend and ``run``."""
    if not isinstance(backend, BackendV2):
        return False
    run = getattr(type(backend), "run", None), vars(backend).get("run")
    known = _ELSEWHERE.get(backend)
    if known is None or known[0] != run:
        known = _ELSEWHERE[backend] = (run, device_of(backend).backend is not None)
    return known[1]


class Unheard:
    """A call in a thread of its own, which is left behind when it is cancelled and does not end.

    Args:
        call: what to call; a thread that does not keep Python from exiting does it.
    """

    def __init__(self, call: Callable[[], Any]) -> None:
        self._call = call
        self._stirred, self._done = threading.Event(), threading.Event()
        self._result: Any = None
        self._error: BaseException | None = None

    def result(self, token: CancelToken, leave: Callable[[], None]) -> Any:
        """What the call returns, or raises.

        Args:
            token: cancels it.
            leave: called before the call is left behind.

        Raises:
            Cancelled: it was cancelled and did not end in time; what it returns or raises later is lost.
        """
        threading.Thread(target=self._work, name="qiskit-local-runtime backend's run()", daemon=True).start()
        token.on_cancel(self._stirred.set)
        self._stirred.wait()
        if not self._done.is_set() and not self._done.wait(_GRACE):
            leave()
            raise Cancelled(token.reason)
        if self._error is not None:
            raise self._error
        return self._result

    def _work(self) -> None:
        try:
            self._result = self._call()
        except BaseException as error:
            self._error = error
        finally:
            self._done.set()
            self._stirred.set()
