"""Backends, the two legacy primitives, and what becomes of their jobs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from qiskit_ibm_runtime import EstimatorV2, QiskitRuntimeService, SamplerV2
from qiskit_ibm_runtime.fake_provider import FakeFez

from .shared import NAME, SEED, bell, refusal, tell

service = QiskitRuntimeService()
backend = service.backend(NAME)
pair, measured, observable = bell(backend)


def sampler(**environment: Any) -> SamplerV2:
    """One with a seed."""
    found = SamplerV2(backend)
    found.options.simulator.seed_simulator = SEED
    for name, value in environment.items():
        setattr(found.options.environment, name, value)
    return found


def backends() -> dict[str, Any]:
    """The list, and one of them against the device it stands for."""
    target, fake = backend.target, FakeFez().target
    same = [
        operation
        for operation in fake.operation_names
        if {q: (p and (p.error, p.duration)) for q, p in fake[operation].items()}
        == {q: (p and (p.error, p.duration)) for q, p in target[operation].items()}
    ]
    return {
        "names": [each.name for each in service.backends(simulator=False)],
        "simulators": [each.name for each in service.backends(simulator=True, min_num_qubits=5)],
        "least busy": service.least_busy(operational=True, simulator=False, min_num_qubits=150).num_qubits,
        "operations": (sorted(same), sorted(fake.operation_names), sorted(target.operation_names)),
        "t1": (backend.properties().t1(3), FakeFez().properties().t1(3)),
        "pending": backend.status().pending_jobs,
        "unknown": refusal(lambda: service.backend("ibm_nowhere")),
    }


def primitives() -> dict[str, Any]:
    """Results by seed, to compare with those in process."""
    levels = []
    for level in (0, 1, 2):
        estimator = EstimatorV2(backend)
        estimator.options.resilience_level = level
        estimator.options.default_precision = 0.05
        estimator.options.seed_estimator = SEED
        data = estimator.run([(pair, observable)]).result()[0].data
        levels.append((float(data.evs), float(data.stds)))
    samples = sampler().run([measured], shots=300).result()[0].data.meas
    return {"samples": samples.get_bitstrings(), "levels": levels}


def jobs() -> dict[str, Any]:
    """A job's own words, and every filter of the list."""
    job = sampler(job_tags=["a", "b"], log_level="DEBUG").run([measured], shots=100)
    job.result()
    now = datetime.now()
    hour = timedelta(hours=1)
    asked: dict[str, dict[str, Any]] = {
        "all": {},
        "sampler": {"program_id": "sampler"},
        "estimator": {"program_id": "estimator"},
        "both tags": {"job_tags": ["a", "b"]},
        "another tag": {"job_tags": ["a", "c"]},
        "pending": {"pending": True},
        "ended": {"pending": False},
        "elsewhere": {"backend_name": "ibm_torino"},
        "here": {"backend_name": NAME},
        "later": {"created_after": now + hour},
        "earlier": {"created_before": now + hour, "created_after": now - hour},
    }
    counts = {name: len(service.jobs(limit=None, **filters)) for name, filters in asked.items()}
    pages = [len(service.jobs(limit=2)), len(service.jobs(limit=2, skip=3)), len(service.jobs(limit=50, skip=4))]
    first = service.jobs(limit=1, descending=False)[0].job_id() == service.jobs(limit=None)[-1].job_id()
    job.update_tags(["new"])
    return {
        "counts": counts,
        "pages": pages,
        "first": first,
        "tags": service.job(job.job_id()).tags,
        "usage": job.usage(),
        "metrics": job.metrics(),
        "logs": job.logs(),
        "again": service.job(job.job_id()).result()[0].data.meas.get_counts() == job.result()[0].data.meas.get_counts(),
        "inputs": sorted(job.inputs),
        "instance": (job.instance, service.usage()["instance_id"]),
        "id": job.job_id(),
    }


def endings() -> dict[str, Any]:
    """Jobs that are private, too long, deleted, refused."""
    private = sampler(private=True).run([measured], shots=10)
    shots = private.result()[0].data.meas.num_shots
    long = SamplerV2(backend)
    long.options.max_execution_time = 1
    stopped = long.run([measured], shots=100_000)
    gone = sampler().run([measured], shots=10)
    gone.result()
    service.delete_job(gone.job_id())
    untranspiled = pair.copy()
    untranspiled.h(0)
    untranspiled.measure_all()
    return {
        "private": (shots, service.job(private.job_id()).inputs, refusal(service.job(private.job_id()).result)),
        "too long": (refusal(stopped.result), stopped.status(), stopped.error_message()),
        "deleted": refusal(lambda: service.job(gone.job_id())),
        "not transpiled": refusal(lambda: sampler().run([untranspiled])),
        "no such option": refusal(lambda: service._run("sampler", {"pubs": [], "options": {"shotz": 1}}, {"backend": backend})),
        "used": service.usage()["usage_consumed_seconds"],
    }


if __name__ == "__main__":
    tell(backends=backends(), primitives=primitives(), jobs=jobs(), endings=endings())
