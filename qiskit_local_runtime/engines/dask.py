"""Parts run by Dask's workers: on this machine, or on others."""

from __future__ import annotations

import atexit
import contextlib
import itertools
import os
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Generic

from ..cancellation import Cancelled, CancelToken
from ..errors import IBMInputValueError, IBMRuntimeError
from .base import C, P, T
from .common import Parcel, packed
from .cores import usable_cores
from .dask_local import LocalDask
from .dask_place import Place, checked_resources, place_named
from .dask_versions import versions
from .dask_worker import opened, sealed_part
from .window import Again, Window

if TYPE_CHECKING:
    from distributed import Client, Future

_CONNECT = 10.0
"""Seconds until a scheduler that does not answer is given up."""
_LOOK = 0.002
"""Seconds between looks at whether a common value is still wanted while it travels."""
_KEPT = 4
"""Common values that stay on the workers."""
_INSTALL = "pip install 'qiskit-local-runtime[dask]'"
_LOST = (
    "The connection to the Dask scheduler was lost while it ran the simulation. Run the job again when a scheduler is there."
)


class DaskEngine:
    """Workers of a Dask scheduler; connected, or started, when first needed.

    Every part runs in a child process of a worker, which is killed when the job is cancelled. A part whose worker dies is run
    again elsewhere, with the same bits. Workers need this package, in the same version.

    Args:
        client: a ``distributed.Client``, which stays open when the engine is closed; or a scheduler's address; ``None``: a
            scheduler and workers on this machine, which listen on 127.0.0.1 only and end with the engine.
        workers: parts side by side; ``None``: as many as there are threads of workers when parts are sent, or a worker for
            each core of this machine. Say it where workers come and go as they are needed.
        resources: what a part takes of a worker while it runs there, such as ``{"GPU": 1}``; workers that offer less get none.

    Raises:
        IBMInputValueError: an argument is wrong, or Dask is not installed.
    """

    name = "dask"

    def __init__(
        self,
        client: Client | str | None = None,
        *,
        workers: int | None = None,
        resources: Mapping[str, float] | None = None,
    ) -> None:
        _require_dask()
        if workers is not None and (not isinstance(workers, int) or workers < 1):
            raise IBMInputValueError(f"Expected a number of workers of at least 1, found {workers!r}.")
        named = place_named(client) if isinstance(client, str) else Place()
        self._place = Place(
            named.address, workers or named.workers, checked_resources({**named.resources, **(resources or {})})
        )
        self._given = None if isinstance(client, str) else _checked(client)
        self._lock = threading.Lock()
        self._client: Client | None = None
        self._local: LocalDask | None = None
        self._commons: OrderedDict[bytes, Future[bytes]] = OrderedDict()
        self._owner = 0
        self.on_start: Callable[[], object] | None = None
        """Called when the engine has connected; what it registers with ``atexit`` runs before the engine's own end."""

    @classmethod
    def named(cls, argument: str | None) -> DaskEngine:
        """The engine of a name, see :func:`~qiskit_local_runtime.engines.named.engine_named`."""
        place = place_named(argument)
        return cls(place.address, workers=place.workers, resources=place.resources)

    @property
    def workers(self) -> int:
        """How many parts run side by side; 1 at least, also while no worker is there yet.

        Raises:
            IBMRuntimeError: the scheduler does not answer.
        """
        if self._place.workers is not None:
            return self._place.workers
        if self._given is None and self._place.address is None:
            return usable_cores()
        threads: int = sum(self._connected().nthreads().values())
        return max(1, threads)

    def call(self, function: Callable[..., T], *args: Any, cancel: CancelToken) -> T:
        """See :class:`~qiskit_local_runtime.engines.base.Engine`.

        Raises:
            IBMRuntimeError: see :meth:`map`.
        """
        with contextlib.closing(self.map(_apply, None, [(function, args)], cancel=cancel)) as results:
            return next(results)

    def map(
        self, function: Callable[[C, P], T], common: C, parts: Sequence[P], *, cancel: CancelToken
    ) -> Generator[T, None, None]:
        """See :class:`~qiskit_local_runtime.engines.base.Engine`.

        Raises:
            IBMRuntimeError: the scheduler does not answer or is lost, workers lack this package or have another version, or
                several workers died of a part.
        """
        cancel.check()
        parcel = packed(common)
        client = self._connected()
        mapping: _Mapping[P, T] = _Mapping(
            client, parcel, self._sent(client, parcel, cancel), function, self._place.resources, cancel
        )
        window: Window[P, T] = Window(2 * self.workers, mapping.start, mapping.finish)
        yield from window.results(parts, cancel)

    def close(self) -> None:
        """Disconnect, and stop what was started here; idempotent."""
        with self._lock:
            self._disconnect()

    def _connected(self) -> Client:
        with self._lock:
            if self._client is None or self._owner != os.getpid() or self._client.status != "running":
                self._disconnect()
                self._client = self._new_client()
                self._owner = os.getpid()
                atexit.register(self.close)
                if self.on_start is not None:
                    self.on_start()
            return self._client

    def _new_client(self) -> Client:
        if self._given is not None:
            if self._given.status != "running":
                raise IBMRuntimeError(f"The Dask client given is {self._given.status}: expected one that runs. Make a new one.")
            return self._given
        if self._place.address is not None:
            return _client_of(self._place.address)
        self._local = LocalDask(self.workers)
        return _client_of(self._local.address)

    def _disconnect(self) -> None:
        client, self._client = self._client, None
        local, self._local = self._local, None
        self._commons.clear()
        if self._owner != os.getpid():
            return
        atexit.unregister(self.close)
        if client is not None and client is not self._given:
            client.close()
        if local is not None:
            local.close()

    def _sent(self, client: Client, parcel: Parcel, cancel: CancelToken) -> Future[bytes]:
        """The common value on all workers; a task's result, so that it is made anew where it is lost."""
        with self._lock:
            known = self._commons.get(parcel.key)
            if known is not None and known.status in ("pending", "finished"):
                self._commons.move_to_end(parcel.key)
                return known
        future: Future[bytes] = client.submit(bytes, parcel.data, key=f"common-{uuid.uuid4().hex}", pure=False)
        _spread(client, future, cancel)
        with self._lock:
            self._commons[parcel.key] = future
            while len(self._commons) > _KEPT:
                self._commons.popitem(last=False)
        return future


