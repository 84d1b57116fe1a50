"""The tool runs workloads, prints them, writes them down and draws them."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path

from ...benchmarks.__main__ import main
from ...benchmarks.bench import Bench, Peer, Skipped
from ...benchmarks.record import read
from ...benchmarks.row import Row
from ...benchmarks.workloads import WORKLOADS


def adding(bench: Bench) -> Row:
    """A quick workload."""
    peers = [Peer("sum", "aer", lambda: sum(range(50)), 50), Peer("other", "qiskit", lambda: sum(range(90)))]
    return bench.race("adding", lambda: sum(range(10)), peers, goal=100.0, unit="number", units=10)


def missing(bench: Bench) -> Row:
    """Cannot run."""
    raise Skipped("nothing to run it with")


_WORKLOADS = {"adding": adding, "missing": missing}


class TestMain(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.json, self.picture = Path(folder.name) / "found.json", Path(folder.name) / "found.png"

    def _run(self, *words: str) -> tuple[int, str, str]:
        out, complaints = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(complaints):
            code = main([*words, "--quick"], _WORKLOADS)
        return code, out.getvalue(), complaints.getvalue()

    def test_a_table_of_all_workloads_is_printed(self) -> None:
        code, out, _ = self._run()
        lines = out.splitlines()
        self.assertEqual((code, len(lines)), (0, 4))
        self.assertRegex(lines[2], r"^\| adding \| .* per number \| (sum|other) .* \| ≤ 100")
        self.assertEqual(len({line.count("|") for line in lines}), 1)

    def test_a_workload_that_cannot_run_says_why(self) -> None:
        _, out, _ = self._run("missing")
        self.assertIn("not run: nothing to run it with", out)

    def test_a_name_that_there_is_not_is_answered_with_those_there_are(self) -> None:
        code, out, complaints = self._run("adding", "subtracting")
        self.assertEqual((code, out), (2, ""))
        self.assertIn("No workload is named subtracting. Expected some of adding, missing.", complaints)

    def test_only_the_peers_asked_for_run(self) -> None:
        self._run("adding", "--peer", "qiskit", "--json", str(self.json))
        self.assertEqual([rival.name for rival in read(self.json)["adding"].rivals], ["other"])

    def test_times_machine_and_versions_are_written_down(self) -> None:
        self._run("--json", str(self.json))
        found = json.loads(self.json.read_text(encoding="utf-8"))
        self.assertIn("qiskit", found["machine"]["packages"])
        self.assertGreaterEqual(found["machine"]["cores"], 1)
        self.assertTrue(found["machine"]["quick"])
        self.assertEqual(set(found["workloads"]["adding"]["ours"]), {"median", "quartiles", "samples"})
        self.assertEqual(found["skipped"], {"missing": "nothing to run it with"})

    def test_rows_read_back_are_those_that_were_written(self) -> None:
        self._run("adding", "--json", str(self.json))
        first = read(self.json)
        # nothing is run again, so that the file can only hold what was read
        self._run("missing", "--add", str(self.json), "--json", str(self.json))
        self.assertEqual(read(self.json), first)

    def test_a_picture_is_drawn(self) -> None:
        self._run("adding", "--picture", str(self.picture))
        self.assertEqual(self.picture.read_bytes()[:4], b"\x89PNG")


class TestWorkloads(unittest.TestCase):
    def test_every_workload_says_what_it_is(self) -> None:
        self.assertEqual([name for name, workload in WORKLOADS.items() if not workload.__doc__], [])
