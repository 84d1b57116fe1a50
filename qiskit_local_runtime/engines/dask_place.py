"""Which Dask scheduler an engine talks to, and how it is said in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from ..errors import IBMInputValueError
from .named import count_of

_ADDRESS = re.compile(r"([a-z]+://)?[^\s/:]+:\d+|[a-z]+://\S+")
_EXAMPLE = "'dask', 'dask:4' or 'dask:tcp://host:8786?GPU=1'"


@dataclass(frozen=True)
class Place:
    """A scheduler, and what parts need there."""

    address: str | None = None
    """``None``: one of our own on this machine."""
    workers: int | None = None
    """Parts side by side; ``None``: as many as there are threads of workers, or cores on this machine."""
    resources: Mapping[str, float] = field(default_factory=dict)
    """What a part takes of a worker's resources while it runs there, by their names."""


def place_named(argument: str | None) -> Place:
    """What follows ``dask:``: nothing, a number of workers on this machine, or an address.

    After a question mark: resources that a part needs, and ``workers``, as in ``tcp://host:8786?GPU=1&workers=64``.

    Raises:
        IBMInputValueError: it is none of these.
    """
    if argument is None or argument.isdigit():
        return Place(workers=count_of("dask", argument))
    address, _, query = argument.partition("?")
    if not _ADDRESS.fullmatch(address):
        raise IBMInputValueError(
            f"The engine 'dask' takes a number of workers or an address, such as {_EXAMPLE}, found {argument!r}."
        )
    return _with_settings(address, parse_qsl(query, keep_blank_values=True))


def _with_settings(address: str, settings: list[tuple[str, str]]) -> Place:
    workers, resources = None, {}
    for name, text in settings:
        if name == "workers":
            workers = count_of("dask", text)
            continue
        try:
            resources[name] = float(text)
        except ValueError:
            raise IBMInputValueError(
                f"A resource of the engine 'dask' is a name and a number, such as {_EXAMPLE}, found '{name}={text}'."
            ) from None
    return Place(address, workers, checked_resources(resources))


def checked_resources(resources: Mapping[str, float]) -> Mapping[str, float]:
    """The resources, if every part takes some of each.

    Raises:
        IBMInputValueError: an amount is not above zero.
    """
    for name, amount in resources.items():
        if not isinstance(amount, (int, float)) or not 0 < amount < float("inf"):
            raise IBMInputValueError(
                f"A part takes more than nothing of a resource: expected {{'GPU': 1}}, found {name!r}: {amount!r}."
            )
    return dict(resources)
