"""The table and the Gantt chart."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from ddt import data, ddt, unpack

from qiskit_local_runtime.whatif import OtherLoad, Step, chain, compare_modes
from qiskit_local_runtime.whatif.table import duration

FIVE = [Step(quantum_seconds=4, before_seconds=6)] * 5


@ddt
class TestTable(unittest.TestCase):
    """What ``print`` shows."""

    def test_a_comparison_prints_a_line_for_each_mode_below_one_another(self) -> None:
        lines = str(compare_modes(FIVE, "fake_fez")).splitlines()
        self.assertEqual(lines[0], "5 jobs on fake_fez")
        self.assertEqual([line.split()[0] for line in lines[3:]], ["job", "batch", "session"])
        self.assertEqual(len({len(line) for line in lines[1:]}), 1)
        self.assertIn("50.0 s", lines[3])
        self.assertTrue(lines[3].endswith("5 of 5"))

    def test_a_backend_may_be_an_object_with_a_name(self) -> None:
        class Named:
            name = "mine"

        self.assertTrue(str(compare_modes(FIVE[:1], Named())).startswith("1 job on mine\n"))
        self.assertTrue(str(compare_modes(FIVE[:1])).startswith("1 job\n"))

    @data(
        (0.0, "0.0 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 00 s"),
        (185.4, "3 min 05 s"),
        (3599.4, "59 min 59 s"),
        (3599.6, "1 h 00 min"),
        (28800.0, "8 h 00 min"),
        (90_000.0, "25 h 00 min"),
    )
    @unpack
    def test_lengths_of_time_are_written_for_people(self, seconds: float, text: str) -> None:
        self.assertEqual(duration(seconds), text)


class TestGantt(unittest.TestCase):
    """The picture has what it should; whether it is pretty, people judge."""

    def test_there_is_a_panel_for_each_mode_with_its_lanes(self) -> None:
        figure = compare_modes(FIVE, "fake_fez").plot()
        titles = [axes.get_title(loc="left") for axes in figure.axes]
        self.assertEqual([title.split(":")[0] for title in titles], ["job", "batch", "session"])
        rows = [[label.get_text() for label in axes.get_yticklabels()] for axes in figure.axes]
        self.assertEqual(rows[0], ["queue", "lane 1", "QPU"])
        self.assertEqual(rows[1], ["queue", "lane 1", "lane 2", "lane 3", "lane 4", "lane 5", "QPU"])

    def test_others_are_in_the_legend_only_if_there_are_any(self) -> None:
        def labels(load: OtherLoad | None) -> str:
            legend = compare_modes(FIVE, other_load=load).plot().legends[0]
            return " ".join(text.get_text() for text in legend.get_texts())

        self.assertNotIn("others", labels(None))
        self.assertIn("others", labels(OtherLoad(jobs_per_hour=200, quantum_seconds=10)))

    def test_jobs_that_failed_are_told_in_the_title(self) -> None:
        steps = chain([Step(quantum_seconds=4, think_seconds=4)] * 3)
        figure = compare_modes(steps, modes=["session"], max_time=6).plot()
        self.assertIn("1 of 3 jobs done", figure.axes[0].get_title(loc="left"))

    def test_a_workload_that_takes_no_time_can_be_drawn(self) -> None:
        compare_modes([Step(quantum_seconds=0)]).plot()

    def test_the_picture_is_written_where_it_is_asked_for(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "modes.png"
            compare_modes(FIVE).plot(path)
            self.assertEqual(path.read_bytes()[:4], b"\x89PNG")
