"""Noise presets as JSON, from which another process makes equal ones."""

from __future__ import annotations

import base64
import io
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import IBMRuntimeError
from ..sweeps.lindblad import PauliLindblad
from ..sweeps.unique_layers import UniqueLayer
from .preset_values import Spread, Values
from .presets import Calibration, Coherent, Crosstalk, Drift, LayerNoise, Preset

Form = dict[str, Any]
"""``{"preset": name, …}``; JSON."""


def preset_to(preset: Preset) -> Form:
    """A preset with all its numbers, every bit of them."""
    match preset:
        case Coherent():
            numbers: Form = {"angle": _numbers_to(preset.angle, 2)}
        case Crosstalk():
            numbers = {"hertz": _numbers_to(preset.hertz, 2)}
        case Drift():
            numbers = {"hertz": _numbers_to(preset.hertz, 1), "draws": preset.draws}
        case LayerNoise():
            numbers = {"models": [_model_to(layer, model) for layer, model in preset.models.items()]}
        case Calibration():
            numbers = {}
    return {"preset": preset.name, **numbers}


def preset_from(form: Form) -> Preset:
    """The preset of a form.

    Raises:
        IBMRuntimeError: it is none, or one that a later version wrote.
    """
    make = _READ.get(form.get("preset", ""))
    if make is None:
        raise IBMRuntimeError(
            f"expected the description of a noise preset ({', '.join(_READ)}), found {form.get('preset')!r}: a later version "
            "of this package wrote it, or it is damaged. Read it with the version that wrote it."
        )
    return make(form)


_READ: dict[str, Callable[[Form], Preset]] = {
    Calibration.name: lambda form: Calibration(),
    Coherent.name: lambda form: Coherent(_numbers(form["angle"])),
    Crosstalk.name: lambda form: Crosstalk(_numbers(form["hertz"])),
    Drift.name: lambda form: Drift(_numbers(form["hertz"]), form["draws"]),
    LayerNoise.name: lambda form: LayerNoise(dict(map(_model, form["models"]))),
}
"""Every kind of preset by its name."""


def _numbers_to(given: Any, width: int) -> Any:
    """A number, ``{"spread": [low, high]}`` or ``{"at": [[qubits, number], …]}``, equal for equal numbers."""
    value = Values.of("a preset", given, width, 0).value
    if isinstance(value, Spread):
        return {"spread": [float(value.low), float(value.high)]}
    if isinstance(value, float):
        return value
    return {"at": [[list(place), float(value[place])] for place in sorted(value)]}


def _numbers(form: Any) -> Any:
    if isinstance(form, float):
        return form
    if "spread" in form:
        return Spread(*form["spread"])
    return {place[0] if len(place) == 1 else tuple(place): number for place, number in form["at"]}


def _model_to(layer: UniqueLayer, model: PauliLindblad) -> Form:
    gates = [[name, [float(angle) for angle in angles], [*map(int, qubits)]] for name, angles, qubits in layer.gates]
    qubits = [*map(int, layer.qubits)]
    return {"gates": gates, "qubits": qubits, "letters": _array_to(model.letters), "rates": _array_to(model.rates)}


def _model(form: Form) -> tuple[UniqueLayer, PauliLindblad]:
    gates = tuple((name, tuple(angles), tuple(qubits)) for name, angles, qubits in form["gates"])
    model = PauliLindblad(_array(form["letters"]), _array(form["rates"]))
    return UniqueLayer(gates, tuple(form["qubits"])), model


def _array_to(array: NDArray[Any]) -> str:
    file = io.BytesIO()
    np.lib.format.write_array(file, array, allow_pickle=False)
    return base64.standard_b64encode(zlib.compress(file.getbuffer(), 1)).decode("ascii")


def _array(text: str) -> NDArray[Any]:
    found: NDArray[Any] = np.load(io.BytesIO(zlib.decompress(base64.standard_b64decode(text))), allow_pickle=False)
    return found
