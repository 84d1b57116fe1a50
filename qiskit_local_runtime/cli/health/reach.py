"""Whether a server answers."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException
from typing import Any

from .finding import Finding, note, ok, wrong

_PATIENCE = 2.0
"""Seconds to wait for an answer."""
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Asks without a proxy, whatever the environment says."""


def reach(url: str, token: str, *, expected: bool) -> Iterator[Finding]:
    """Ask a server who it is, and whether it takes a token.

    Args:
        url: where it is.
        token: what it wants to see.
        expected: whether there has to be one.
    """
    try:
        said = _asked(f"{url}/versions", token)
    except (urllib.error.HTTPError, HTTPException, ValueError) as error:
        yield wrong(f"what answers at {url} is no Qiskit Runtime server: {error}", "give the server's address with --url")
        return
    except OSError as error:
        reason = getattr(error, "reason", error)
        if expected:
            yield wrong(f"no server answers at {url}: {reason}", "start it: qiskit-local-runtime serve")
        else:
            yield note(f"no server answers at {url}", "qiskit-local-runtime serve starts one, if you need it")
        return
    if not isinstance(said, dict) or "versions" not in said:
        yield wrong(f"what answers at {url} is no Qiskit Runtime server", "give the server's address with --url")
        return
    yield ok(f"a server answers at {url}: {said.get('server', 'Qiskit Runtime')}")
    yield _admitted(url, token)


def _admitted(url: str, token: str) -> Finding:
    try:
        found = _asked(f"{url}/backends", token)
    except urllib.error.HTTPError as error:
        if error.code in (401, 403):
            return wrong("the server does not take the token", "give the one it was started with: --token")
        return wrong(f"the server cannot list its backends: {error}", "look at what it prints")
    except (OSError, HTTPException, ValueError) as error:
        return wrong(f"the server cannot list its backends: {error}", "look at what it prints")
    devices = found.get("devices", []) if isinstance(found, dict) else []
    return ok(f"it takes the token and has {len(devices)} backends")


def _asked(url: str, token: str) -> Any:
    request = urllib.request.Request(url, headers={"Authorization": f"apikey {token}", "Accept": "application/json"})
    with _DIRECT.open(request, timeout=_PATIENCE) as answer:
        return json.load(answer)
