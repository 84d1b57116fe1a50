"""The sampler users import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from qiskit.exceptions import QiskitError
from qiskit.primitives import BaseSamplerV2
from qiskit.primitives.containers import SamplerPubLike
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.providers import BackendV2

from .. import options as models
from ..errors import IBMInputValueError
from ..handles.job import RuntimeJob
from ..records.request import Request
from ..runtime.port import Runtime
from .base import Mode, PrimitiveBase, listed, made_options, pub_error, refuse_dry_run
from .snapshot import sampler_snapshot

if TYPE_CHECKING:
    from ..options import SamplerOptions
    from ..options.base import OptionsModel
    from ..pipeline.plan import Plan


class SamplerV2(PrimitiveBase, BaseSamplerV2):
    """Samples the classical registers of circuits.

    Args:
        mode: the backend to run on (any ``BackendV2``), or a session or batch.
        options: a :class:`~qiskit_local_runtime.options.SamplerOptions`, a dictionary, or IBM's options object.
        runtime: the runtime to submit to; ``None``: the process's default.

    Raises:
        OptionError: an option is unknown or has a wrong value.
        IBMInputValueError: ``mode`` is not something circuits can run on.
    """

    _routine = "sampler"
    _name = "SamplerV2"

    def __init__(
        self,
        mode: BackendV2 | Mode | None = None,
        options: SamplerOptions | OptionsModel | Mapping[str, Any] | None = None,
        *,
        runtime: Runtime | None = None,
    ) -> None:
        super().__init__(mode, runtime)
        self._options = made_options(models.SamplerOptions, options)

    @property
    def options(self) -> SamplerOptions:
        """The options; set attributes, or assign a whole set."""
        return self._options

    @options.setter
    def options(self, options: SamplerOptions | OptionsModel | Mapping[str, Any] | None) -> None:
        self._options = made_options(models.SamplerOptions, options)

    def run(self, pubs: Iterable[SamplerPubLike], *, shots: int | None = None, dry_run: bool = False) -> RuntimeJob:
        """Submit PUBs; returns at once.

        Args:
            pubs: circuits, or tuples ``(circuit, parameter_values, shots)``.
            shots: for PUBs that do not say; ``None``: ``options.default_shots``.
            dry_run: of IBM's client, which then returns made-up data; must be ``False``.

        Raises:
            IBMInputValueError, ValueError, TypeError: a PUB is malformed, or its circuit is not an ISA circuit.
            OptionNotImplementedError: an option is switched on that this version does not apply.
            SimulationTooLargeError: it would not fit in memory.
        """
        refuse_dry_run(dry_run)
        return self._submit(self._asked(pubs, shots))

    def estimate_usage(self, pubs: Iterable[SamplerPubLike], *, shots: int | None = None) -> float | None:
        """Seconds of quantum time that running these PUBs would use, without running them.

        Args and errors: see :meth:`run`.

        Returns:
            What the shots take on the device the backend describes, with a fixed overhead per job; ``None`` where the
            backend does not say how long its operations take (a plain simulator), nothing is sampled, or the runtime is
            asked to transpile first.
        """
        return self._where().estimate(self._asked(pubs, shots))

    def plan(self, pubs: Iterable[SamplerPubLike], *, shots: int | None = None) -> Plan:
        """What running these PUBs would run: circuits, randomizations, shots, method, quantum time, memory.

        Args and errors: see :meth:`run`. Circuits are transpiled if the options ask for it; nothing else runs. Print it.
        """
        return self._where().plan(self._asked(pubs, shots))

    def _asked(self, pubs: Iterable[SamplerPubLike], shots: int | None) -> Request:
        settings = models.settle_sampler(self._options, self._where().unimplemented)
        coerced = [
            sampler_snapshot(coerced_sampler_pub(pub, shots, index))
            for index, pub in enumerate(listed(pubs, "(circuit, values)"))
        ]
        return self._request(coerced, settings, self._options)


def coerced_sampler_pub(pub: SamplerPubLike, shots: int | None, index: int) -> SamplerPub:
    """A PUB that was checked.

    Raises:
        IBMInputValueError: something in it is wrong; names the PUB by its index.
    """
    if isinstance(shots, bool):
        raise IBMInputValueError(f"shots must be a positive integer, found {shots}.")
    try:
        return SamplerPub.coerce(pub, shots)
    except (TypeError, ValueError, IndexError, QiskitError) as err:
        raise pub_error(index, err, "(circuit, parameter_values, shots)") from err
