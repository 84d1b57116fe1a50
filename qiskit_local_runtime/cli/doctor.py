"""``qiskit-local-runtime doctor``: what is wrong with the set-up, and what to do about it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

from ..errors import IBMRuntimeError
from ..runtime.default import home
from .health import Finding
from .health.clients import accounts, client, environment, is_local
from .health.keeping import keeping
from .health.machine import machine
from .health.packages import packages
from .health.reach import reach
from .health.trial import trial
from .ibm_accounts import SERVER, accounts_file, server_token, server_url

NAME = "doctor"
SUMMARY = "Say what is wrong with the set-up, and what to do about it."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the subcommand."""
    parser.add_argument("--url", type=server_url, help=f"the server that should answer (looks at {SERVER} otherwise)")
    parser.add_argument("--token", help="what that server wants to see ($QISKIT_LOCAL_RUNTIME_TOKEN)")
    parser.add_argument("--store", type=Path, help="the store to look at (that of QiskitRuntimeService())")


def run(args: argparse.Namespace) -> None:
    """Look at everything and print what was found.

    Raises:
        IBMRuntimeError: something is wrong.
    """
    faults = 0
    for title, findings in _examinations(args):
        print(title)
        for finding in findings:
            print(finding.text(), flush=True)
            faults += finding.level == "WRONG"
    if faults:
        raise IBMRuntimeError(f"{faults} thing{'s are' if faults > 1 else ' is'} wrong: see above.")
    print("Nothing is wrong.")


def _examinations(args: argparse.Namespace) -> Iterator[tuple[str, Iterator[Finding]]]:
    variables = os.environ
    yield "Packages", packages()
    yield "Computer", machine(variables)
    yield "Jobs", keeping(args.store if args.store is not None else home() / "jobs.sqlite")
    yield "IBM's client", _client()
    led = variables.get("QISKIT_IBM_URL", "")
    url = args.url or (led if is_local(led) else "")
    yield "Server", reach((url or SERVER).rstrip("/"), server_token(args.token), expected=bool(url))
    yield "A job", trial()


def _client() -> Iterator[Finding]:
    yield from client()
    yield from environment(os.environ)
    yield from accounts(accounts_file(None), os.environ)
