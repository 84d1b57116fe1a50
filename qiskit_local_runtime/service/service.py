"""The service users import."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from qiskit.providers import BackendV2
from qiskit.providers.exceptions import QiskitBackendNotFoundError

from ..devices import registry
from ..errors import BackendNotFoundError, IBMInputValueError
from ..handles.job import RuntimeJob
from ..records.job import FINAL, UNFINISHED
from ..records.query import Query
from ..runtime import budget
from ..runtime.default import checked_runtime, durable_runtime, home, homes
from ..runtime.homes import Home
from ..runtime.local import LocalRuntime
from . import accounts
from .checks import check_conditions, check_flags, check_instance, check_page, check_tags, check_words, checked_time


class QiskitRuntimeService:
    """Local backends by name, and jobs that outlive the process.

    Making one makes the process's primitives, sessions and batches keep their jobs in an SQLite store (see ``store``), where
    any later process finds them. Jobs on a backend it hands out run in its runtime and are accounted to its instance,
    whatever service is made later; jobs on other backends go to the service made last. Services with different runtimes or
    instances hand out different objects for one name, but for generic devices and backends users added: such an object is
    the same for all, and belongs to the service that handed it out last.

    Args:
        channel: ``"local"``; IBM's channel names are taken as well, and mean the same.
        token: taken and not used: nothing leaves this computer. The same holds for ``url``, ``proxies``, ``verify``,
            ``private_endpoint``, ``url_resolver``, ``region`` and ``tags``.
        filename: file of saved accounts; ``None``: ``accounts.json`` in the package's home.
        name: which saved account; ``None``: the default one, if any.
        instance: whose share of the backends jobs use; ``None``: the account's, or the runtime's.
        plans_preference: taken and not used.
        store: file of the job store; ``None``: ``jobs.sqlite`` in ``$QISKIT_LOCAL_RUNTIME_HOME`` (``~/.qiskit-local-runtime``).
        runtime: the runtime to stand on, instead of ``store`` and ``settings``.
        settings: of the runtime, such as ``plan="open"``, ``lanes=5``, ``budget=600.0``
            (see :class:`~qiskit_local_runtime.runtime.settings.RuntimeSettings`).

    Raises:
        IBMInputValueError: an unknown channel, account or setting; or settings beside a runtime.
        IBMRuntimeError: the store cannot be opened.
    """

    is_local = True

    def __init__(
        self,
        channel: str | None = None,
        token: str | None = None,
        url: str | None = None,
        filename: str | None = None,
        name: str | None = None,
        instance: str | None = None,
        proxies: dict[str, Any] | None = None,
        verify: bool | None = None,
        private_endpoint: bool | None = None,
        url_resolver: Callable[..., str] | None = None,
        region: str | None = None,
        plans_preference: list[str] | None = None,
        tags: list[str] | None = None,
        *,
        store: str | Path | None = None,
        runtime: LocalRuntime | None = None,
        **settings: Any,
    ) -> None:
        if channel not in _CHANNELS:
            raise IBMInputValueError(
                f"channel must be one of {', '.join(map(repr, _CHANNELS[1:]))} or None, found {channel!r}."
            )
        self._account = self._saved(filename, name)
        self._channel = channel or self._account.get("channel", "local")
        check_instance(instance)
        checked_runtime(runtime)
        if runtime is not None and settings:
            raise IBMInputValueError(
                f"A service that stands on a runtime has the runtime's settings; found {', '.join(settings)} as well. Make the "
                "runtime with them: QiskitRuntimeService(runtime=LocalRuntime(plan=…))."
            )
        self.runtime = runtime if runtime is not None else durable_runtime(store, **settings)
        self._instance: str = instance or self._account.get("instance") or self.runtime.instance
        if runtime is None:
            # of jobs on backends that no service handed out, as the runtime is theirs now
            self.runtime.instance = self._instance

    def __repr__(self) -> str:
        return f"<QiskitRuntimeService({self._channel!r}, instance={self._instance!r})>"

    # --- backends

    def backends(
        self,
        name: str | None = None,
        min_num_qubits: int | None = None,
        instance: str | None = None,
        dynamic_circuits: bool | None = None,
        filters: Callable[[Any], bool] | None = None,
        *,
        use_fractional_gates: bool | None = False,
        calibration_id: str | None = None,
        include_mocks: bool = False,
        **kwargs: Any,
    ) -> list[BackendV2]:
        """Local backends that meet all conditions.

        Args:
            name: only this one.
            min_num_qubits: at least so many qubits.
            instance: taken and not used: all instances see all backends.
            dynamic_circuits: whether it runs circuits with control flow.
            filters: a function of the backend; one that lacks what the function asks for is left out.
            use_fractional_gates: only backends with ``rzz`` and ``rx`` of any angle.
            calibration_id: taken and not used: a local backend has one calibration.
            include_mocks: taken and not used.
            kwargs: attributes of the backend, its configuration or status, such as ``simulator=False`` or ``num_qubits=5``.
        """
        check_conditions(min_num_qubits, filters)
        names = [name] if name is not None else self._names()
        if min_num_qubits is not None:
            names = [each for each in names if (self._num_qubits(each) or min_num_qubits) >= min_num_qubits]
        conditions = {
            "min_num_qubits": min_num_qubits,
            "dynamic_circuits": dynamic_circuits,
            "filters": filters,
            "use_fractional_gates": use_fractional_gates,
            **kwargs,
        }
        found = (self._named(each) for each in names)
        return [backend for backend in found if registry.matches(backend, **conditions)]

    def backend(
        self,
        name: str,
        instance: str | None = None,
        use_fractional_gates: bool | None = False,
        calibration_id: str | None = None,
    ) -> BackendV2:
        """A local backend by name: the same object each time.

        Args:
            name: see :meth:`backends`.
            instance: taken and not used: all instances see all backends.
            use_fractional_gates: ``True`` refuses a backend without ``rzz`` and ``rx`` of any angle.
            calibration_id: taken and not used: a local backend has one calibration.

        Raises:
            QiskitBackendNotFoundError: there is none.
            IBMInputValueError: it has no fractional gates, and they were asked for.
        """
        found = self._named(name)
        if use_fractional_gates and not registry.matches(found, use_fractional_gates=True):
            raise IBMInputValueError(
                f"The backend {name!r} has no fractional gates (rzz and rx). Ask without use_fractional_gates."
            )
        return found

    def add_backend(self, backend: BackendV2, name: str | None = None) -> None:
        """Make a backend of one's own known by name, in this process.

        A process that is to run its jobs after this one has ended must add a backend of the same name.

        Raises:
            IBMInputValueError: not a backend, or the name is taken.
        """
        if name is not None and not isinstance(name, str):
            raise IBMInputValueError(f"name must be text, or None for the backend's own, found {name!r}.")
        registry.add(backend, name)

    def least_busy(
        self,
        min_num_qubits: int | None = None,
        instance: str | None = None,
        filters: Callable[[Any], bool] | None = None,
        use_fractional_gates: bool | None = False,
        **kwargs: Any,
    ) -> BackendV2:
        """The backend with the fewest jobs that have not ended; of equals the first by name.

        Raises:
            QiskitBackendNotFoundError: none meets the conditions.
        """
        check_conditions(min_num_qubits, filters)
        # the best first: making a large fake device takes a while
        for name in sorted(self._names(), key=lambda each: (self._waiting(each), each)):
            found = self.backends(name, min_num_qubits, filters=filters, use_fractional_gates=use_fractional_gates, **kwargs)
            if found:
                return found[0]
        raise BackendNotFoundError("No backend matches the criteria.")

    def _named(self, name: str) -> BackendV2:
        return homes().hand_out(self._found(name), Home(self.runtime, self._instance))

    # what a service with backends or accounts of its own says otherwise

    def _names(self) -> list[str]:
        """Names of the backends that are listed."""
        return registry.names()

    def _num_qubits(self, name: str) -> int | None:
        """The number of qubits of a backend that is listed."""
        return registry.num_qubits(name)

    def _found(self, name: str) -> BackendV2:
        """A backend by name.

        Raises:
            BackendNotFoundError: there is none.
        """
        try:
            return registry.backend_named(name)
        except QiskitBackendNotFoundError as err:
            raise BackendNotFoundError(err.message) from err

    def _saved(self, filename: str | None, name: str | None) -> dict[str, Any]:
        """The account it is made with."""
        return accounts.chosen(_accounts_file(filename), name)

    # --- jobs

    def job(self, job_id: str) -> RuntimeJob:
        """A job by id, from whichever process it was submitted.

        Raises:
            RuntimeJobNotFound: there is none.
        """
        self.runtime.job(job_id)
        return RuntimeJob(job_id, self.runtime)

    def jobs(
        self,
        limit: int | None = 10,
        skip: int = 0,
        backend_name: str | None = None,
        pending: bool | None = None,
        program_id: str | None = None,
        instance: str | None = None,
        job_tags: list[str] | None = None,
        session_id: str | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        descending: bool = True,
        include_mocks: bool = False,
    ) -> list[RuntimeJob]:
        """Jobs that meet all conditions.

        Args:
            limit: at most so many; ``None``: all.
            skip: leave out the first so many.
            backend_name: of this backend.
            pending: ``True``: those that have not ended; ``False``: those that have.
            program_id: ``"sampler"`` or ``"estimator"``.
            instance: of this instance; ``None``: of all.
            job_tags: with all of these tags.
            session_id: of this session or batch.
            created_after: created then or later; in local time if it has no time zone.
            created_before: created then or earlier.
            descending: newest first.
            include_mocks: taken and not used.

        Raises:
            IBMInputValueError: a condition is not what it should be.
        """
        check_page(limit, skip)
        check_words(backend_name=backend_name, program_id=program_id, instance=instance, session_id=session_id)
        check_tags(job_tags)
        check_flags(pending=pending, descending=descending)
        query = Query(
            backend_name=backend_name,
            routine=program_id,
            workload_id=session_id,
            instance=instance,
            statuses=None if pending is None else UNFINISHED if pending else FINAL,
            tags=tuple(job_tags or ()),
            created_after=checked_time(created_after, "created_after"),
            created_before=checked_time(created_before, "created_before"),
            descending=descending,
            limit=limit,
            skip=skip,
        )
        return [RuntimeJob(row.id, self.runtime) for row in self.runtime.find(query)]

    def plot_jobs(self, path: str | Path | None = None, **conditions: Any) -> Any:
        """A picture of jobs: when each was queued, in a lane and on the QPU, a line for each tag, windows shaded.

        Args:
            path: where to save it (the ending says in which format); ``None``: nowhere.
            conditions: which jobs, as for :meth:`jobs`; all of them if there is no ``limit``.

        Returns:
            The ``matplotlib`` figure.

        Raises:
            IBMInputValueError: there are no such jobs.
            MissingOptionalLibraryError: matplotlib is not installed.
        """
        from ..whatif.history import draw_history

        rows = [self.runtime.job(job.job_id()) for job in self.jobs(**{"limit": None, **conditions})]
        workloads = [self.runtime.workload(name) for name in dict.fromkeys(row.workload_id for row in rows) if name is not None]
        figure = draw_history(rows, workloads)
        if path is not None:
            figure.savefig(path)
        return figure

    def delete_job(self, job_id: str) -> None:
        """Forget a job that has ended, and its result.

        Raises:
            RuntimeJobNotFound: there is none.
            RuntimeInvalidStateError: it has not ended.
        """
        self.runtime.delete(job_id)

    # --- account

    @property
    def channel(self) -> str:
        """The channel's name."""
        return str(self._channel)

    def active_account(self) -> dict[str, str] | None:
        """The account in use."""
        return {"channel": self.channel, **self._account, "instance": self._instance}

    def active_instance(self) -> str:
        """The instance jobs are accounted to."""
        return self._instance

    @property
    def active_instance_name(self) -> str:
        """The instance jobs are accounted to."""
        return self._instance

    def instances(self) -> Sequence[dict[str, Any]]:
        """The instances there are: dictionaries with ``crn``, ``plan`` and ``name``."""
        names = dict.fromkeys([self._instance, *self.runtime.settings.shares])
        return [{"crn": name, "plan": self.runtime.settings.plan, "name": name, "tags": []} for name in names]

    def usage(self) -> dict[str, Any]:
        """What the active instance used in the last 28 days: seconds, and ISO 8601 times; limits where there is a budget."""
        return budget.as_json(
            self.runtime.settings, self._instance, self.runtime.usage(self._instance), self.runtime.clock.now()
        )

    @staticmethod
    def save_account(
        token: str | None = None,
        url: str | None = None,
        instance: str | None = None,
        channel: str | None = None,
        filename: str | None = None,
        name: str | None = None,
        proxies: dict[str, Any] | None = None,
        verify: bool | None = None,
        overwrite: bool | None = False,
        set_as_default: bool | None = None,
        private_endpoint: bool | None = False,
        region: str | None = None,
        plans_preference: Any = None,
        tags: list[str] | None = None,
    ) -> None:
        """Save an account under a name; only ``instance`` and ``channel`` have a meaning here.

        Raises:
            IBMInputValueError: the name is taken and ``overwrite`` is not set.
        """
        account: dict[str, Any] = {"channel": channel or "local", "token": token, "url": url}
        account |= {"instance": instance, "region": region, "tags": tags}
        if set_as_default:
            account["is_default_account"] = True
        kept = {key: value for key, value in account.items() if value is not None}
        accounts.save(_accounts_file(filename), name or accounts.DEFAULT, kept, overwrite=bool(overwrite))

    @staticmethod
    def saved_accounts(
        default: bool | None = None,
        channel: str | None = None,
        filename: str | None = None,
        name: str | None = None,
    ) -> dict[str, dict[str, Any]]:
        """Saved accounts by name."""
        return {
            each: account
            for each, account in accounts.read(_accounts_file(filename)).items()
            if name in (None, each)
            and channel in (None, account.get("channel"))
            and (default is None or bool(account.get("is_default_account") or each == accounts.DEFAULT) == default)
        }

    @staticmethod
    def delete_account(filename: str | None = None, name: str | None = None, channel: str | None = None) -> bool:
        """Remove a saved account; ``False`` if there is none."""
        return accounts.delete(_accounts_file(filename), name or accounts.DEFAULT)

    def _waiting(self, name: str) -> int:
        return self.runtime.count(Query(backend_name=name, statuses=UNFINISHED))


_CHANNELS = (None, "local", "ibm_quantum_platform", "ibm_cloud", "ibm_quantum")


def _accounts_file(filename: str | None) -> Path:
    return home() / "accounts.json" if filename is None else Path(filename).expanduser()
