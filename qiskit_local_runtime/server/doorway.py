"""What every request passes first: for which host it is, and under which prefix its path stands."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from .errors import refusal
from .settings import DOMAIN, ServerSettings, is_loopback

PREFIXES = ("/experimental/api/v1", "/api/v1", "/api", "/v1")
_CATALOG = f"globalcatalog.{DOMAIN}"

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]


class Doorway:
    """Lets requests in that are for this server, whatever host it plays.

    It is its own forward proxy: a client told to use it as one sends requests for ``iam.q.internal`` and the like here. For
    any other host it refuses, and forwards nothing. This also keeps out web pages that make a browser call it by a name of
    theirs (DNS rebinding), and what they post without asking first (cross-site requests: ``Origin``).

    Args:
        app: what answers.
        settings: the server's.
    """

    def __init__(self, app: App, settings: ServerSettings) -> None:
        self._app = app
        self._names = {"localhost", settings.host.lower(), *settings.names}
        self._local = is_loopback(settings.host)
        if not self._local:
            self._names |= {socket.gethostname().lower(), socket.getfqdn().lower()}

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        host = _host(scope)
        if not self._ours(host):
            refused = refusal(
                403,
                1200,
                f"This server does not answer for the host {host[:80]!r}, and forwards nothing.",
                f"Call it by its own address, or as the proxy of *.{DOMAIN}; other names of this computer: serve --name.",
            )
            await refused(scope, receive, send)
            return
        page = _header(scope, b"origin")
        if page is not None and not self._ours(_site(page)):
            refused = refusal(
                403,
                1200,
                f"A page of {page[:80]!r} made a browser call this server, which answers programs and pages of this computer.",
                "Call it from a program, or leave the header Origin out.",
            )
            await refused(scope, receive, send)
            return
        path = _path(scope["path"], host)
        await self._app({**scope, "path": path, "raw_path": path.encode(), "root_path": ""}, receive, send)

    def _ours(self, host: str) -> bool:
        if host in self._names or host == DOMAIN or host.endswith(f".{DOMAIN}"):
            return True
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return False
        return address.is_loopback or not self._local


def _host(scope: Scope) -> str:
    """The host asked for: of an absolute target where there is one, else of the header; without port, in lower case."""
    target = scope["path"]
    if target.startswith(("http://", "https://")):
        text = urlsplit(target).netloc
    else:
        given = _header(scope, b"host")
        text = "localhost" if given is None else given
    return _named(text)


def _header(scope: Scope, wanted: bytes) -> str | None:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), None)


def _site(origin: str) -> str:
    """The host of the page that makes a browser call; empty: it does not say."""
    try:
        return _named(urlsplit(origin).netloc)
    except ValueError:
        return ""


def _named(text: str) -> str:
    """A host without port, in lower case."""
    host = text.rpartition("@")[2].lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].rstrip(".")


def _path(path: str, host: str) -> str:
    """The path without what stands before it, and the catalogue's apart."""
    if path.startswith(("http://", "https://")):
        path = urlsplit(path).path or "/"
    for prefix in PREFIXES:
        if path == prefix or path.startswith(f"{prefix}/"):
            path = path.removeprefix(prefix) or "/"
            break
    return f"/catalog{path}" if host == _CATALOG else path
