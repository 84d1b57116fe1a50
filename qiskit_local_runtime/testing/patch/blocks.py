"""The blocks of this process that the patch is on in."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from qiskit.providers import BackendV2

from ...errors import IBMRuntimeError
from ...runtime.default import lend, take_back
from ...runtime.local import LocalRuntime
from .hook import Hook
from .swap import Swap


@dataclass(frozen=True, eq=False)
class Block:
    """What a block has of its own."""

    runtime: LocalRuntime
    backend: BackendV2 | None
    """What stands for every QPU; ``None``: the fake device of each."""
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Accounts that were saved inside it, by name."""


_lock = threading.RLock()
_blocks: list[Block] = []
_hook: Hook | None = None
_swap = Swap()


def innermost() -> Block:
    """The block that was entered last.

    Raises:
        IBMRuntimeError: all have been left.
    """
    with _lock:
        if not _blocks:
            raise IBMRuntimeError(
                "This QiskitRuntimeService is that of a 'with local_runtime()' block, and there is none any more. "
                "Make it inside the block, or use qiskit_local_runtime.QiskitRuntimeService."
            )
        return _blocks[-1]


def enter(block: Block) -> None:
    """A block begins: with the first one the names are replaced."""
    global _hook
    with _lock:
        if not _blocks:
            try:
                _swap.install()
            except BaseException:  # a Ctrl-C: the block is not entered, so it will not be left
                _swap.remove()
                raise
            _hook = Hook(_swap)
            _hook.install()
        _blocks.append(block)
        lend(block.runtime)


def leave(block: Block) -> None:
    """A block ends, maybe before one that began later: with the last one the names are put back."""
    with _lock:
        take_back(block.runtime)
        _blocks.remove(block)
        if not _blocks and _hook is not None:
            _hook.remove()
            _swap.remove()
