"""Saved accounts: named settings of the local service, in a file of ours."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ..errors import IBMInputValueError, IBMRuntimeError

DEFAULT = "default-local"


def read(path: Path) -> dict[str, dict[str, Any]]:
    """All saved accounts by name.

    Raises:
        IBMRuntimeError: the file is not what it should be.
    """
    try:
        found = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as err:
        raise IBMRuntimeError(f"The accounts in {path} cannot be read: {err}. Repair or remove the file.") from err
    if not isinstance(found, dict):
        raise IBMRuntimeError(f"The accounts in {path} must be a JSON object, found {type(found).__name__}. Remove the file.")
    return found


def save(path: Path, name: str, account: dict[str, Any], *, overwrite: bool) -> None:
    """Add an account.

    Raises:
        IBMInputValueError: there is one of this name, and it is not to be overwritten.
    """
    accounts = read(path)
    if name in accounts and not overwrite:
        raise IBMInputValueError(f"Named account ({name}) already exists. Set overwrite=True to overwrite.")
    if account.get("is_default_account"):
        for other in accounts.values():
            other.pop("is_default_account", None)
    accounts[name] = account
    _write(path, accounts)


def delete(path: Path, name: str) -> bool:
    """Remove an account; ``False`` if there is none."""
    accounts = read(path)
    if accounts.pop(name, None) is None:
        return False
    _write(path, accounts)
    return True


def chosen(path: Path, name: str | None) -> dict[str, Any]:
    """The account of a name, or the default one, or an empty one.

    Raises:
        IBMInputValueError: there is none of this name.
    """
    accounts = read(path)
    if name is not None and name not in accounts:
        raise IBMInputValueError(f"No account is named {name!r}. Saved are: {', '.join(sorted(accounts)) or 'none'}.")
    if name is not None:
        return accounts[name]
    marked = [account for account in accounts.values() if account.get("is_default_account")]
    return marked[0] if marked else accounts.get(DEFAULT, {})


def _write(path: Path, accounts: dict[str, dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}")
    # tokens may be in it
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(accounts, file, indent=2)
    os.replace(temporary, path)
