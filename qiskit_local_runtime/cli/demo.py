"""``qiskit-local-runtime demo``: a Bell state and the energy of hydrogen on a noisy device."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

NAME = "demo"
SUMMARY = "a Bell state and a small VQE on a noisy device, printed and drawn"

T = TypeVar("T")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the subcommand."""
    parser.add_argument("--out", type=_picture, default=Path("demo.png"), metavar="FILE", help="the picture (demo.png)")
    parser.add_argument("--no-plot", action="store_true", help="print only")
    parser.add_argument("--seed", type=_not_negative, default=7, help="0 or more; the same seed, the same numbers (7)")


def run(args: argparse.Namespace) -> None:
    """Run both experiments, print what they found and draw it."""
    from . import bell, hydrogen
    from .device import demo_device
    from .picture import draw

    backend = demo_device()
    print(f"Device: {backend.name}, {backend.num_qubits} qubits in a line, with gate and readout errors")
    pair = _timed("Bell state", lambda: bell.measure(backend, args.seed))
    print(bell.table(pair))
    energies = _timed("Hydrogen molecule", lambda: hydrogen.minimise(backend, args.seed))
    print(hydrogen.table(energies))
    if not args.no_plot:
        print("\n" + draw(pair, energies, args.out))


def _timed(title: str, work: Callable[[], T]) -> T:
    start = time.perf_counter()
    result = work()
    print(f"\n{title} ({time.perf_counter() - start:.2f} s)")
    return result


def _picture(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in (".png", ".pdf", ".svg"):
        raise argparse.ArgumentTypeError(f"expected a file name ending in .png, .pdf or .svg, found {text!r}")
    if not path.absolute().parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {str(path.absolute().parent)!r}; make it first")
    return path


def _not_negative(text: str) -> int:
    try:
        seed = int(text)
    except ValueError:
        seed = -1
    if seed < 0:
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 0, found {text!r}")
    return seed
