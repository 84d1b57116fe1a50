"""Which noise model belongs to which layer of a circuit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..errors import IBMInputValueError
from ..sweeps.lindblad import PauliLindblad
from ..sweeps.unique_layers import UniqueLayer

_NAMED = 4
"""Gates that a message names of a layer."""


def models_of(
    layers: Sequence[UniqueLayer], models: Mapping[UniqueLayer, PauliLindblad], *, allow_absent: bool = False
) -> tuple[PauliLindblad | None, ...]:
    """The model of each layer of a circuit.

    Args:
        layers: the circuit's twirled layers in turn, on physical qubits.
        models: by layer.
        allow_absent: whether layers may be without a model, as where fewer were learned than there are.

    Returns:
        ``None`` for layers without a model.

    Raises:
        IBMInputValueError: a layer has no model, or none has one.
    """
    found = tuple(models.get(layer) for layer in layers)
    absent = dict.fromkeys(layer for layer, model in zip(layers, found, strict=True) if model is None)
    if absent and (not allow_absent or len(absent) == len(set(layers))):
        first = next(iter(absent))
        raise IBMInputValueError(
            f"{len(absent)} of the circuit's {len(set(layers))} different layers have no noise model, the first being "
            f"{_named(first)}. {_advice(first, models)}"
        )
    return found


def _advice(layer: UniqueLayer, models: Mapping[UniqueLayer, PauliLindblad]) -> str:
    for other in models:
        if other.gates == layer.gates:
            return (
                f"There is a model of the same gates twirled on qubits {list(other.qubits)}: learn it with the "
                "twirling.strategy that the circuit is run with."
            )
    if not models:
        return "No models were given: learn them (NoiseLearner), or leave resilience.layer_noise_model unset."
    known = "; ".join(_named(other) for other in list(models)[:2])
    return (
        f"There are models of {len(models)} other layers ({known}{'; …' if len(models) > 2 else ''}): learn them from the "
        "circuit as it is run, transpiled with the same layout, or leave resilience.layer_noise_model unset."
    )


def _named(layer: UniqueLayer) -> str:
    gates = [f"{name}{list(where)}" for name, _, where in layer.gates]
    more = f" and {len(gates) - _NAMED} more gates" if len(gates) > _NAMED else ""
    return f"{', '.join(gates[:_NAMED])}{more} on qubits {list(layer.qubits)}"
