"""The session users import."""

from __future__ import annotations

from .workload import WorkloadHandle


class Session(WorkloadHandle):
    """An exclusive window on a backend.

    From the start of its first job until it is closed, or has had nothing to do for the interactive time-out, no other job
    runs on the backend; its own jobs are prepared side by side. Its usage is the wall clock of the window.

    .. code-block:: python

        with Session(backend, max_time="25m") as session:
            estimator = EstimatorV2()  # or EstimatorV2(mode=session)
            result = estimator.run([(circuit, observable)]).result()

    Args and errors: see :class:`~qiskit_local_runtime.modes.workload.WorkloadHandle`.
    """

    _mode = "dedicated"
