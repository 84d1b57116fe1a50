"""Modules that imported names from IBM's client inside a block, and so hold our objects."""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from .names import is_ibms, names_of

_OURS = __name__.partition(".")[0]
_Imports = dict[str, tuple[str, str]]
"""By the name that is bound: the module it comes from and its name there."""


def restore(ours: Mapping[int, Any]) -> None:
    """Give modules what they would have imported from IBM's client without the block.

    Args:
        ours: by identity, the objects that stood in the place of IBM's; IBM's are back in their modules already.
    """
    for name, module in list(sys.modules.items()):
        if is_ibms(name) or name.partition(".")[0] == _OURS:
            continue
        taken = [each for each, value in list(names_of(module).items()) if id(value) in ours]
        if taken:
            _give_back(module, taken)


def _give_back(module: ModuleType, taken: Collection[str]) -> None:
    imports = _imports(module, taken)
    for name in taken:
        source, there = imports.get(name, ("", ""))
        theirs = getattr(sys.modules.get(source), there, None)
        if theirs is not None:
            setattr(module, name, theirs)


def _imports(module: ModuleType, taken: Collection[str]) -> _Imports:
    """What a module's source imports from IBM's client; nothing without a source, or of what it imports from us as well."""
    path = getattr(module, "__file__", None)
    if path is None or not path.endswith(".py") or not Path(path).is_file():
        return {}
    theirs: _Imports = {}
    ours: set[str] = set()
    for node in ast.walk(ast.parse(Path(path).read_bytes())):
        if not isinstance(node, ast.ImportFrom) or node.level or node.module is None:
            continue
        names = [(each.name, each.asname or each.name) for each in node.names]
        if names == [("*", "*")]:
            names = [(each, each) for each in taken if hasattr(sys.modules.get(node.module), each)]
        if is_ibms(node.module):
            theirs |= {bound: (node.module, there) for there, bound in names}
        elif node.module.partition(".")[0] == _OURS:
            ours |= {bound for _, bound in names}
    return {name: place for name, place in theirs.items() if name not in ours}
