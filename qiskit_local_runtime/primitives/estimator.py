"""The estimator users import."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from qiskit.circuit import CircuitInstruction
from qiskit.exceptions import QiskitError
from qiskit.primitives import BaseEstimatorV2
from qiskit.primitives.containers import EstimatorPubLike
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.providers import BackendV2

from .. import options as models
from ..errors import IBMInputValueError
from ..handles.job import RuntimeJob
from ..records.request import Request
from ..runtime.port import Runtime
from .base import Mode, PrimitiveBase, listed, made_options, pub_error, refuse_dry_run
from .quick_pub import QuickEstimatorPub
from .snapshot import estimator_snapshot

if TYPE_CHECKING:
    from ..options import EstimatorOptions
    from ..options.base import OptionsModel
    from ..pipeline.plan import Plan


class EstimatorV2(PrimitiveBase, BaseEstimatorV2):
    """Estimates expectation values of observables.

    Args:
        mode: the backend to run on (any ``BackendV2``), or a session or batch.
        options: a :class:`~qiskit_local_runtime.options.EstimatorOptions`, a dictionary, or IBM's options object.
        runtime: the runtime to submit to; ``None``: the process's default.

    Raises:
        OptionError: an option is unknown or has a wrong value.
        IBMInputValueError: ``mode`` is not something circuits can run on.
    """

    _routine = "estimator"
    _name = "EstimatorV2"

    def __init__(
        self,
        mode: BackendV2 | Mode | None = None,
        options: EstimatorOptions | OptionsModel | Mapping[str, Any] | None = None,
        *,
        runtime: Runtime | None = None,
    ) -> None:
        super().__init__(mode, runtime)
        self._options = made_options(models.EstimatorOptions, options)

    @property
    def options(self) -> EstimatorOptions:
        """The options; set attributes, or assign a whole set."""
        return self._options

    @options.setter
    def options(self, options: EstimatorOptions | OptionsModel | Mapping[str, Any] | None) -> None:
        self._options = made_options(models.EstimatorOptions, options)

    def run(self, pubs: Iterable[EstimatorPubLike], *, precision: float | None = None, dry_run: bool = False) -> RuntimeJob:
        """Submit PUBs; returns at once.

        Args:
            pubs: tuples ``(circuit, observables, parameter_values, precision)``.
            precision: standard error aimed at, for PUBs that do not say; 0: exact expectation values; ``None``: by the options.
            dry_run: of IBM's client, which then returns made-up data; must be ``False``.

        Raises:
            IBMInputValueError, ValueError, TypeError: a PUB is malformed, or its circuit is not an ISA circuit.
            OptionNotImplementedError: an option is switched on that this version does not apply.
            SimulationTooLargeError: it would not fit in memory.
        """
        refuse_dry_run(dry_run)
        return self._submit(self._asked(pubs, precision))

    def estimate_usage(self, pubs: Iterable[EstimatorPubLike], *, precision: float | None = None) -> float | None:
        """Seconds of quantum time that running these PUBs would use, without running them.

        Args and errors: see :meth:`run`.

        Returns:
            What the shots take on the device the backend describes, with a fixed overhead per job; ``None`` where the
            backend does not say how long its operations take (a plain simulator), nothing is sampled, or the runtime is
            asked to transpile first.
        """
        return self._where().estimate(self._asked(pubs, precision))

    def plan(self, pubs: Iterable[EstimatorPubLike], *, precision: float | None = None) -> Plan:
        """What running these PUBs would run: circuits, randomizations, shots, method, quantum time, memory.

        Args and errors: see :meth:`run`. Circuits are transpiled if the options ask for it; nothing else runs. Print it.
        """
        return self._where().plan(self._asked(pubs, precision))

    def find_unique_layers(
        self, pubs: Iterable[EstimatorPubLike], types: Literal["gates", "all"] = "gates"
    ) -> list[CircuitInstruction]:
        """The layers of two-qubit gates of PUBs as this estimator twirls them, each once, the most frequent first.

        ``NoiseLearnerV3(mode).run(layers)`` learns their noise, and ``zip(layers, result.to_pauli_lindblad_maps())`` is what
        ``options.resilience.layer_noise_model`` takes.

        Args:
            pubs: see :meth:`run`; circuits must be ISA circuits.
            types: ``"gates"``; layers of measurements are not told apart here.

        Returns:
            Instructions of boxes on physical qubits.

        Raises:
            IBMInputValueError: a PUB is malformed, a gate of a layer has a parameter, or the options ask for transpilation.
        """
        if types != "gates":
            raise IBMInputValueError(f"types must be 'gates', found {types!r}: only the noise of gates is learned.")
        from ..pipeline.layer_instructions import instructions_of
        from ..techniques.terms import support

        request = self._asked(pubs, None)
        if request.settings.transpilation is not None:
            raise IBMInputValueError(
                "find_unique_layers needs circuits as they will run, but options.transpilation.optimization_level is set. "
                "Transpile them yourself and unset it."
            )
        circuits = [(pub.circuit, support(pub.observables.sparse_observables_array().ravel())) for pub in request.pubs]
        return instructions_of(circuits, request.settings.twirling.strategy)

    def _asked(self, pubs: Iterable[EstimatorPubLike], precision: float | None) -> Request:
        settings = models.settle_estimator(self._options, self._where().unimplemented)
        given = listed(pubs, "(circuit, observables, values)")
        coerced = [estimator_snapshot(coerced_estimator_pub(pub, precision, index)) for index, pub in enumerate(given)]
        return self._request(coerced, settings, self._options)


def coerced_estimator_pub(pub: EstimatorPubLike, precision: float | None, index: int) -> EstimatorPub:
    """A PUB that was checked.

    Raises:
        IBMInputValueError: something in it is wrong; names the PUB by its index.
    """
    try:
        done: EstimatorPub = QuickEstimatorPub.coerce(pub, precision)
    except (TypeError, ValueError, IndexError, QiskitError) as err:
        raise pub_error(index, err, "(circuit, observables, parameter_values, precision)") from err
    if done.precision is not None and not math.isfinite(done.precision):
        raise IBMInputValueError(f"PUB {index}: precision must be a number of at least 0, found {done.precision}.")
    return done
