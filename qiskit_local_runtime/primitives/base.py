"""What sampler and estimator share: a mode, options, and the way to the runtime."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

from qiskit.providers import BackendV2

from ..errors import IBMInputValueError, InputTypeError, OptionNotImplementedError
from ..handles.job import RuntimeJob
from ..modes.context import current_mode
from ..records.request import Request
from ..runtime.default import checked_runtime, home_of, runtime_for
from ..runtime.port import Runtime

if TYPE_CHECKING:
    from ..options.base import OptionsModel
    from ..options.settings import Settings

O = TypeVar("O", bound="OptionsModel")  # noqa: E741 - the usual letter for a type variable


@runtime_checkable
class Mode(Protocol):
    """An execution mode other than a backend: a session or a batch."""

    def submit(self, request: Request) -> RuntimeJob:
        """Submit a request as part of the workload."""

    def backend_object(self) -> BackendV2:
        """The backend the workload is bound to."""

    def runtime_object(self) -> Runtime:
        """The runtime the workload belongs to."""


def checked_mode(mode: object) -> BackendV2 | Mode | None:
    """Refuse what cannot be a mode.

    Raises:
        IBMInputValueError: neither a backend nor an execution mode.
    """
    if mode is None or isinstance(mode, BackendV2):
        return mode
    if isinstance(mode, type):
        raise IBMInputValueError(
            f"mode must be a backend object, found the class {mode.__name__}. Did you mean {mode.__name__}()?"
        )
    if isinstance(mode, str):
        raise IBMInputValueError(
            f"mode must be a backend object, found the name {mode!r}. Pass the backend itself, such as AerSimulator()."
        )
    if isinstance(mode, Mode):
        return mode
    raise IBMInputValueError(f"mode must be a BackendV2, a Session or a Batch, found {type(mode).__name__}.")


def made_options(model: type[O], given: object) -> O:
    """Options from what a user passed: our model, a dictionary, or an options object of IBM's.

    A model is copied, so that two primitives made with the same one can be set differently.

    Raises:
        OptionError: a name or a value is wrong.
        IBMInputValueError: it is none of these.
    """
    from ..options.base import as_mapping

    if given is None:
        return model()
    if isinstance(given, model):
        return _copied(given)
    try:
        values: Mapping[str, Any] = as_mapping(given)
    except ValueError as err:
        raise IBMInputValueError(f"options must be a {model.__name__} or a dictionary, found {type(given).__name__}.") from err
    return model(**values)


def _copied(options: O) -> O:
    """A copy, group by group; values such as noise models are shared."""
    from ..options.base import OptionsModel

    return options.model_copy(
        update={name: _copied(value) for name, value in options if isinstance(value, OptionsModel)},
    )


class PrimitiveBase:
    """Holds a mode and a runtime, and turns PUBs into requests."""

    version = 2
    """Version of the primitive's interface."""

    _routine: str
    _name: str

    def __init__(self, mode: object, runtime: Runtime | None) -> None:
        # the mode of the with block it is made in; a later block is none of its business
        self._mode = checked_mode(mode) or current_mode()
        self._runtime = checked_runtime(runtime)

    @property
    def mode(self) -> BackendV2 | Mode | None:
        """The backend, session or batch jobs go to."""
        return self._mode

    def backend(self) -> BackendV2:
        """The backend jobs run on.

        Raises:
            IBMInputValueError: no mode was given.
        """
        mode = self._mode
        if mode is None:
            raise IBMInputValueError(
                f"A backend or an execution mode is needed. Pass one: {self._name}(mode=AerSimulator()), say, or make the "
                "primitive inside 'with Session(backend):' or 'with Batch(backend):'."
            )
        return mode if isinstance(mode, BackendV2) else mode.backend_object()

    def _request(self, pubs: Sequence[Any], settings: Settings, options: OptionsModel) -> Request:
        return request_for(self._routine, self.backend(), pubs, settings, options, self._instance())

    def _submit(self, request: Request) -> RuntimeJob:
        if self._mode is not None and not isinstance(self._mode, BackendV2):
            return self._mode.submit(request)
        runtime = self._where()
        job = RuntimeJob(runtime.submit(request), runtime)
        if (around := current_mode()) is not None:
            around.notice_single(job.job_id(), runtime)
        return job

    def _where(self) -> Runtime:
        if self._mode is not None and not isinstance(self._mode, BackendV2):
            return self._mode.runtime_object()
        return self._runtime if self._runtime is not None else runtime_for(self._mode)

    def _instance(self) -> str | None:
        home = home_of(self._mode) if self._runtime is None else None
        return None if home is None else home.instance


def request_for(
    routine: str, backend: BackendV2, pubs: Sequence[Any], settings: Settings, options: OptionsModel, instance: str | None
) -> Request:
    """What was asked, with a seed: the options', else the backend's, else a fresh one.

    Args:
        routine: the name of what runs it.
        backend: where.
        pubs: coerced, and nobody else's to change.
        settings: the options, settled.
        options: the options as they were set.
        instance: whose share of the backend it uses; ``None``: the runtime's.
    """
    seed = settings.simulator.seed
    if seed is None:
        # a user's AerSimulator(seed_simulator=…) has said what it should be
        seed = getattr(backend.options, "seed_simulator", None)
    return Request(
        routine=routine,
        backend=backend,
        pubs=tuple(pubs),
        settings=settings,
        options=options.set_values(),
        seed=secrets.randbits(63) if seed is None else int(seed),
        tags=settings.job_tags,
        private=settings.private,
        instance=instance,
        log_level=settings.log_level,
        max_execution_time=settings.max_execution_time,
    )


def pub_error(index: int, error: Exception, expected: str) -> IBMInputValueError:
    """What is wrong with a PUB, in our class and, for ``except`` clauses of Qiskit's users, in Qiskit's as well."""
    if isinstance(error, IBMInputValueError):
        return type(error)(f"PUB {index}: {error}")
    if isinstance(error, TypeError):
        return InputTypeError(f"PUB {index}: {error} Expected {expected}.")
    if isinstance(error, ValueError):
        return IBMInputValueError(f"PUB {index}: {error}")
    return IBMInputValueError(f"PUB {index}: expected {expected}, but {error}")


def listed(pubs: object, what: str) -> list[Any]:
    """PUBs as a list.

    Raises:
        IBMInputValueError: something that cannot be a list of PUBs.
    """
    from qiskit import QuantumCircuit

    if isinstance(pubs, (str, bytes, QuantumCircuit)) or not hasattr(pubs, "__iter__"):
        raise IBMInputValueError(f"run() expects a list of PUBs, such as [{what}]; found {type(pubs).__name__}.")
    return list(pubs)


def refuse_dry_run(dry_run: object) -> None:
    """A dry run returns made-up data, for which there is no need where running is free.

    Raises:
        OptionNotImplementedError: one is asked for.
    """
    if dry_run:
        raise OptionNotImplementedError(
            f"dry_run = {dry_run!r} is not implemented: it would return made-up data. Use estimate_usage(pubs) for the cost "
            "and the checks, or run the PUBs, which costs nothing here."
        )
