"""How much memory simulations may take."""

from __future__ import annotations

import os

_ALWAYS_THERE = 1 << 26
"""Bytes that are not worth asking the system for."""
_SHARE = 0.8
"""Share of the free memory a simulation may take."""


def fits(size: int, limit: float | None) -> bool:
    """Whether so many bytes are within a limit; ``None``: within what is free."""
    if limit is None:
        return size <= _ALWAYS_THERE or size <= _free_memory() * _SHARE
    return size <= limit


def memory_limit() -> float:
    """Bytes that simulations may take together where no limit is asked for."""
    return max(_ALWAYS_THERE, _free_memory() * _SHARE)


def size_of(count: float) -> str:
    """Bytes as a person reads them."""
    for unit in ("B", "kB", "MB", "GB", "TB", "PB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} EB"


def _free_memory() -> float:
    """Bytes of memory that can be had, as far as the system tells; 4 GB where it does not."""
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            for line in lines:
                if line.startswith("MemAvailable:"):
                    return float(line.split()[1]) * 1024
    except OSError:
        pass
    names = getattr(os, "sysconf_names", {})
    if "SC_PHYS_PAGES" in names:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")) / 2
    return 4e9
