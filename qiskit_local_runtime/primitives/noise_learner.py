"""The noise learners users import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from qiskit.circuit import CircuitInstruction, QuantumCircuit
from qiskit.exceptions import QiskitError
from qiskit.primitives.containers import EstimatorPubLike
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.providers import BackendV2

from .. import options as models
from ..errors import IBMInputValueError
from ..handles.job import RuntimeJob
from ..records.request import Request
from ..results.layer_boxes import layer_of, noise_comes_after
from ..results.learning_circuits import circuit_of
from ..runtime.port import Runtime
from ..sweeps import frozen
from .base import Mode, PrimitiveBase, listed, made_options, pub_error, refuse_dry_run

if TYPE_CHECKING:
    from ..options.base import OptionsModel
    from ..options.noise_learner import NoiseLearnerOptions, NoiseLearnerV3Options
    from ..pipeline.plan import Plan


class NoiseLearner(PrimitiveBase):
    """Learns the noise of the layers of circuits.

    A job's result is a :class:`~qiskit_local_runtime.results.NoiseLearnerResult`.

    Args:
        mode: the backend to run on (any ``BackendV2``), or a session or batch.
        options: a :class:`~qiskit_local_runtime.options.NoiseLearnerOptions`, a dictionary, IBM's options object, or an
            estimator's options, of which those of its own learning are taken.
        runtime: the runtime to submit to; ``None``: the process's default.

    Raises:
        OptionError: an option is unknown or has a wrong value.
        IBMInputValueError: ``mode`` is not something circuits can run on.
    """

    _routine = "noise-learner"
    _name = "NoiseLearner"

    def __init__(
        self,
        mode: BackendV2 | Mode | None = None,
        options: NoiseLearnerOptions | OptionsModel | Mapping[str, Any] | None = None,
        *,
        runtime: Runtime | None = None,
    ) -> None:
        super().__init__(mode, runtime)
        self._options = _options(options)

    @property
    def options(self) -> NoiseLearnerOptions:
        """The options; set attributes, or assign a whole set."""
        return self._options

    @options.setter
    def options(self, options: NoiseLearnerOptions | OptionsModel | Mapping[str, Any] | None) -> None:
        self._options = _options(options)

    def run(self, circuits: Iterable[QuantumCircuit | EstimatorPubLike], dry_run: bool = False) -> RuntimeJob:
        """Submit circuits; returns at once.

        Args:
            circuits: circuits, or PUBs of an estimator, of which only the circuits count.
            dry_run: of IBM's client, which then returns made-up data; must be ``False``.

        Raises:
            IBMInputValueError, ValueError, TypeError: it is no circuit, no ISA circuit, or no layer can be learned.
            IBMBackendError: the backend runs circuits itself.
        """
        refuse_dry_run(dry_run)
        return self._submit(self._asked(circuits))

    def estimate_usage(self, circuits: Iterable[QuantumCircuit | EstimatorPubLike]) -> float | None:
        """Seconds of quantum time that learning would use; ``None`` where the backend does not say. Args: see :meth:`run`."""
        return self._where().estimate(self._asked(circuits))

    def plan(self, circuits: Iterable[QuantumCircuit | EstimatorPubLike]) -> Plan:
        """What learning would run, layer by layer and depth by depth; print it. Args: see :meth:`run`."""
        return self._where().plan(self._asked(circuits))

    def _asked(self, circuits: Iterable[QuantumCircuit | EstimatorPubLike]) -> Request:
        settings = models.settle_noise_learner(self._options, self._where().unimplemented)
        given = [learner_circuit(each, index) for index, each in enumerate(listed(circuits, "circuit"))]
        return self._request(given, settings, self._options)


class NoiseLearnerV3(PrimitiveBase):
    """Learns the noise of layers given as instructions.

    A job's result is a :class:`~qiskit_local_runtime.results.NoiseLearnerV3Results`.

    Args and errors: as those of :class:`NoiseLearner`; options are
    :class:`~qiskit_local_runtime.options.NoiseLearnerV3Options`.
    """

    _routine = "noise-learner-v3"
    _name = "NoiseLearnerV3"
    version = 3

    def __init__(
        self,
        mode: BackendV2 | Mode | None = None,
        options: NoiseLearnerV3Options | OptionsModel | Mapping[str, Any] | None = None,
        *,
        runtime: Runtime | None = None,
    ) -> None:
        super().__init__(mode, runtime)
        self._options = made_options(models.NoiseLearnerV3Options, options)

    @property
    def options(self) -> NoiseLearnerV3Options:
        """The options; set attributes, or assign a whole set."""
        return self._options

    @options.setter
    def options(self, options: NoiseLearnerV3Options | OptionsModel | Mapping[str, Any] | None) -> None:
        self._options = made_options(models.NoiseLearnerV3Options, options)

    def run(self, instructions: Iterable[CircuitInstruction], dry_run: bool = False) -> RuntimeJob:
        """Submit layers; returns at once.

        Args:
            instructions: boxes of two-qubit gates on physical qubits, such as ``estimator.find_unique_layers(pubs)`` gives.
            dry_run: of IBM's client, which then returns made-up data; must be ``False``.

        Raises:
            IBMInputValueError: it is no layer, or its gates are not those of the backend.
            IBMBackendError: the backend runs circuits itself.
        """
        refuse_dry_run(dry_run)
        return self._submit(self._asked(instructions))

    def estimate_usage(self, instructions: Iterable[CircuitInstruction]) -> float | None:
        """Seconds of quantum time that learning would use; ``None`` where the backend does not say. Args: see :meth:`run`."""
        return self._where().estimate(self._asked(instructions))

    def plan(self, instructions: Iterable[CircuitInstruction]) -> Plan:
        """What learning would run, layer by layer and depth by depth; print it. Args: see :meth:`run`."""
        return self._where().plan(self._asked(instructions))

    def _asked(self, instructions: Iterable[CircuitInstruction]) -> Request:
        settings = models.settle_noise_learner_v3(self._options, self._where().unimplemented)
        given = [layer_circuit(each, index) for index, each in enumerate(listed(instructions, "instruction"))]
        return self._request(given, settings, self._options)


def _options(given: Any) -> NoiseLearnerOptions:
    if type(given).__name__ == "EstimatorOptions":
        return models.learner_options(made_options(models.EstimatorOptions, given))
    return made_options(models.NoiseLearnerOptions, given)


def learner_circuit(given: QuantumCircuit | EstimatorPubLike, index: int) -> QuantumCircuit:
    """The circuit of what a learner was given, as it is now.

    Raises:
        IBMInputValueError: it is neither a circuit nor a PUB; names it by its index.
    """
    if isinstance(given, QuantumCircuit):
        return frozen(given)
    try:
        return frozen(EstimatorPub.coerce(given).circuit)
    except (TypeError, ValueError, IndexError, QiskitError) as err:
        raise pub_error(index, err, "a circuit or (circuit, observables, parameter_values)") from err


def layer_circuit(given: CircuitInstruction, index: int) -> QuantumCircuit:
    """The circuit by which the third learner's routine knows an instruction's layer.

    Raises:
        IBMInputValueError: it is no layer of two-qubit gates; names the instruction by its index.
    """
    try:
        layer = layer_of(given)
        if not layer.gates:
            raise IBMInputValueError("expected a layer with two-qubit gates, found none, so there is nothing to learn.")
    except IBMInputValueError as err:
        raise IBMInputValueError(f"Instruction {index}: {err}") from err
    return circuit_of(layer, max(layer.qubits) + 1, after=noise_comes_after(given))
