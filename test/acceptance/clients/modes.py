"""Session and Batch through their whole life, and jobs that are cancelled."""

from __future__ import annotations

import time
from typing import Any

from qiskit import QuantumCircuit, generate_preset_pass_manager
from qiskit.circuit.library import efficient_su2
from qiskit_ibm_runtime import Batch, QiskitRuntimeService, SamplerV2, Session

from .shared import NAME, bell, refusal, tell

service = QiskitRuntimeService()
backend = service.backend(NAME)
_, measured, _ = bell(backend)


def session() -> dict[str, Any]:
    """One that is closed by its block."""
    with Session(backend=backend, max_time="10m") as opened:
        before = opened.status(), opened.details()["state"]
        job = SamplerV2(mode=opened).run([measured], shots=10)
        job.result()
        within = opened.status(), opened.details()["state"], opened.details()["max_time"]
        again = Session.from_id(opened.session_id, service)
    return {
        "before": before,
        "within": within,
        "after": (opened.status(), again.status(), again.details()["accepting_jobs"]),
        "job's": job.session_id == opened.session_id == service.job(job.job_id()).session_id,
        "listed": len(service.jobs(session_id=opened.session_id)),
        "usage": opened.usage(),
        "refused": refusal(lambda: SamplerV2(mode=again).run([measured])),
    }


def batch() -> dict[str, Any]:
    """One with three jobs."""
    with Batch(backend=backend) as opened:
        jobs = [SamplerV2().run([measured], shots=10) for _ in range(3)]
        shots = [job.result()[0].data.meas.num_shots for job in jobs]
    return {
        "shots": shots,
        "mode": opened.details()["mode"],
        "status": opened.status(),
        "listed": len(service.jobs(session_id=opened.session_id)),
        "as session": refusal(lambda: Session.from_id(opened.session_id, service)),
    }


def cancelled() -> dict[str, Any]:
    """A running job in a session, and what waits behind it."""
    first, second = Session(backend=backend), Session(backend=backend)
    running = SamplerV2(mode=first).run([long_one()], shots=200_000)
    while running.status() != "RUNNING":
        time.sleep(0.02)
    waiting, single = (SamplerV2(mode=mode).run([measured], shots=1) for mode in (second, backend))
    queued = (waiting.status(), single.status(), backend.status().pending_jobs, len(service.jobs(pending=True)))
    second.cancel()
    single.cancel()
    began = time.monotonic()
    running.cancel()
    for job in (running, waiting, single):
        job.wait_for_final_state(timeout=30)
    first.close()
    while first.status() != "Closed":
        time.sleep(0.02)
    took = time.monotonic() - began
    return {
        "queued": queued,
        "ended": [job.status() for job in (running, waiting, single)],
        "result": refusal(single.result),
        "twice": refusal(single.cancel),
        "sessions": (first.status(), second.status()),
        "seconds": took,
    }


def failed() -> dict[str, Any]:
    """A job that still waits for a lane when the time of its session is over."""
    short_lived = Session(backend=backend, max_time=1)
    sampler = SamplerV2(mode=short_lived)
    running = sampler.run([long_one()], shots=200_000)
    behind = [sampler.run([measured], shots=10) for _ in range(6)]
    behind[-1].wait_for_final_state(timeout=60)
    running.cancel()
    return {
        "status": behind[-1].status(),
        "message": behind[-1].error_message(),
        "result": refusal(behind[-1].result),
        "session": short_lived.status(),
    }


def long_one() -> QuantumCircuit:
    """Minutes of simulation, with noise and the shots that go with it."""
    circuit = efficient_su2(12, reps=20, entanglement="linear")
    circuit = circuit.assign_parameters([0.1] * circuit.num_parameters)
    circuit.measure_all()
    return generate_preset_pass_manager(1, backend, seed_transpiler=1).run(circuit)


if __name__ == "__main__":
    tell(session=session(), batch=batch(), cancelled=cancelled(), failed=failed())
