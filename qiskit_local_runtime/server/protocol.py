"""HTTP as uvicorn speaks it, with heads of bounded size."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD = 1 << 20
"""Bytes of a request's first line and headers; the parser itself knows no limit."""


class BoundedProtocol(HttpToolsProtocol):
    """Refuses a request whose head does not end."""

    _read = 0
    _in_head = True

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        if self._in_head:
            self._read += len(data)
            if self._read > MOST_HEAD:
                self.send_400_response(f"The headers must have at most {MOST_HEAD} bytes.")
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        """A request begins."""
        self._read, self._in_head = 0, True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its head has ended."""
        self._in_head = False
        super().on_headers_complete()
