"""Dask schedulers on this machine, one for each number of workers, kept while several tests use them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from qiskit_local_runtime.engines import DaskEngine
from qiskit_local_runtime.engines.dask_local import LocalDask


class Clusters:
    """Schedulers with their workers.

    Args:
        counts: how many workers each has.
    """

    def __init__(self, counts: Sequence[int]) -> None:
        with ThreadPoolExecutor(len(counts)) as starting:
            self._running = dict(zip(counts, starting.map(LocalDask, counts), strict=True))

    def engine(self, workers: int) -> DaskEngine:
        """An engine of one's own on the workers that all share; closing it leaves them there."""
        return DaskEngine(self._running[workers].address, workers=workers)

    def close(self) -> None:
        """End schedulers and workers, and wait for them."""
        with ThreadPoolExecutor(len(self._running)) as ending:
            list(ending.map(LocalDask.close, self._running.values()))
