"""Who may call: tokens, and what they are exchanged for."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Any

HOUR = 3600


class Tokens:
    """Issues and checks access tokens.

    Where no token is asked for, any will do. Else a caller shows the token itself (``apikey``), or what it was exchanged for
    (``Bearer``): a JSON Web Token (RFC 7519, HS256) that only this server can have signed. A restart with the same token keeps
    them valid.

    Args:
        token: what callers must show; ``None``: nothing.
    """

    def __init__(self, token: str | None) -> None:
        self._token = token
        self._key = secrets.token_bytes(32) if token is None else hashlib.sha256(b"access " + token.encode()).digest()

    def exchange(self, apikey: str) -> str | None:
        """An access token for an API key; ``None``: the key is wrong."""
        return self._signed(int(time.time())) if self.is_key(apikey) else None

    def is_key(self, apikey: str) -> bool:
        """Whether it is the token, compared in a time that tells nothing."""
        return self._token is None or hmac.compare_digest(apikey.encode(), self._token.encode())

    def allows(self, authorization: str | None) -> bool:
        """Whether a header ``Authorization`` lets its caller in."""
        if self._token is None:
            return True
        scheme, _, credentials = (authorization or "").partition(" ")
        if scheme.lower() == "apikey":
            return self.is_key(credentials)
        return scheme.lower() == "bearer" and (self._is_valid(credentials) or self.is_key(credentials))

    def _signed(self, now: int) -> str:
        claims = {"iat": now, "exp": now + HOUR, "iam_id": "IBMid-local", "sub": "local", "account": {"bss": "local"}}
        body = f"{_text({'alg': 'HS256', 'typ': 'JWT'})}.{_text(claims)}"
        return f"{body}.{self._signature(body)}"

    def _signature(self, body: str) -> str:
        return _base64(hmac.digest(self._key, body.encode(), "sha256"))

    def _is_valid(self, text: str) -> bool:
        body, _, signature = text.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(body).encode()):
            return False
        # it is one of ours, so that it can be read
        claims = json.loads(base64.urlsafe_b64decode(body.split(".")[1] + "=="))
        return bool(claims["exp"] > time.time())


def _text(value: dict[str, Any]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
