"""``qiskit-local-runtime save-account``: an account of IBM's Python client that leads to a local server."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import IBMInputValueError
from ..service import accounts
from .ibm_accounts import IAM, SERVER, account_of, accounts_file, server_token, server_url

NAME = "save-account"
SUMMARY = "Save an account with which IBM's unmodified Python client goes to a local server."
_DEFAULTS = ("default-ibm-quantum-platform", "default-ibm-cloud")
"""Accounts that the client prefers to others when it is asked for none by name."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the subcommand."""
    parser.add_argument("--name", default="local", help="of the account (local)")
    parser.add_argument("--url", type=server_url, default=SERVER, help=f"where the server is ({SERVER})")
    parser.add_argument("--token", help="what the server wants to see ($QISKIT_LOCAL_RUNTIME_TOKEN, else any)")
    parser.add_argument("--instance", default="local", help="whose share of the backends jobs use: a name, or a CRN (local)")
    parser.add_argument("--filename", type=Path, help="file of the accounts (~/.qiskit/qiskit-ibm.json, IBM's own)")
    parser.add_argument("--default", action="store_true", help="the one that QiskitRuntimeService() uses without a name")
    parser.add_argument("--overwrite", action="store_true", help="put it in the place of an account of this name, or default")


def run(args: argparse.Namespace) -> None:
    """Save the account and say how to use it.

    Raises:
        IBMInputValueError: there is one of this name, or another default one, and it is not to be overwritten.
        IBMRuntimeError: the file cannot be read.
    """
    path = accounts_file(args.filename)
    saved = accounts.read(path)
    if not args.overwrite:
        _check_free(saved, args.name, args.default, path)
    account = account_of(args.url, server_token(args.token), args.instance)
    if args.default:
        account["is_default_account"] = True
    accounts.save(path, args.name, account, overwrite=True)
    print(f"Saved the account {args.name!r} in {path}. To use it:\n\n  export IAM_URL={IAM}\n")
    where = "" if args.filename is None else f", filename={str(path)!r}"
    print(f"  service = QiskitRuntimeService(name={args.name!r}{where})")
    if not args.default and _may_be_taken(saved):
        print("\nNo account is marked as the default one: QiskitRuntimeService() without a name may now take this one.")


def _check_free(saved: Mapping[str, Any], name: str, default: bool, path: Path) -> None:
    if name in saved:
        raise IBMInputValueError(
            f"There is an account {name!r} in {path} already: choose another name with --name, or add --overwrite."
        )
    others = [each for each, account in saved.items() if isinstance(account, dict) and account.get("is_default_account")]
    if default and others:
        raise IBMInputValueError(f"The default account is {others[0]!r}: leave out --default, or add --overwrite.")


def _may_be_taken(saved: Mapping[str, Any]) -> bool:
    """Whether the client has others, none of which it prefers."""
    marked = any(isinstance(account, dict) and account.get("is_default_account") for account in saved.values())
    return bool(saved) and not marked and not any(name in saved for name in _DEFAULTS)
