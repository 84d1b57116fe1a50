"""A server from its start to its end."""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from types import FrameType

import uvicorn

from ..errors import IBMRuntimeError
from ..runtime.local import LocalRuntime
from .app import create_app
from .backends.facts import warm
from .context import Context
from .protocol import BoundedProtocol
from .settings import ServerSettings

_PATIENCE = 5
"""Seconds that calls may take to end once the server is to stop."""


def serve(runtime: LocalRuntime, settings: ServerSettings, started: Callable[[str], None]) -> None:
    """Serve a runtime until the process is told to stop (SIGINT, SIGTERM).

    Calls that are being answered are; jobs that have not ended stay in a store that outlives the process, and run when it is
    opened again.

    Args:
        runtime: what is served; whoever made it closes it.
        settings: how.
        started: told the server's address once it listens.

    Raises:
        IBMRuntimeError: it cannot listen there.
    """
    listening = _socket(settings)
    port = listening.getsockname()[1]
    context = Context(runtime, settings)
    # the first list of backends need not wait for their files
    threading.Thread(target=warm, args=(context.names(),), daemon=True).start()
    config = uvicorn.Config(
        create_app(context),
        http=BoundedProtocol,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_keep_alive=75,
        timeout_graceful_shutdown=_PATIENCE,
    )
    server = uvicorn.Server(config)
    with listening, _signals_mean_the_end(server):
        started(address(settings.host, port))
        server.run(sockets=[listening])


@contextlib.contextmanager
def _signals_mean_the_end(server: uvicorn.Server) -> Iterator[None]:
    """SIGINT and SIGTERM stop the server, and nothing else: uvicorn raises them again once it has stopped.

    One that comes before uvicorn listens to signals itself is not lost.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        server.should_exit = True

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def address(host: str, port: int) -> str:
    """A server's URL; one that listens everywhere is called by its loopback address."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


def _socket(settings: ServerSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # asyncio turns Nagle's algorithm off, which costs 40 ms a call, only where it sees that the protocol is TCP
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((settings.host, settings.port))
        made.listen(2048)
    except OSError as err:
        made.close()
        raise IBMRuntimeError(
            f"Cannot listen on {settings.host}:{settings.port}: {err.strerror or err}. Choose another port (--port 0 takes one "
            "that is free), or stop what uses it."
        ) from err
    return made
