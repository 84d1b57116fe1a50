"""The executor users import."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from qiskit.providers import BackendV2

from .. import options as models
from ..handles.job import RuntimeJob
from ..records.request import Request
from ..runtime.port import Runtime
from .base import Mode, PrimitiveBase, made_options, refuse_dry_run

if TYPE_CHECKING:
    from ..options import ExecutorOptions
    from ..options.base import OptionsModel
    from ..pipeline.plan import Plan


class Executor(PrimitiveBase):
    """Runs quantum programs: circuits with arrays of values, and template circuits whose values a samplex draws.

    A job's result is a :class:`~qiskit_local_runtime.results.program_result.QuantumProgramResult`.

    Args:
        mode: the backend to run on (any ``BackendV2``), or a session or batch.
        options: an :class:`~qiskit_local_runtime.options.ExecutorOptions`, a dictionary, or IBM's options object.
        runtime: the runtime to submit to; ``None``: the process's default.

    Raises:
        OptionError: an option is unknown or has a wrong value.
        IBMInputValueError: ``mode`` is not something circuits can run on.
    """

    _routine = "executor"
    _name = "Executor"

    def __init__(
        self,
        mode: BackendV2 | Mode | None = None,
        options: ExecutorOptions | OptionsModel | Mapping[str, Any] | None = None,
        *,
        runtime: Runtime | None = None,
    ) -> None:
        super().__init__(mode, runtime)
        self._options = made_options(models.ExecutorOptions, options)

    @property
    def options(self) -> ExecutorOptions:
        """The options; set attributes, or assign a whole set."""
        return self._options

    @options.setter
    def options(self, options: ExecutorOptions | OptionsModel | Mapping[str, Any] | None) -> None:
        self._options = made_options(models.ExecutorOptions, options)

    def run(self, program: Any, dry_run: bool = False) -> RuntimeJob:
        """Submit a program; returns at once.

        Args:
            program: a ``QuantumProgram`` of IBM's client or of samplomatic, or anything with its members. Later changes of it
                do not reach the job.
            dry_run: of IBM's client, which then returns made-up data; must be ``False``.

        Raises:
            IBMInputValueError: it is no program, or an item is not one of the backend's.
            OptionNotImplementedError: an option or a level of measurement that this version does not apply.
            SimulationTooLargeError: it would not fit in memory.
        """
        refuse_dry_run(dry_run)
        return self._submit(self._asked(program))

    def estimate_usage(self, program: Any) -> float | None:
        """Seconds of quantum time that a program would use; ``None`` where the backend does not say. Args: see :meth:`run`."""
        return self._where().estimate(self._asked(program))

    def plan(self, program: Any) -> Plan:
        """What running a program would run, item by item; print it. Args: see :meth:`run`."""
        return self._where().plan(self._asked(program))

    def _asked(self, program: Any) -> Request:
        from ..codec.program_text import write_program

        settings = models.settle_executor(self._options, self._where().unimplemented)
        execution = self._options.execution.set_values()
        return self._request([json.dumps(write_program(program, execution))], settings, self._options)
