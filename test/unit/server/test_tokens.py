"""Who may call."""

from __future__ import annotations

import base64
import json
import unittest

from qiskit_local_runtime.server.tokens import Tokens


class TestTokens(unittest.TestCase):
    """``Tokens``."""

    def test_without_a_token_anything_is_let_in(self) -> None:
        tokens = Tokens(None)
        for said in (None, "", "apikey x", "Bearer y"):
            self.assertTrue(tokens.allows(said))

    def test_the_token_itself_is_let_in_and_others_are_not(self) -> None:
        tokens = Tokens("secret")
        self.assertTrue(tokens.allows("apikey secret"))
        self.assertTrue(tokens.allows("Bearer secret"))
        for said in (
            None,
            "",
            "secret",
            "apikey",
            "apikey Secret",
            "apikey sécret",
            "Basic secret",
            "Bearer ..",
            "Bearer a.b.c",
        ):
            self.assertFalse(tokens.allows(said), said)

    def test_an_exchanged_token_can_be_read_by_clients_and_is_let_in(self) -> None:
        issued = Tokens("secret").exchange("secret")
        assert issued is not None
        claims = json.loads(base64.urlsafe_b64decode(issued.split(".")[1] + "=="))
        self.assertEqual(claims["exp"] - claims["iat"], 3600)
        # by a server that was started again, too
        self.assertTrue(Tokens("secret").allows(f"Bearer {issued}"))
        self.assertFalse(Tokens("other").allows(f"Bearer {issued}"))

    def test_a_wrong_key_is_not_exchanged(self) -> None:
        self.assertIsNone(Tokens("secret").exchange("Secret"))

    def test_a_token_that_was_changed_is_not_let_in(self) -> None:
        tokens = Tokens("secret")
        head, body, signature = (tokens.exchange("secret") or "").split(".")
        claims = json.loads(base64.urlsafe_b64decode(body + "=="))
        later = base64.urlsafe_b64encode(json.dumps(claims | {"exp": claims["exp"] + 1}).encode()).rstrip(b"=").decode()
        self.assertFalse(tokens.allows(f"Bearer {head}.{later}.{signature}"))

    def test_an_expired_token_is_not_let_in(self) -> None:
        tokens = Tokens("secret")
        self.assertFalse(tokens.allows(f"Bearer {tokens._signed(1)}"))


if __name__ == "__main__":
    unittest.main()
