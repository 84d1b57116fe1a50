"""The computer: cores, memory, threads."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from .finding import Finding, note, ok

_GIB = 2**30
_LITTLE = 2 * _GIB


def machine(environment: Mapping[str, str], memory: Path = Path("/proc/meminfo")) -> Iterator[Finding]:
    """Cores that may be used, memory that is free, and how OpenMP is set."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    yield ok(f"{cores} cores")
    free = free_memory(memory)
    if free is not None and free < _LITTLE:
        yield note(f"only {free / _GIB:.1f} GiB of memory are free", "wide circuits will be refused; close other programs")
    elif free is not None:
        yield ok(f"{free / _GIB:.1f} GiB of memory are free: state vectors to {(free // 32).bit_length() - 1} qubits")
    threads = environment.get("OMP_NUM_THREADS", "")
    if threads.isdigit() and int(threads) > cores:
        yield note(f"OMP_NUM_THREADS={threads} is more than the {cores} cores there are", "unset it")


def free_memory(memory: Path) -> int | None:
    """Bytes that are free, as Linux says; ``None``: it does not say."""
    if not memory.exists():
        return None
    for line in memory.read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "MemAvailable":
            return int(value.split()[0]) * 1024
    return None
