"""A job by its id, read again."""

from __future__ import annotations

import sys

from qiskit_ibm_runtime import QiskitRuntimeService

from .shared import tell

if __name__ == "__main__":
    job = QiskitRuntimeService().job(sys.argv[1])
    tell(counts=job.result()[0].data.meas.get_counts(), status=job.status(), tags=job.tags, created=job.creation_date)
