"""How a server behaves."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from ..errors import IBMInputValueError

MOST_BYTES = 50_000_000
"""Of one call's body: what IBM allows a job's inputs."""
PORT = 8788
DOMAIN = "q.internal"
"""The name under which clients reach the server that use it as their HTTP proxy; nobody owns ``.internal`` names."""


@dataclass(frozen=True, kw_only=True)
class ServerSettings:
    """How a server behaves.

    Raises:
        IBMInputValueError: a host that others reach is to be served without a token, or a setting is out of range.
    """

    host: str = "127.0.0.1"
    port: int = PORT
    """0: one that is free."""
    token: str | None = None
    """What callers must show; ``None``: any will do."""
    backends: tuple[str, ...] = ()
    """Names of the backends that are served; empty: all there are."""
    names: tuple[str, ...] = ()
    """Further host names by which it is called."""
    most_bytes: int = MOST_BYTES
    body_seconds: float = 60.0
    """Longest time a body may take to come."""

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise IBMInputValueError(f"port must be a number from 0 to 65535, found {self.port}.")
        if self.token == "":
            raise IBMInputValueError("token must not be empty: leave it out, or choose one.")
        if self.token is None and not is_loopback(self.host):
            raise IBMInputValueError(
                f"host {self.host!r} can be reached from other computers, and whoever reaches the server can run jobs on this "
                "one: expected a token. Serve with --token, or on 127.0.0.1."
            )


def is_loopback(host: str) -> bool:
    """Whether only this computer reaches a host."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
