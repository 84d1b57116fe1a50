"""Accounts of IBM's client that lead to a local server."""

from __future__ import annotations

import contextlib
import io
import json
import stat
import tempfile
import unittest
from pathlib import Path

from ddt import data, ddt

from qiskit_local_runtime.cli.ibm_accounts import SERVER
from qiskit_local_runtime.cli.main import main
from qiskit_local_runtime.server.instances import crn_of
from qiskit_local_runtime.server.settings import DOMAIN


@ddt
class TestSaveAccount(unittest.TestCase):
    """What is written, and what is not."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "folder" / "accounts.json"

    def _run(self, *words: str) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                status = main(["save-account", "--filename", str(self.path), *words])
            except SystemExit as leaving:
                status = int(leaving.code or 0)
        return status, out.getvalue(), err.getvalue()

    def _saved(self) -> dict[str, dict[str, object]]:
        found: dict[str, dict[str, object]] = json.loads(self.path.read_text())
        return found

    def test_the_server_is_the_proxy_of_a_domain_that_nobody_has(self) -> None:
        status, out, _ = self._run("--url", "http://127.0.0.1:9999/", "--token", "secret", "--instance", "mine")
        account = self._saved()["local"]
        self.assertEqual(status, 0)
        self.assertEqual(account["proxies"], {"urls": {"http": "http://127.0.0.1:9999"}})
        self.assertEqual(
            (account["url"], account["token"], account["instance"]), (f"http://{DOMAIN}", "secret", crn_of("mine"))
        )
        self.assertIn(f"export IAM_URL=http://iam.{DOMAIN}", out)
        self.assertIn("name='local'", out)

    def test_the_path_of_the_api_is_no_part_of_the_proxy(self) -> None:
        self._run("--url", "http://127.0.0.1:9999/api/v1")
        self.assertEqual(self._saved()["local"]["proxies"], {"urls": {"http": "http://127.0.0.1:9999"}})

    def test_only_the_owner_can_read_the_file(self) -> None:
        self._run()
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o600)
        self.assertEqual(self._saved()["local"]["proxies"], {"urls": {"http": SERVER}})

    def test_another_account_is_kept_and_one_of_the_name_only_replaced_when_told(self) -> None:
        self._run("--name", "work", "--token", "first")
        self._run("--name", "home")
        status, _, err = self._run("--name", "work", "--token", "second")
        self.assertEqual((status, self._saved()["work"]["token"]), (1, "first"))
        self.assertIn("--overwrite", err)
        self.assertEqual(self._run("--name", "work", "--token", "second", "--overwrite")[0], 0)
        self.assertEqual((self._saved()["work"]["token"], set(self._saved())), ("second", {"work", "home"}))

    def test_the_default_account_stays_until_told_otherwise(self) -> None:
        self._run("--name", "work", "--default")
        status, _, err = self._run("--default")
        self.assertEqual((status, set(self._saved())), (1, {"work"}))
        self.assertIn("'work'", err)
        self._run("--default", "--overwrite")
        marks = {name: account.get("is_default_account", False) for name, account in self._saved().items()}
        self.assertEqual(marks, {"work": False, "local": True})

    def test_it_says_when_the_client_may_choose_it_by_itself(self) -> None:
        self.assertNotIn("may now take", self._run("--name", "work")[1])
        self.assertIn("may now take", self._run("--name", "home")[1])

    def test_a_file_that_is_not_one_of_accounts_is_left_as_it_is(self) -> None:
        self.path.parent.mkdir()
        self.path.write_text("no json")
        status, _, err = self._run()
        self.assertEqual((status, self.path.read_text()), (1, "no json"))
        self.assertIn("cannot be read", err)

    @data("https://127.0.0.1:8788", "127.0.0.1:8788", "http://", "http://127.0.0.1:99999999", "")
    def test_what_is_no_address_of_a_server_is_refused(self, url: str) -> None:
        status, _, err = self._run("--url", url)
        self.assertEqual((status, self.path.exists()), (2, False))
        self.assertIn("expected an address such as http://127.0.0.1:8788", err)
