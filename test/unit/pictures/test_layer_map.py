"""The map of a layer's noise shows what it should."""

from __future__ import annotations

import unittest
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
from matplotlib.colors import Normalize, to_rgba
from matplotlib.figure import Figure
from qiskit.circuit import QuantumCircuit
from qiskit.quantum_info import PauliList

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.pictures import draw_layer_map
from qiskit_local_runtime.results import LayerError, PauliLindbladError

from ...support.backends import DescribedBackend, line_target


def _layer() -> LayerError:
    circuit = QuantumCircuit(3)
    circuit.cx(2, 0)
    error = PauliLindbladError(PauliList(["IIX", "IZI", "XIY", "ZIY", "IXX", "XXX"]), [0.1, 0.2, 0.05, 0.15, 0.0, 1.0])
    return LayerError(circuit, [4, 1, 3], error)


def _drawn(figure: Figure) -> dict[str, Any]:
    axes = figure.axes[0]
    return {each.get_gid(): each for each in (*axes.get_lines(), *axes.patches) if each.get_gid()}


def _colour(rate: float, highest: float) -> tuple[float, ...]:
    from matplotlib import colormaps

    return tuple(colormaps["viridis_r"](Normalize(0, highest)(rate)))


class TestLayerMap(unittest.TestCase):
    """Qubits are parts of rings, pairs are lines."""

    def test_colours_are_rates_on_physical_qubits(self) -> None:
        drawn = _drawn(draw_layer_map(_layer()))
        # pairs: 3-4 has 0.05 + 0.15, which is the highest; weight 3 is not on the map
        for name, rate in {"X 4": 0.1, "Z 1": 0.2}.items():
            self.assertEqual(to_rgba(drawn[name].get_facecolor()), _colour(rate, 0.2), name)
        for name, rate in {"pair (3, 4)": 0.2, "pair (1, 4)": 0.0}.items():
            self.assertEqual(to_rgba(drawn[name].get_color()), _colour(rate, 0.2), name)
        self.assertEqual(to_rgba(drawn["Y 4"].get_facecolor()), to_rgba("0.88"))
        self.assertEqual([name for name in drawn if name.startswith("gate")], ["gate (3, 4)"])

    def test_a_device_brings_its_other_qubits_in_grey(self) -> None:
        drawn = _drawn(_layer().draw_map(DescribedBackend(line_target(6)), highest_rate=0.4))
        self.assertEqual(to_rgba(drawn["Z 1"].get_facecolor()), _colour(0.2, 0.4))
        self.assertEqual(to_rgba(drawn["X 5"].get_facecolor()), to_rgba("0.88"))
        self.assertEqual(to_rgba(drawn["pair (1, 2)"].get_color()), to_rgba("0.88"))

    def test_neighbours_stand_side_by_side(self) -> None:
        device = SimpleNamespace(coupling_map=[(q, q + 1) for q in range(5)])
        drawn = _drawn(draw_layer_map(LayerError(QuantumCircuit(1), [2], PauliLindbladError(PauliList(["X"]), [0.1])), device))
        places = [np.array(drawn[f"X {q}"].center) for q in range(6)]
        for one, two in pairwise(places):
            self.assertAlmostEqual(float(np.linalg.norm(one - two)), 1.0, places=6)

    def test_places_can_be_given(self) -> None:
        drawn = _drawn(draw_layer_map(_layer(), coordinates={1: (0, 0), 3: (5, 5), 4: (1, 2)}))
        self.assertEqual(drawn["X 4"].center, (1, 2))
        with self.assertRaisesRegex(IBMInputValueError, r"none of \[3\]"):
            draw_layer_map(_layer(), coordinates={1: (0, 0), 4: (1, 2)})

    def test_no_noise_no_picture(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "error = None"):
            draw_layer_map(LayerError(QuantumCircuit(1), [0]))
