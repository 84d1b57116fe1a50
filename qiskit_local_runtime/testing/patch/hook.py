"""IBM's client when it is first imported inside a block."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from .names import IBM, is_ibms
from .stand_in import StandIn, is_stand_in
from .swap import Swap


class Hook(MetaPathFinder):
    """Loads modules of IBM's client undisturbed and then replaces their names; where it is not installed, stands in for it.

    Args:
        swap: what replaces names.
    """

    def __init__(self, swap: Swap) -> None:
        self._swap = swap

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """See :class:`importlib.abc.MetaPathFinder`.

        Raises:
            ModuleNotFoundError: it is a module that has no stand-in.
        """
        if not is_ibms(fullname):
            return None
        if is_stand_in(sys.modules.get(IBM)):
            return StandIn.spec(fullname)
        found = self._found(fullname, path, target)
        if found is not None and found.loader is not None:
            found.loader = _Undisturbed(found.loader, self._swap)
        if found is None and fullname == IBM:
            return StandIn.spec(fullname)
        return found

    def install(self) -> None:
        """Ask it first from now on."""
        sys.meta_path.insert(0, self)

    def remove(self) -> None:
        """Ask it no more; stand-ins go."""
        sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not self]
        for name in [each for each, module in sys.modules.items() if is_stand_in(module)]:
            del sys.modules[name]

    def _found(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None) -> ModuleSpec | None:
        for finder in list(sys.meta_path):
            if finder is not self and hasattr(finder, "find_spec"):
                found = finder.find_spec(fullname, path, target)
                if found is not None:
                    return found
        return None


class _Undisturbed(Loader):
    """Another loader's work, while no name of IBM's client is replaced."""

    def __init__(self, loader: Loader, swap: Swap) -> None:
        self._loader, self._swap = loader, swap

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """See :class:`importlib.abc.Loader`."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """See :class:`importlib.abc.Loader`."""
        # the module outlives the block, and is to look as if there had been none
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        with self._swap.suspended():
            self._loader.exec_module(module)
