"""Pauli–Lindblad models as users and other libraries have them."""

from __future__ import annotations

from typing import Any

import numpy as np
from qiskit.exceptions import QiskitError
from qiskit.quantum_info import Clifford, PauliLindbladMap, PauliList

from ..errors import IBMInputValueError
from ..sweeps.lindblad import PauliLindblad
from ..sweeps.unique_layers import UniqueLayer
from .lindblad_error import PauliLindbladError, letters_of

_LEAST = -1e-12
"""Rates may be below zero by rounding only."""


def model_of(given: Any) -> PauliLindblad:
    """A model from the package's own form, Qiskit's map, or IBM's results.

    Raises:
        IBMInputValueError: it is none of these, or a rate is negative or no number.
    """
    found = _read(given)
    if (found.rates < _LEAST).any():
        raise IBMInputValueError(
            f"expected rates of at least 0, found {found.rates.min():.3g}: noise with negative rates is no physical noise. "
            "Set them to 0, or learn the layer with more shots."
        )
    return PauliLindblad(found.letters, np.maximum(found.rates, 0))


def _read(given: Any) -> PauliLindblad:
    if isinstance(given, PauliLindblad):
        return given
    if hasattr(given, "to_pauli_lindblad_map"):
        given = given.to_pauli_lindblad_map()
    if isinstance(given, PauliLindbladMap):
        return PauliLindblad.from_qiskit(given)
    if isinstance(paulis := getattr(given, "generators", None), PauliList) and hasattr(given, "rates"):
        return PauliLindblad(letters_of(paulis), np.asarray(given.rates, dtype=np.float64))
    raise IBMInputValueError(
        f"expected noise as a PauliLindbladMap or PauliLindbladError, found {type(given).__name__}. Take it from a noise "
        "learner's result."
    )


def moved(model: PauliLindblad, layer: UniqueLayer, *, forward: bool) -> PauliLindblad:
    """The noise that acts behind a layer as that before it, or the reverse (``forward``).

    Raises:
        IBMInputValueError: the layer has gates that do not carry Paulis to Paulis.
    """
    try:
        gates = Clifford(layer.circuit())
    except QiskitError as err:
        raise IBMInputValueError(
            "expected a layer of Clifford gates, through which Paulis can be carried, found others. Give the noise that acts "
            "before the layer."
        ) from err
    paulis = PauliLindbladError.from_model(model).generators
    return PauliLindblad(letters_of(paulis.evolve(gates, frame="s" if forward else "h")), model.rates)
