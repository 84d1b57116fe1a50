"""``qiskit-local-runtime serve``: IBM's clients and the REST guide's calls, answered here."""

from __future__ import annotations

import argparse
import os
import shlex
from pathlib import Path
from typing import Any

from qiskit.utils import LazyImportTester

NAME = "serve"
SUMMARY = "Serve the Qiskit Runtime REST API on this computer, for IBM's unmodified clients."
TOKEN = "QISKIT_LOCAL_RUNTIME_TOKEN"
_SERVER = LazyImportTester(["uvicorn", "starlette"], name="The server", install="pip install 'qiskit-local-runtime[server]'")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words it takes."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; any but loopback needs a token (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8788, help="port to listen on; 0: one that is free (8788)")
    parser.add_argument("--store", type=Path, help="file that keeps the jobs (the one QiskitRuntimeService() uses)")
    several: dict[str, Any] = {"action": "extend", "nargs": "+", "default": []}
    parser.add_argument("--backend", **several, metavar="NAME", help="serve these backends only, such as ibm_fez")
    parser.add_argument("--plan", choices=("open", "paid"), default="paid", help="the open plan has no sessions (paid)")
    parser.add_argument("--token", help=f"what callers must show; better given as ${TOKEN}, which no list of processes shows")
    parser.add_argument("--name", **several, metavar="HOST", help="further names by which the server is called")
    parser.add_argument("--print-env", action="store_true", help="print the environment for IBM's client, and end")


def run(args: argparse.Namespace) -> None:
    """Serve until told to stop.

    Raises:
        MissingOptionalLibraryError: the extra ``server`` is not installed.
        IBMInputValueError, IBMRuntimeError: the server cannot be started like this.
    """
    _SERVER.require_now("serve")
    from ..server.settings import ServerSettings

    settings = ServerSettings(
        host=args.host,
        port=args.port,
        token=args.token if args.token is not None else os.environ.get(TOKEN) or None,
        backends=tuple(args.backend),
        names=tuple(name.lower() for name in args.name),
    )
    if args.print_env:
        from ..errors import IBMInputValueError
        from ..server.serve import address

        if not settings.port:
            raise IBMInputValueError("--print-env needs to know the port: expected --port with another number than 0.")

        print(environment(address(settings.host, settings.port), settings.token))
        return
    try:
        _serve(args, settings)
    except KeyboardInterrupt:
        # a second Ctrl-C: what runs is left where it is, and runs again when the store is opened
        raise SystemExit(130) from None


def _serve(args: argparse.Namespace, settings: Any) -> None:
    from ..runtime.default import durable_runtime
    from ..server.serve import serve

    with durable_runtime(args.store, plan=args.plan) as runtime:

        def started(url: str) -> None:
            print(f"Qiskit Runtime on this computer: {url} (page: {url}/docs). Ctrl-C stops it; jobs are kept.")
            print("IBM's Python client uses it in a shell with:\n")
            print(environment(url, settings.token), flush=True)

        serve(runtime, settings, started)


def environment(url: str, token: str | None) -> str:
    """Shell lines that make IBM's client use a server."""
    from ..server.instances import crn_of

    return "\n".join(
        (
            f"export QISKIT_IBM_URL={url}/experimental/api/v1 IAM_URL={url}",
            f"export QISKIT_IBM_TOKEN={shlex.quote(token or 'local')} QISKIT_FUNCTIONS_EXPERIMENTAL=1",
            f"export QISKIT_IBM_INSTANCE={crn_of('local')}",
        )
    )
