"""The pytest plugin: the fixture ``local_runtime``, and ``--local-runtime`` for a whole session.

pytest loads it for everybody who has this package installed: nothing else is imported before it is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ..runtime import LocalRuntime


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("qiskit-local-runtime")
    group.addoption(
        "--local-runtime",
        action="store_true",
        help="put qiskit_local_runtime in the place of qiskit_ibm_runtime for the whole session",
    )
    group.addoption(
        "--local-runtime-seed",
        type=int,
        default=0,
        metavar="SEED",
        help="first seed of the jobs, in the session and anew for each test that uses the fixture local_runtime (0)",
    )
    parser.addini(
        "local_runtime_backend",
        "name of the device that every QPU is, such as generic_20q; empty: the fake device of each",
        default="",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Begin the session's block, before test modules are imported."""
    if config.getoption("local_runtime"):
        from qiskit.exceptions import QiskitError

        block = _block(config)
        try:
            block.__enter__()
        except QiskitError as err:
            raise pytest.UsageError(f"--local-runtime: {getattr(err, 'message', err)}") from err
        config.add_cleanup(lambda: _end(block))


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say that it is on."""
    if not config.getoption("local_runtime"):
        return None
    return f"local runtime: {config.getini('local_runtime_backend') or 'all devices'}, seed {_seed(config)}"


@pytest.fixture
def local_runtime(request: pytest.FixtureRequest) -> Iterator[LocalRuntime]:
    """For one test, qiskit_local_runtime stands in the place of qiskit_ibm_runtime; the runtime, whose jobs are in memory."""
    with _block(request.config) as runtime:
        yield runtime


def _block(config: pytest.Config) -> AbstractContextManager[LocalRuntime]:
    from .patch import local_runtime

    return local_runtime(config.getini("local_runtime_backend") or None, seed=_seed(config))


def _seed(config: pytest.Config) -> int:
    seed: int = config.getoption("local_runtime_seed")
    return seed


def _end(block: AbstractContextManager[LocalRuntime]) -> None:
    block.__exit__(None, None, None)
