"""Modules with the names of IBM's client, for where it is not installed."""

from __future__ import annotations

from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from importlib.metadata import version
from types import ModuleType
from typing import Any

from qiskit.providers import BackendV2

from .names import IBM, WINDOWS, full_name, replacements

_PARENTS = {full_name(window.rpartition(".")[0]) for window in WINDOWS}
_KNOWN = _PARENTS | {full_name(window) for window in WINDOWS}
_HOW = "pip install 'qiskit-local-runtime[fake]' installs IBM's client."


class IBMBackend(BackendV2):
    """A QPU in IBM's cloud, of which there is none here: for annotations and ``isinstance``."""

    def __new__(cls, *_: Any, **__: Any) -> IBMBackend:
        """Refuse.

        Raises:
            TypeError: always.
        """
        raise TypeError(f"There are no backends of IBM's cloud here: ask QiskitRuntimeService for a local one. {_HOW}")


class StandIn(Loader):
    """Makes the modules."""

    @classmethod
    def spec(cls, fullname: str) -> ModuleSpec:
        """How a module is made.

        Raises:
            ModuleNotFoundError: it has no stand-in.
        """
        if fullname not in _KNOWN:
            raise missing(fullname)
        return ModuleSpec(fullname, cls(), is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """See :class:`importlib.abc.Loader`."""
        return _Module(spec.name, "A stand-in of qiskit_local_runtime for a module of IBM's client, which is not installed.")

    def exec_module(self, module: ModuleType) -> None:
        """See :class:`importlib.abc.Loader`."""
        window = module.__name__.removeprefix(IBM).removeprefix(".")
        if window in WINDOWS:
            vars(module).update(replacements(window))
        if not window:
            vars(module).update(IBMBackend=IBMBackend, __version__=version("qiskit-local-runtime"))


class _Module(ModuleType):
    """One of them."""

    def __getattr__(self, name: str) -> Any:
        where = vars(self)["__name__"]
        raise AttributeError(f"module {where!r} has no attribute {name!r}: it stands in for one that is not installed. {_HOW}")


def is_stand_in(module: object) -> bool:
    """Whether a module is one of these."""
    return isinstance(module, _Module)


def missing(fullname: str) -> ModuleNotFoundError:
    """The error of a module that has no stand-in."""
    return ModuleNotFoundError(f"{fullname} belongs to IBM's client, which is not installed. {_HOW}", name=fullname)
