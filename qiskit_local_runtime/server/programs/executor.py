"""The program ``executor``: what IBM's newer primitives send."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from ...codec.program_results import program_pieces
from ...codec.programs import version_of
from ...errors import IBMInputValueError
from ...options import ExecutorOptions, settle_executor
from ...options.settings import SamplerSettings
from ...records.job import Job
from ...records.request import Request
from .executor_checks import check_program
from .program import Asked, Program

_SIMULATOR = "simulator"
"""What in ``options.experimental`` is taken for our options of the same name: IBM's schema has no other place for a seed."""


def _request(asked: Asked) -> Request:
    """Reads parameters; circuits and samplexes are decoded and checked when the request is accepted."""
    version = version_of(asked.params)
    options = _options(asked.params.get("options"))
    settings = settle_executor(options, asked.unimplemented)
    check_program(asked.params, version)
    return Request(
        routine="executor",
        backend=asked.backend,
        pubs=(_text(asked.params),),
        settings=settings,
        options=options.set_values(),
        seed=_seed(settings, asked),
        tags=tuple(dict.fromkeys(asked.tags)),
        private=asked.private,
        workload=asked.workload,
        instance=asked.instance,
        log_level=asked.log_level or settings.log_level,
        max_execution_time=asked.max_execution_time or settings.max_execution_time,
        form=version,
    )


def _result(job: Job, result: Any) -> Iterator[bytes]:
    return program_pieces(result, job.form or "v2.0")


def _params(request: Request) -> Mapping[str, Any]:
    found: dict[str, Any] = json.loads(request.pubs[0])
    return found


def _options(given: Any) -> ExecutorOptions:
    if given is None:
        return ExecutorOptions()
    if not isinstance(given, Mapping):
        raise IBMInputValueError(f"options: expected an object, found {type(given).__name__}.")
    execution = dict(given)
    experimental = execution.pop("experimental", None) or {}
    if not isinstance(experimental, Mapping):
        raise IBMInputValueError(f"options.experimental: expected an object, found {type(experimental).__name__}.")
    others = {name: value for name, value in experimental.items() if name != _SIMULATOR}
    simulator = experimental.get(_SIMULATOR) or {}
    return ExecutorOptions(execution=execution, simulator=simulator, experimental=others)


def _seed(settings: SamplerSettings, asked: Asked) -> int:
    seed = settings.simulator.seed
    if seed is None:
        seed = getattr(asked.backend.options, "seed_simulator", None)
    return secrets.randbits(63) if seed is None else int(seed)


def _text(params: Mapping[str, Any]) -> str:
    try:
        return json.dumps(params, allow_nan=False, separators=(",", ":"))
    except (ValueError, TypeError, RecursionError) as err:
        raise IBMInputValueError(f"params: expected JSON with finite numbers, found other values: {err}.") from err


EXECUTOR = Program(id="executor", routines=("executor",), request=_request, result=_result, params=_params)
