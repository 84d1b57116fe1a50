"""Whether a job runs."""

from __future__ import annotations

import time
from collections.abc import Iterator

from qiskit.exceptions import QiskitError

from .finding import Finding, ok, wrong

_LEAST = 0.8
"""Share of the shots in which both bits of the demo's Bell pair are equal, at least; it is about 0.92."""


def trial() -> Iterator[Finding]:
    """Run the demo's Bell pair."""
    start = time.perf_counter()
    try:
        from .. import bell
        from ..device import demo_device

        pair = bell.measure(demo_device(), seed=7)
    except (QiskitError, ImportError, OSError) as error:
        yield wrong(f"a Bell pair cannot be run: {error}", "install the packages anew: pip install --force-reinstall …")
        return
    equal = (pair.counts["00"] + pair.counts["11"]) / pair.shots
    took = time.perf_counter() - start
    if equal < _LEAST:
        yield wrong(f"a Bell pair's bits are equal in {equal:.0%} of the shots", "this is a fault: please report it")
    else:
        yield ok(f"a Bell pair on a noisy device: bits equal in {equal:.1%} of {pair.shots} shots, {took:.1f} s")
