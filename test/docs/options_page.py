"""``python -m test.docs.options_page`` writes ``docs/options.md`` from the options models."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from .options_tree import TREES, Option, options
from .pages import ROOT

PATH = ROOT / "docs" / "options.md"
_HEAD = """\
# Options

Every option of `SamplerV2`, `EstimatorV2` and `Executor`, with the names and the defaults of IBM's client. This page is
written by `python -m test.docs.options_page` from the models in `qiskit_local_runtime/options/`. The noise learners have
options of their own, see [Noise learning](noise-learning.md).

An option is set by attribute (`sampler.options.twirling.enable_measure = True`), by a nested dictionary
(`SamplerV2(mode=backend, options={"twirling": {"enable_measure": True}})`) or by `update`. It is checked when it is
set: an unknown name, a wrong type or a value out of bounds raises `OptionError`, a `ValueError`. An option that is on
and not implemented raises `OptionNotImplementedError`, which names it, when a job is submitted. The last column lists
such values. Options of a technique that is off wait until it is on.
"""
_COLUMNS = ("Option", "Primitive", "Values", "Default", "Meaning", "Not implemented")


def page() -> str:
    """The text of the page."""
    sections = (_section(group, list(members)) for group, members in groupby(options(), lambda option: option.group))
    return "\n".join([_HEAD, *sections])


def _section(group: str, members: list[Option]) -> str:
    words = [f"## {f'`{group}`' if group else 'Top level'}", ""]
    if group:
        words += [_summary(group, members[0].owners[-1]), ""]
    rows = [_COLUMNS, ("---",) * len(_COLUMNS), *map(_cells, members)]
    return "\n".join([*words, *("| " + " | ".join(row) + " |" for row in rows), ""])


def _summary(group: str, owner: str) -> str:
    model: Any = TREES[owner][0]()
    for name in group.split("."):
        model = getattr(model, name)
    return str(type(model).__doc__).splitlines()[0]


def _cells(option: Option) -> tuple[str, ...]:
    name = f"`{option.path.rpartition('.')[2]}`"
    owner = "all" if len(option.owners) == len(TREES) else ", ".join(option.owners)
    cells = (name, owner, option.values, f"`{option.default!r}`", option.description, option.refused)
    return tuple(cell.replace("|", "\\|") for cell in cells)


if __name__ == "__main__":
    PATH.write_text(page(), encoding="utf-8")
