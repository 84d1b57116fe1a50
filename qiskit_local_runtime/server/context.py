"""What all views know."""

from __future__ import annotations

from dataclasses import dataclass, field

from qiskit.providers import BackendV2

from ..devices import registry
from ..devices.fakes import fake_names
from ..errors import BackendNotFoundError
from ..runtime.default import homes
from ..runtime.homes import Home
from ..runtime.local import LocalRuntime
from .settings import ServerSettings
from .tokens import Tokens

_QPU_SIZE = 100
"""Fake devices of at least so many qubits are listed under their QPU's name as well."""


@dataclass(frozen=True)
class Context:
    """A runtime and how it is served."""

    runtime: LocalRuntime
    settings: ServerSettings
    tokens: Tokens = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tokens", Tokens(self.settings.token))
        for name in self.settings.backends:
            registry.num_qubits(name)  # which says that there is none

    def names(self) -> list[str]:
        """Names of the backends that are listed."""
        if self.settings.backends:
            return list(self.settings.backends)
        qpus = [f"ibm_{name.removeprefix('fake_')}" for name, size in fake_names().items() if size >= _QPU_SIZE]
        return [*qpus, *registry.names()]

    def served(self, name: str) -> str:
        """The name, if its backend is served.

        Raises:
            BackendNotFoundError: it is not.
        """
        if self.settings.backends and name not in self.settings.backends:
            raise BackendNotFoundError(
                f"No backend named {name[:80]!r} is served here. Expected one of {', '.join(self.settings.backends)}."
            )
        return name

    def backend(self, name: str, instance: str | None = None) -> BackendV2:
        """A backend by name.

        Raises:
            BackendNotFoundError: there is none, or it is not served.
        """
        found = registry.backend_named(self.served(name))
        return homes().hand_out(found, Home(self.runtime, instance or self.runtime.instance))
