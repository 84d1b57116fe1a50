"""``python -m test.benchmarks``: run workloads on ours and on everyone else who is installed; see ``--help``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .bench import FAMILIES, Bench, Skipped, installed
from .machine import facts
from .picture import draw
from .record import read, write
from .row import Row
from .table import HEADER, line, skipped

if TYPE_CHECKING:
    from .workloads import Workload


def main(words: Sequence[str], workloads: Mapping[str, Workload] | None = None) -> int:
    """Do what the command line asks; the exit code.

    Args:
        words: the arguments.
        workloads: by name; ``None``: all of ours.
    """
    asked = _parser().parse_args(words)
    if asked.cores is not None:
        # before Aer loads and counts them
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: asked.cores])
    if workloads is None:
        from .workloads import WORKLOADS

        workloads = WORKLOADS
    unknown = [name for name in asked.names if name not in workloads]
    if unknown:
        print(f"No workload is named {', '.join(unknown)}. Expected some of {', '.join(workloads)}.", file=sys.stderr)
        return 2
    bench, found = _bench(asked), Found(read(asked.add) if asked.add is not None else {}, {})
    machine = facts() | {"peers": list(bench.families), "quick": bench.quick}
    print(HEADER, flush=True)
    for name in asked.names or workloads:
        print(_run(name, workloads[name], bench, found), flush=True)
        if asked.json is not None:
            # again after each, for what is there to be kept if a later one fails
            write(asked.json, machine, found.rows, found.skipped)
    if asked.picture is not None:
        draw(asked.picture, list(found.rows.values()))
    return 0


@dataclass(frozen=True)
class Found:
    """What has been measured."""

    rows: dict[str, Row]
    skipped: dict[str, str]
    """Why those that could not be run were not."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m test.benchmarks", description="The same work on ours and on its peers, in turn."
    )
    parser.add_argument("names", nargs="*", help="workloads; none: all")
    parser.add_argument("--peer", action="append", choices=list(FAMILIES), help="only these; may be repeated")
    parser.add_argument("--cores", type=int, help="use so many cores")
    parser.add_argument("--quick", action="store_true", help="small and once: shows that it runs, not how quick it is")
    parser.add_argument("--patience", type=float, default=30, help="a call of so many seconds is made once (default 30)")
    parser.add_argument("--add", type=Path, metavar="FILE", help="the JSON of an earlier run, to add rows to")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where all times go")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="where a picture of the ratios goes")
    return parser


def _bench(asked: argparse.Namespace) -> Bench:
    here = installed()
    return Bench([family for family in asked.peer or here if family in here], asked.quick, asked.patience)


def _run(name: str, workload: Workload, bench: Bench, found: Found) -> str:
    """Its line of the table."""
    try:
        found.rows[name] = workload(bench)
    except Skipped as why:
        found.skipped[name] = str(why)
        return skipped(name, str(why))
    return line(found.rows[name])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
