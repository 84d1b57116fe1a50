"""IBM's client reads the accounts that we save for it."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from qiskit_ibm_runtime.accounts import AccountManager

from qiskit_local_runtime.cli.ibm_accounts import account_of
from qiskit_local_runtime.cli.main import main
from qiskit_local_runtime.server.instances import crn_of
from qiskit_local_runtime.server.settings import DOMAIN


class TestAccounts(unittest.TestCase):
    """Its own words for what we wrote."""

    def test_the_client_finds_the_account_and_its_proxy(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "qiskit-ibm.json")
            main(["save-account", "--filename", path, "--url", "http://127.0.0.1:7000", "--token", "secret", "--name", "mine"])
            account = AccountManager.get(filename=path, name="mine").validate()
            self.assertEqual(account.proxies.to_request_params(), {"proxies": {"http": "http://127.0.0.1:7000"}})
            self.assertEqual((account.token, account.url, account.instance), ("secret", f"http://{DOMAIN}", crn_of("local")))
            saved = account.to_saved_format()
        self.assertEqual(saved, account_of("http://127.0.0.1:7000", "secret", "local"), "and would save the same")
