"""One line of the table of routes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel
from starlette.responses import Response

from .call import Call
from .settings import MOST_BYTES

if TYPE_CHECKING:
    from .context import Context

_LITTLE = 1 << 16


@dataclass(frozen=True)
class Endpoint:
    """A method, a path, and the function that answers."""

    method: str
    path: str
    run: Callable[[Context, Call], Response]
    summary: str
    status: int = 200
    """Of success."""
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    returns: type[BaseModel] | str | None = None
    """A model, or a content type."""
    refuses: tuple[int, ...] = (400, 401, 404)
    """Statuses of its errors."""
    waits: bool | Callable[[Call], bool] = False
    """Whether it may take more than a millisecond or so, and runs in a thread."""
    public: bool = False
    """Whether no token is asked for."""
    form: bool = False
    """Whether its body is a form."""
    head: bool = True
    """Whether ``HEAD`` may stand for ``GET``: not where reading changes something."""

    @property
    def most_bytes(self) -> int:
        """Of the body: those who show no token have little to say."""
        return _LITTLE if self.public else MOST_BYTES

    def takes_long(self, call: Call) -> bool:
        """Whether a call may take more than a millisecond or so."""
        return self.waits if isinstance(self.waits, bool) else self.waits(call)
