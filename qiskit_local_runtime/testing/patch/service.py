"""The service of a block."""

from __future__ import annotations

from typing import Any

from qiskit.providers import BackendV2

from ...devices.fakes import fake_behind, fake_names
from ...errors import BackendNotFoundError, IBMInputValueError
from ...service import QiskitRuntimeService as LocalService
from .blocks import innermost

_QPU = "ibm_"


class QiskitRuntimeService(LocalService):
    """IBM's service, whatever account it is made with: it stands on the runtime of the block it is made in.

    Args:
        channel: any of IBM's.
        token: taken and not used, as ``url``, ``filename``, ``name`` (where nothing was saved under it in the block) and what
            ``further`` holds: nothing leaves this computer.
        url: not used.
        filename: not used.
        name: of an account that was saved in the block, whose instance is used.
        instance: whose share of the backends jobs use.
        further: ``proxies``, ``verify`` and the others of IBM's.

    Raises:
        IBMInputValueError: an unknown channel or argument.
        IBMRuntimeError: there is no block any more.
    """

    def __init__(
        self,
        channel: str | None = None,
        token: str | None = None,
        url: str | None = None,
        filename: str | None = None,
        name: str | None = None,
        instance: str | None = None,
        *args: Any,
        **further: Any,
    ) -> None:
        self._block = innermost()
        super().__init__(channel, token, url, filename, name, instance, *args, runtime=self._block.runtime, **further)

    def _saved(self, filename: str | None, name: str | None) -> dict[str, Any]:
        return self._block.accounts.get(name or "", {})

    def _names(self) -> list[str]:
        device = self._block.backend
        return super()._names() if device is None else [device.name]

    def _num_qubits(self, name: str) -> int | None:
        size: int | None = super()._num_qubits(name) if self._block.backend is None else self._named(name).num_qubits
        return size

    def _found(self, name: str) -> BackendV2:
        device = self._block.backend
        if device is not None and (name == device.name or str(name).startswith(_QPU)):
            return device
        if str(name).startswith(_QPU) and fake_behind(name) is None:
            raise BackendNotFoundError(_unknown(name))
        return super()._found(name)

    @staticmethod
    def save_account(
        token: str | None = None,
        url: str | None = None,
        instance: str | None = None,
        channel: str | None = None,
        filename: str | None = None,
        name: str | None = None,
        *args: Any,
        overwrite: bool | None = False,
        **further: Any,
    ) -> None:
        """Remember an account until the end of the block; no file is written.

        Raises:
            IBMInputValueError: the name is taken and ``overwrite`` is not set.
        """
        accounts = innermost().accounts
        if (name or "") in accounts and not overwrite:
            raise IBMInputValueError(f"Named account ({name}) already exists. Set overwrite=True to overwrite.")
        accounts[name or ""] = {"channel": channel or "ibm_quantum_platform", "instance": instance}

    @staticmethod
    def saved_accounts(
        default: bool | None = None, channel: str | None = None, filename: str | None = None, name: str | None = None
    ) -> dict[str, dict[str, Any]]:
        """The accounts that were saved in the block, by name."""
        return {
            each: account
            for each, account in innermost().accounts.items()
            if name in (None, each) and channel in (None, account["channel"]) and default in (None, each == "")
        }

    @staticmethod
    def delete_account(filename: str | None = None, name: str | None = None, channel: str | None = None) -> bool:
        """Forget an account that was saved in the block; ``False`` if there is none."""
        return innermost().accounts.pop(name or "", None) is not None


def _unknown(name: str) -> str:
    known = ", ".join(sorted(fake.replace("fake_", _QPU, 1) for fake in fake_names()))
    there = f"QPUs with one are {known}." if known else "pip install 'qiskit-local-runtime[fake]' installs fake devices."
    return f"No fake device stands for {name!r}. {there} Or say which device it is: local_runtime(backend='generic_20q')."
