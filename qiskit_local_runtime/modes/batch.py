"""The batch users import."""

from __future__ import annotations

from .workload import WorkloadHandle


class Batch(WorkloadHandle):
    """Jobs that go together.

    Once the first one starts, all go to the front of the queue; their classical parts run side by side and their quantum
    parts one right after the other. Its usage is the quantum time of its jobs.

    .. code-block:: python

        with Batch(backend):
            sampler = SamplerV2()
            jobs = [sampler.run(circuits) for circuits in parts]

    Args and errors: see :class:`~qiskit_local_runtime.modes.workload.WorkloadHandle`.
    """

    _mode = "batch"
