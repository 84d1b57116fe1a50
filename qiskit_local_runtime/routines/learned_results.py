"""What was learned, as IBM's two noise learners return it."""

from __future__ import annotations

from typing import Any

from qiskit.quantum_info import PauliList, QubitSparsePauliList

from ..learning import LearnedLayer
from ..pipeline.plan import Plan
from ..records.request import Request
from ..results import (
    LayerError,
    NoiseLearnerResult,
    NoiseLearnerV3Result,
    NoiseLearnerV3Results,
    PauliLindbladError,
)
from ..results.learning_circuits import asked_by
from ..results.models import moved
from ..sweeps.lindblad import PauliLindblad
from .base import RoutineTools
from .noise_learner import NoiseLearner


class LayerErrors:
    """The routine behind ``NoiseLearner``: circuits in, a result with a ``LayerError`` for each layer out."""

    name = "noise-learner"

    def __init__(self) -> None:
        self._learner = NoiseLearner()

    def accept(self, request: Request) -> None:
        """See :class:`~qiskit_local_runtime.routines.base.Routine`."""
        self._learner.accept(request)

    def estimate(self, request: Request) -> float | None:
        """See :class:`~qiskit_local_runtime.routines.base.Routine`."""
        return self._learner.estimate(request)

    def plan(self, request: Request, tools: RoutineTools) -> Plan:
        """See :class:`~qiskit_local_runtime.routines.base.Routine`."""
        return self._learner.plan(request, tools)

    def run(self, request: Request, tools: RoutineTools) -> Any:
        """See :class:`~qiskit_local_runtime.routines.base.Routine`."""
        return as_layer_errors(self._learner.run(request, tools))


class LayerMaps(LayerErrors):
    """The routine behind ``NoiseLearnerV3``: a circuit for each instruction in, as many maps out."""

    name = "noise-learner-v3"

    def run(self, request: Request, tools: RoutineTools) -> Any:
        """See :class:`~qiskit_local_runtime.routines.base.Routine`."""
        return as_maps(self._learner.run(request, tools), request.pubs)


def as_layer_errors(found: tuple[LearnedLayer, ...]) -> NoiseLearnerResult:
    """IBM's first result; what the rates rest on is in its metadata."""
    errors = [LayerError(each.layer.circuit(), each.layer.qubits, PauliLindbladError.from_model(each.model)) for each in found]
    return NoiseLearnerResult(errors, {"layers": [_facts(each) for each in found]})


def as_maps(found: tuple[LearnedLayer, ...], circuits: tuple[Any, ...]) -> NoiseLearnerV3Results:
    """IBM's third result: that of each circuit's layer, in their order; circuits are those of ``results.learning_circuits``."""
    by_layer = {each.layer: each for each in found}
    made = []
    for circuit in circuits:
        layer, after = asked_by(circuit)
        learned = by_layer[layer]
        model = moved(learned.model, learned.layer, forward=True) if after else learned.model
        made.append(
            NoiseLearnerV3Result.from_generators(_sparse(model), model.rates.tolist(), learned.stds.tolist(), _facts(learned))
        )
    return NoiseLearnerV3Results(made)


def _sparse(model: PauliLindblad) -> list[QubitSparsePauliList]:
    rows = model.to_qiskit().to_sparse_list()
    return [QubitSparsePauliList.from_sparse_list([(t, q)], num_qubits=model.num_qubits) for t, q, _ in rows]


def _facts(found: LearnedLayer) -> dict[str, Any]:
    """Errors and fits as arrays under plain names; Paulis are rows of ``paulis``."""
    decays = found.decays
    paulis: PauliList = PauliLindbladError.from_model(PauliLindblad(decays.letters, decays.products)).generators
    return {
        "qubits": list(found.layer.qubits),
        "rates_std": found.stds,
        "readout_error": found.readout,
        "paulis": paulis,
        "fidelities": decays.fidelities,
        "amplitudes": decays.amplitudes,
        "pair_products": decays.products,
        "pair_products_std": decays.product_stds,
        "layer_pair_depths": decays.depths,
        "means": decays.means,
        "means_std": decays.mean_stds,
    }
