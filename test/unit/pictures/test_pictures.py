"""The pictures have what they should; whether they are pretty, people judge."""

from __future__ import annotations

import subprocess
import sys
import unittest
from typing import Any, ClassVar

import numpy as np
from ddt import data, ddt
from matplotlib.figure import Figure
from numpy.testing import assert_allclose
from qiskit import QuantumCircuit
from qiskit.primitives import PubResult
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error

from qiskit_local_runtime import EstimatorV2
from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.pictures import draw_comparison, draw_scan, draw_zne


def bell(options: dict[str, Any]) -> PubResult:
    """ZZ and XX of a Bell state with depolarized CX, by two circuits: shape ``(2,)``."""
    noise = NoiseModel()
    noise.add_all_qubit_quantum_error(depolarizing_error(0.05, 2), ["cx"])
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    base = {"resilience_level": 0, "default_shots": 512, "simulator": {"seed_simulator": 5}}
    estimator = EstimatorV2(mode=AerSimulator(noise_model=noise), options={**base, **options})
    return estimator.run([(circuit, [SparsePauliOp("ZZ"), SparsePauliOp("XX")])]).result()[0]


def curves(figure: Figure) -> dict[str, Any]:
    """Lines by the names in the legend."""
    return {line.get_label(): line for line in figure.axes[0].get_lines()}


def legend(figure: Figure) -> list[str]:
    """What the legend says."""
    found = figure.axes[0].get_legend()
    assert found is not None
    return [text.get_text() for text in found.get_texts()]


def centres(figure: Figure) -> list[tuple[float, float]]:
    """The points that error bars stand on."""
    return [tuple(np.asarray(c.lines[0].get_xydata())[0]) for c in figure.axes[0].containers]  # type: ignore[attr-defined]


class TestComparison(unittest.TestCase):
    """A row for each way."""

    def test_rows_stand_in_the_order_given_at_their_values(self) -> None:
        figure = draw_comparison({"raw": (0.5, 0.1), "better": (0.8, 0.0)}, 1.0, title="Title")
        axes = figure.axes[0]
        self.assertEqual([label.get_text() for label in axes.get_yticklabels()], ["raw", "better"])
        self.assertGreater(axes.get_ylim()[0], axes.get_ylim()[1])
        self.assertEqual(centres(figure), [(0.5, 0.0), (0.8, 1.0)])
        self.assertEqual([text.get_text() for text in axes.texts], ["0.500 ± 0.100", "0.800"])
        self.assertEqual((legend(figure), axes.get_title(loc="left")), (["exact: 1"], "Title"))

    def test_results_are_read_at_an_index(self) -> None:
        result = bell({})
        for index in ((0,), (1,)):
            figure = draw_comparison({"raw": result}, index=index)
            self.assertEqual(centres(figure), [(float(result.data.evs[index]), 0.0)])
        self.assertIsNone(figure.axes[0].get_legend())

    def test_a_result_of_several_values_needs_an_index(self) -> None:
        for index in ((), (2,), (0, 0)):
            with self.assertRaisesRegex(IBMInputValueError, r"raw: expected an index .* shape \(2,\), found .*Give 1 whole"):
                draw_comparison({"raw": bell({})}, index=index)

    def test_what_is_no_value_is_refused_by_name(self) -> None:
        for wrong in (0.5, "x", (1, 2, 3), None):
            with self.assertRaisesRegex(IBMInputValueError, "odd: expected the result of an estimator's PUB or a pair"):
                draw_comparison({"odd": wrong})


