"""The command line: words in, an exit status out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from qiskit.exceptions import QiskitError

from . import demo, doctor, save_account, serve

COMMANDS = (demo, serve, save_account, doctor)
"""One module a subcommand: ``NAME``, ``SUMMARY``, ``arguments(parser)`` and ``run(args) -> None``.

They load what they need when they run, so that ``doctor`` starts where something else is broken.
"""


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command."""
    root = argparse.ArgumentParser(prog="qiskit-local-runtime", description="Qiskit Runtime on your own computer.")
    commands = root.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        sub = commands.add_parser(command.NAME, help=command.SUMMARY, description=command.SUMMARY)
        command.arguments(sub)
        sub.set_defaults(run=command.run)
    return root


def main(argv: Sequence[str] | None = None) -> int:
    """Run a subcommand; 0: done, 1: it failed and said why, 2: the command line was wrong."""
    args = parser().parse_args(argv)
    try:
        args.run(args)
    except (QiskitError, OSError) as error:
        # the text of Qiskit's own errors is a quotation of their message
        print(f"qiskit-local-runtime: {getattr(error, 'message', error)}", file=sys.stderr)
        return 1
    return 0
