"""What users give as layer noise, in any of its forms, as models by layer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from qiskit.circuit import QuantumCircuit

from ..errors import IBMInputValueError, OptionError
from ..sweeps.lindblad import PauliLindblad
from ..sweeps.unique_layers import UniqueLayer
from .layer_boxes import layer_of, noise_comes_after
from .models import model_of, moved

_FORMS = "a NoiseLearnerResult, a list of LayerErrors, a list of pairs (layer, PauliLindbladMap) or a dictionary of such"


def kept(value: Any) -> Any:
    """The same, to be read more than once: what can be read only once, such as ``zip(layers, maps)``, becomes a list."""
    return list(value) if isinstance(value, Iterator) else value


def given_models(value: Any, option: str) -> dict[UniqueLayer, PauliLindblad]:
    """Models by layer, of the noise before it, on its qubits in their order.

    Args:
        value: a noise learner's result or layers of it, IBM's or ours; pairs of a layer and its noise; or a dictionary of
            such. Noise of unknown layers (``error`` is ``None``) is left out. Qubits of a map that comes with an instruction
            are the instruction's physical ones in ascending order.
        option: its name, for messages.

    Raises:
        OptionError: it is nothing of this, empty, a model is on other qubits than its layer or has negative rates, or a layer
            comes twice.
    """
    found: dict[UniqueLayer, PauliLindblad] = {}
    for number, (layer, noise) in enumerate(_pairs(value, option)):
        if noise is None:
            continue
        try:
            key, model = _pair(layer, noise)
            if key in found:
                raise IBMInputValueError("expected each layer once, found one that came before. Give one model of it.")
        except IBMInputValueError as err:
            raise OptionError({option: f"layer {number}: {err}"}) from err
        found[key] = model
    if not found:
        raise OptionError(
            {
                option: f"expected noise of at least one layer, found none. Give {_FORMS}; of what can be read once, make a "
                "list: list(zip(layers, maps))."
            }
        )
    return found


def _pairs(value: Any, option: str) -> list[tuple[Any, Any]]:
    if hasattr(value, "to_pauli_lindblad_maps"):
        raise OptionError(
            {
                option: f"expected layers with their noise, found {type(value).__name__}, which does not say the layers. Give "
                "list(zip(layers, result.to_pauli_lindblad_maps())) with the layers that were learned."
            }
        )
    if isinstance(value, Mapping):
        return list(value.items())
    if _is_alone(value):
        value = [value]
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise OptionError({option: f"found {type(value).__name__}; expected {_FORMS}."})
    return [_split(each, number, option) for number, each in enumerate(value)]


def _split(each: Any, number: int, option: str) -> tuple[Any, Any]:
    if hasattr(each, "circuit") and hasattr(each, "qubits") and hasattr(each, "error"):
        return each, each.error
    if hasattr(each, "layer") and hasattr(each, "model"):
        return each.layer, each.model
    if isinstance(each, (tuple, list)) and len(each) == 2:
        return each[0], each[1]
    raise OptionError({option: f"layer {number}: found {type(each).__name__}; expected {_FORMS}."})


def _is_alone(value: Any) -> bool:
    pairs = (("circuit", "error"), ("layer", "model"))
    return any(all(hasattr(value, name) for name in names) for names in pairs)


def _pair(given: Any, noise: Any) -> tuple[UniqueLayer, PauliLindblad]:
    model = model_of(noise)
    layer = layer_of(given, model.num_qubits)
    if model.num_qubits != len(layer.qubits):
        raise IBMInputValueError(
            f"expected noise on the {len(layer.qubits)} qubits {list(layer.qubits)} of the layer, found a model of "
            f"{model.num_qubits}. Give each layer the noise that was learned of it."
        )
    if isinstance(getattr(given, "circuit", None), QuantumCircuit):  # its qubits come in any order
        model = PauliLindblad(model.letters[:, np.argsort(given.qubits)], model.rates)
    if noise_comes_after(given):
        model = moved(model, layer, forward=False)
    return layer, model
