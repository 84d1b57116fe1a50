"""IBM's Python client: its version, and what its environment and its saved accounts make it do."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ...server.settings import DOMAIN
from ..ibm_accounts import IAM
from .finding import Finding, note, ok, wrong

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_NEEDED = ("IAM_URL", "QISKIT_FUNCTIONS_EXPERIMENTAL", "QISKIT_IBM_INSTANCE", "QISKIT_IBM_TOKEN")
"""Beside ``QISKIT_IBM_URL``, for the client to ask nobody but the server."""


def client() -> Iterator[Finding]:
    """Its version."""
    try:
        yield ok(f"IBM's client qiskit-ibm-runtime {metadata.version('qiskit-ibm-runtime')}")
    except metadata.PackageNotFoundError:
        yield note("IBM's client is not installed", "pip install 'qiskit-local-runtime[fake]' for its fake devices")


def environment(variables: Mapping[str, str]) -> Iterator[Finding]:
    """Variables that lead it to a local server, or away from it."""
    url = variables.get("QISKIT_IBM_URL", "")
    if is_local(url):
        missing = [name for name in _NEEDED if not variables.get(name)]
        if missing:
            yield wrong(
                f"QISKIT_IBM_URL={url} leads to this computer, but without {', '.join(missing)} the client asks IBM's cloud",
                'eval "$(qiskit-local-runtime serve --print-env)"',
            )
        else:
            yield ok(f"the environment leads IBM's client to {url}")
    elif variables.get("QISKIT_IBM_TOKEN"):
        yield note(
            "QISKIT_IBM_TOKEN is set: QiskitRuntimeService() without a name goes to IBM's cloud",
            "unset it, or name an account: QiskitRuntimeService(name='local')",
        )
    caught = _caught(variables)
    if caught:
        yield wrong(f"calls to 127.0.0.1 go through the proxy {caught}", "export NO_PROXY=127.0.0.1,localhost")


def is_local(url: str) -> bool:
    """Whether a URL leads to this computer."""
    return (urlsplit(url).hostname or "") in _LOOPBACK


def _caught(variables: Mapping[str, str]) -> str:
    """The proxy that calls to this computer go through; empty: none."""
    named = {name.lower(): value for name, value in variables.items() if name.lower().endswith("_proxy")}
    hosts = named.get("no_proxy", "").split(",")
    through = named.get("http_proxy") or named.get("all_proxy") or ""
    return "" if any(_spares_loopback(host.strip()) for host in hosts) else through


def _spares_loopback(host: str) -> bool:
    """Whether an entry of ``NO_PROXY`` is for this computer: a star, its address, or a network that has it."""
    try:
        return host == "*" or ipaddress.ip_address("127.0.0.1") in ipaddress.ip_network(host, strict=False)
    except ValueError:
        return False


def accounts(path: Path, variables: Mapping[str, str]) -> Iterator[Finding]:
    """Accounts that were saved for it."""
    if not path.exists():
        return
    try:
        saved = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        yield wrong(f"IBM's client cannot read its accounts in {path}: {error}", "repair the file, or move it away")
        return
    if not isinstance(saved, dict):
        yield wrong(f"{path} must hold a JSON object of accounts, found {type(saved).__name__}", "move it away")
        return
    for name, account in saved.items():
        yield _account(name, account if isinstance(account, dict) else {}, variables)


def _account(name: str, account: Mapping[str, Any], variables: Mapping[str, str]) -> Finding:
    url = str(account.get("url") or "IBM's cloud")
    if (urlsplit(url).hostname or "") != DOMAIN:
        return ok(f"account {name!r} of IBM's client: {url}")
    proxies = account.get("proxies")
    urls = proxies.get("urls") if isinstance(proxies, dict) else None
    server = urls.get("http") if isinstance(urls, dict) else None
    if not server:
        return wrong(
            f"account {name!r} leads to {url}, which is nowhere without a proxy", "save it again: save-account --overwrite"
        )
    if variables.get("IAM_URL") != IAM:
        return wrong(f"account {name!r} leads to {server}, but IAM_URL is not {IAM}: calls hang", f"export IAM_URL={IAM}")
    return ok(f"account {name!r} of IBM's client: the server at {server}")