class _Mapping(Generic[P, T]):
    """How the parts of one ``map`` are sent, and what their errors mean."""

    def __init__(
        self,
        client: Client,
        parcel: Parcel,
        common: Future[bytes],
        function: Callable[[Any, P], T],
        resources: Mapping[str, float],
        cancel: CancelToken,
    ) -> None:
        self._client, self._key, self._common = client, parcel.key, common
        self._function, self._resources, self._cancel = function, resources, cancel
        self._name = f"{function.__name__}-{uuid.uuid4().hex}"
        self._numbers = itertools.count()

    def start(self, part: P) -> Any:
        sealed = sealed_part(self._function, part)
        with self._explained():
            return self._client.submit(
                _RUN,
                dict(versions()),
                self._key,
                self._common,
                sealed,
                key=f"{self._name}-{next(self._numbers)}",
                pure=False,
                resources=dict(self._resources) or None,
            )

    def finish(self, future: Any, part: P) -> T | Again:
        with self._explained():
            result: T = opened(future.result())
        return result

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Dask's errors as ours."""
        from distributed import KilledWorker
        from distributed.client import ClosedClientError
        from distributed.comm import CommClosedError

        try:
            yield
        except (CancelledError, ClosedClientError, CommClosedError) as err:
            if self._cancel.cancelled:
                raise Cancelled(self._cancel.reason) from None
            raise IBMRuntimeError(_LOST) from err
        except KilledWorker as err:
            raise IBMRuntimeError(
                "Several Dask workers died of a part of the simulation, one after the other; they may have run out of memory. "
                "Use fewer qubits, a method that needs less (options.simulator.method), or workers with more memory."
            ) from err
        except ModuleNotFoundError as err:
            _raise_if_missing(err)
            raise


def _spread(client: Client, common: Future[bytes], cancel: CancelToken) -> None:
    """Copy it to all workers there are: Dask sends tasks to those that hold what the tasks need."""
    for look in itertools.count():
        if common.status != "pending":
            break
        cancel.check()
        if look % 100 == 0 and not client.nthreads():
            return
        time.sleep(_LOOK)
    if common.status == "finished":
        client.replicate(common)


def _travelling() -> Callable[..., bytes]:
    """What a worker can read without this package: a function in a function is pickled with its code.

    A worker that cannot read a task never answers.
    """

    def run_part(*arguments: Any) -> bytes:
        from qiskit_local_runtime.engines.dask_worker import run

        return run(*arguments)

    return run_part


_RUN = _travelling()


def _apply(nothing: None, call: tuple[Callable[..., T], tuple[Any, ...]]) -> T:
    function, args = call
    return function(*args)


def _raise_if_missing(err: ModuleNotFoundError) -> None:
    if (err.name or "").split(".")[0] in (__name__.split(".")[0], "pebble"):
        raise IBMRuntimeError(
            f"A Dask worker lacks this package ({err}). On its machine: {_INSTALL}, and start it again."
        ) from err


def _client_of(address: str) -> Client:
    from distributed import Client

    try:
        return Client(address, timeout=_CONNECT, set_as_default=False)
    except (OSError, ValueError) as err:
        raise IBMRuntimeError(
            f"No Dask scheduler answers at {address}. Start one with `dask scheduler` on that machine, or say where it is: "
            f"'dask:tcp://host:8786'. ({err})"
        ) from err


def _require_dask() -> None:
    try:
        import distributed  # noqa: F401
    except ModuleNotFoundError as err:
        raise IBMInputValueError(f"The engine 'dask' needs Dask: {_INSTALL}") from err


def _checked(client: object) -> Client | None:
    from distributed import Client

    if client is not None and not isinstance(client, Client):
        raise IBMInputValueError(f"Expected a distributed.Client or an address, found {type(client).__name__}.")
    if client is not None and client.asynchronous:
        raise IBMInputValueError("Expected a Dask client that blocks, found Client(asynchronous=True).")
    return client