class TestScan(unittest.TestCase):
    """A curve for each way."""

    def test_curves_are_results_pairs_or_plain_values(self) -> None:
        result = bell({})
        values = {"result": result, "pair": ([1, 2], [0.1, 0.2]), "plain": np.array([3, 4]), "list": [5, 6]}
        figure = draw_scan([10, 20], values, [0.5, 0.6], xlabel="depth")
        drawn = [np.asarray(c.lines[0].get_xydata())[:, 1] for c in figure.axes[0].containers]  # type: ignore[attr-defined]
        assert_allclose(drawn, [result.data.evs, [1, 2], [3, 4], [5, 6]])
        assert_allclose(curves(figure)["exact"].get_ydata(), [0.5, 0.6])
        self.assertEqual(sorted(legend(figure)), sorted(["exact", *values]))
        self.assertEqual(figure.axes[0].get_xlabel(), "depth")

    def test_one_exact_value_is_drawn_everywhere(self) -> None:
        assert_allclose(curves(draw_scan([1, 2, 3], {}, 0.25))["exact"].get_ydata(), [0.25] * 3)

    def test_more_or_fewer_values_than_places_are_refused(self) -> None:
        for wrong in ([1.0], ([1.0, 2.0], [0.1]), np.ones((2, 2)), bell({})):
            with self.assertRaisesRegex(
                IBMInputValueError, "odd: expected .* numbers, one for each x, found an array of shape"
            ):
                draw_scan([1, 2, 3] if isinstance(wrong, PubResult) else [1, 2], {"odd": wrong})


@ddt
class TestZne(unittest.TestCase):
    """Measured values, curves, and the value chosen."""

    result: ClassVar[PubResult]

    @classmethod
    def setUpClass(cls) -> None:
        zne = {"noise_factors": [1, 3, 5], "extrapolator": ["linear", "exponential"], "extrapolated_noise_factors": [5, 0, 2]}
        cls.result = bell({"resilience": {"zne_mitigation": True, "zne": zne}})

    @data(0, 1)
    def test_everything_in_the_result_is_drawn(self, element: int) -> None:
        found = self.result.data
        figure = draw_zne(self.result, (element,), exact=1.0)
        measured, chosen = figure.axes[0].containers
        points = np.transpose([[1, 3, 5], found.evs_noise_factors[element]])
        assert_allclose(measured.lines[0].get_xydata(), points)  # type: ignore[attr-defined]
        assert_allclose(chosen.lines[0].get_xydata(), [[0, found.evs[element]]])  # type: ignore[attr-defined]
        for place, name in enumerate(("linear", "exponential")):
            assert_allclose(curves(figure)[name].get_xdata(), [0, 2, 5])
            assert_allclose(curves(figure)[name].get_ydata(), found.evs_extrapolated[element, place][[1, 2, 0]])
        words = f"linear: {found.evs[element]:.3f} ± {found.stds[element]:.3f}"
        self.assertEqual(set(legend(figure)), {"exact: 1", "linear", "exponential", "measured", words})

    def test_the_chosen_value_has_the_colour_of_its_curve(self) -> None:
        figure = draw_zne(self.result, (0,))
        star = figure.axes[0].containers[1].lines[0]  # type: ignore[attr-defined]
        self.assertEqual(star.get_color(), curves(figure)["linear"].get_color())

    def test_pictures_share_a_figure(self) -> None:
        figure = Figure()
        for place, axes in enumerate(figure.subplots(1, 2)):
            self.assertIs(draw_zne(self.result, (place,), axes=axes), figure)
        self.assertEqual([len(axes.containers) for axes in figure.axes], [2, 2])

    def test_a_result_that_was_not_extrapolated_is_refused(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "expected a result with zne_mitigation on, found one with evs, stds"):
            draw_zne(bell({}))

    @data((), (2,), (0, 0))
    def test_an_index_that_leads_nowhere_is_refused(self, index: tuple[int, ...]) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "draw_zne: expected an index"):
            draw_zne(self.result, index)


class TestImport(unittest.TestCase):
    """Matplotlib is an extra."""

    def test_matplotlib_is_loaded_with_the_first_picture_only(self) -> None:
        code = "import sys, qiskit_local_runtime.pictures; sys.exit('matplotlib' in sys.modules)"
        self.assertEqual(subprocess.run([sys.executable, "-c", code], check=False).returncode, 0)

    def test_without_it_a_picture_is_refused_and_says_what_to_install(self) -> None:
        code = (
            "import sys; sys.modules['matplotlib'] = None\n"
            "from qiskit_local_runtime.pictures import draw_comparison\n"
            "draw_comparison({'raw': (1.0, 0.1)})"
        )
        done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
        self.assertIn("MissingOptionalLibraryError", done.stderr)
        self.assertIn("qiskit-local-runtime[plot]", done.stderr)
