"""Accounts of IBM's Python client that lead to a local server."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..server.instances import crn_of
from ..server.settings import DOMAIN, PORT

IAM = f"http://iam.{DOMAIN}"
"""Where it gets tokens; it has to be told by the variable ``IAM_URL``, else it asks IBM's cloud."""
SERVER = f"http://127.0.0.1:{PORT}"
TOKEN = "QISKIT_LOCAL_RUNTIME_TOKEN"
_ANY = "local"
"""A token for servers that ask for none: the client wants one."""


def account_of(server: str, token: str, instance: str) -> dict[str, Any]:
    """An account as the client saves it; with the instance's CRN it need not ask which ones there are."""
    return {
        "channel": "ibm_quantum_platform",
        "url": f"http://{DOMAIN}",
        "token": token,
        "instance": crn_of(instance),
        "proxies": {"urls": {"http": urlsplit(server)._replace(path="").geturl()}},
        "verify": True,
        "private_endpoint": False,
    }


def accounts_file(given: Path | None) -> Path:
    """The file the client keeps its accounts in."""
    return (given.expanduser() if given is not None else Path.home() / ".qiskit" / "qiskit-ibm.json").resolve()


def server_token(given: str | None) -> str:
    """What the server wants to see."""
    return given or os.environ.get(TOKEN) or _ANY


def server_url(text: str) -> str:
    """A server's address from a command line.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    try:
        parts = urlsplit(text)
        usable = parts.scheme == "http" and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise argparse.ArgumentTypeError(f"expected an address such as {SERVER}, found {text!r}")
    return text.rstrip("/")
