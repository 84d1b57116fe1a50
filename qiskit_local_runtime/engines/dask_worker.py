"""What Dask's workers run: a part in a child process of the worker, which is killed when nobody wants its result.

A simulation may hold Python's global lock for long. In the worker itself it would keep Dask from hearing of the worker, and
could not be stopped.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import wait
from multiprocessing.util import Finalize
from typing import Any

from ..cancellation import Cancelled, CancelToken
from ..errors import IBMRuntimeError
from .base import CannotTravelError
from .common import Done, Lacking, Parcel, Postbook, Unreadable, run_part
from .dask_versions import check_versions
from .processes import ProcessEngine

_LOOK = 0.1
"""Seconds between looks at whether a part is still wanted."""
_SMALL = 1 << 14
"""Bytes below which a result is not compressed."""
_PLAIN, _COMPRESSED = b"p", b"z"


def run(versions: Mapping[str, str], key: bytes, data: bytes, sealed: bytes) -> bytes:
    """In a thread of a Dask worker: run a part, and return its result for :func:`opened`.

    Args:
        versions: what the client's bits depend on.
        key: of the common value.
        data: the common value, pickled.
        sealed: function and part, pickled; the worker itself reads neither.

    Raises:
        IBMRuntimeError: other versions are installed here, or the part's process died twice.
        CannotTravelError: the common value cannot be read here.
    """
    check_versions(versions)
    with _while_wanted() as cancel:
        return _children().run(Parcel(key, data), sealed, cancel)


def sealed_part(function: Callable[[Any, Any], Any], part: Any) -> bytes:
    """Function and part for a worker.

    Raises:
        CannotTravelError: they cannot be pickled.
    """
    try:
        return pickle.dumps((function, part), protocol=pickle.HIGHEST_PROTOCOL)
    except (pickle.PicklingError, TypeError, AttributeError) as err:
        raise CannotTravelError(f"What is to run cannot be sent to a Dask worker: {err}") from err


def opened(result: bytes) -> Any:
    """What :func:`run` made of a part."""
    kind, data = result[:1], memoryview(result)[1:]
    return pickle.loads(zlib.decompress(data) if kind == _COMPRESSED else data)


def packed_result(result: object) -> bytes:
    """A result for :func:`opened`: compressed where a sample says that this pays."""
    data = pickle.dumps(result, protocol=pickle.HIGHEST_PROTOCOL)
    sample = data[len(data) // 2 :][:_SMALL]
    if len(data) < _SMALL or len(zlib.compress(sample, 1)) > 0.8 * len(sample):
        return _PLAIN + data
    return _COMPRESSED + zlib.compress(data, 1)


def run_sealed(key: bytes, data: bytes | None, sealed: bytes) -> Done | Lacking | Unreadable:
    """In a child process of the worker: run a part."""
    _end_with_the_worker()
    function, part = pickle.loads(sealed)
    answer = run_part(key, data, function, part)
    return answer._replace(result=packed_result(answer.result)) if isinstance(answer, Done) else answer


class _Children:
    """The child processes of a Dask worker, one for each of its threads.

    Args:
        workers: how many.
    """

    def __init__(self, workers: int) -> None:
        self._engine = ProcessEngine(workers)
        self._postbook = Postbook(workers)
        # a nanny's worker does not call what is registered with atexit
        Finalize(None, self._engine.close, exitpriority=100)

    def run(self, parcel: Parcel, sealed: bytes, cancel: CancelToken) -> bytes:
        try:
            return self._answer(parcel, self._postbook.enclosed(parcel), sealed, cancel)
        except IBMRuntimeError:
            # its process died: another gets all it needs, and the same bits come of it
            self._postbook.forget_all()
            return self._answer(parcel, parcel.data, sealed, cancel)

    def _answer(self, parcel: Parcel, data: bytes | None, sealed: bytes, cancel: CancelToken) -> bytes:
        answer = self._engine.call(run_sealed, parcel.key, data, sealed, cancel=cancel)
        if isinstance(answer, Lacking):
            self._postbook.forget(answer.process)
            answer = self._engine.call(run_sealed, parcel.key, parcel.data, sealed, cancel=cancel)
        if isinstance(answer, Unreadable):
            raise CannotTravelError(f"What is to run cannot be read on a Dask worker: {answer.why}")
        assert isinstance(answer, Done), "a process that was sent the common value has it"
        self._postbook.note(parcel, answer.process)
        result: bytes = answer.result
        return result


_LOCK = threading.Lock()
_OURS: dict[int, _Children] = {}
"""By the process they belong to."""


def _children() -> _Children:
    from distributed import get_worker

    with _LOCK:
        if os.getpid() not in _OURS:
            # a nanny's worker may have no children, lest they outlive it: ours end with it
            multiprocessing.current_process().daemon = False
            _OURS[os.getpid()] = _Children(get_worker().state.nthreads)
        return _OURS[os.getpid()]


@contextmanager
def _while_wanted() -> Iterator[CancelToken]:
    """A token that is cancelled when Dask no longer wants the task that runs in this thread."""
    from distributed import get_worker

    worker = get_worker()
    task = worker.state.tasks[worker.get_current_task()]
    cancel, done = CancelToken(), threading.Event()

    def look() -> None:
        while not done.wait(_LOOK):
            if task.state != "executing":
                cancel.cancel("no longer wanted")
                return

    looking = threading.Thread(target=look, name="qiskit-local-runtime wanted", daemon=True)
    looking.start()
    try:
        yield cancel
    except Cancelled as err:
        raise IBMRuntimeError(f"The part was stopped: {err}.") from None
    finally:
        done.set()
        looking.join()


_WATCHED = threading.Event()


def _end_with_the_worker() -> None:
    """Once in a child process: end when the worker has ended, however that came about."""
    parent = multiprocessing.parent_process()
    if parent is None or _WATCHED.is_set():
        return
    _WATCHED.set()

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, name="qiskit-local-runtime parent", daemon=True).start()
