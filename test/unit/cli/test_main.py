"""The command line refuses what it cannot do, and says what to do."""

from __future__ import annotations

import contextlib
import io
import tempfile
import unittest

from ddt import data, ddt, unpack

from qiskit_local_runtime.cli.main import COMMANDS, main


def _run(*words: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main(words)
        except SystemExit as leaving:
            status = int(leaving.code or 0)
    return status, out.getvalue(), err.getvalue()


@ddt
class TestMain(unittest.TestCase):
    """Words in, status out."""

    @data(
        ((), "required: COMMAND"),
        (("dmo",), "invalid choice"),
        (("demo", "--out", "demo.txt"), "expected a file name ending in .png, .pdf or .svg, found 'demo.txt'"),
        (("demo", "--out", "no/such/folder/demo.png"), "make it first"),
        (("demo", "--seed", "-1"), "expected a whole number of at least 0, found '-1'"),
        (("demo", "--seed", "one"), "found 'one'"),
    )
    @unpack
    def test_a_wrong_command_line_has_status_2_and_says_why(self, words: tuple[str, ...], message: str) -> None:
        status, out, err = _run(*words)
        self.assertEqual((status, out), (2, ""))
        self.assertIn(message, err)

    @data(
        (("serve", "--print-env", "--port", "0"), "--port"),
        (("serve", "--backend", "ibm_nowhere", "--port", "0"), "No local backend is named 'ibm_nowhere'."),
        (("serve", "--host", "0.0.0.0"), "expected a token"),
        (("serve", "--port", "99999"), "from 0 to 65535"),
    )
    @unpack
    def test_what_cannot_be_done_has_status_1_and_is_said_without_quotation_marks(
        self, words: tuple[str, ...], message: str
    ) -> None:
        with tempfile.TemporaryDirectory() as folder:
            status, out, err = _run(*words, "--store", f"{folder}/jobs.sqlite")
        self.assertEqual((status, out), (1, ""))
        self.assertIn(message, err)
        self.assertNotIn('"', err)

    def test_help_lists_every_command_with_its_summary(self) -> None:
        status, out, _ = _run("--help")
        self.assertEqual(status, 0)
        for command in COMMANDS:
            self.assertIn(command.NAME, out)
            self.assertIn(command.SUMMARY, " ".join(out.split()))
