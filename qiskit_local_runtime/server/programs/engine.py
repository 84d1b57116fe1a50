"""Where jobs run is not for those to choose who send them: an engine may connect to any address, and start processes."""

from __future__ import annotations

from ...errors import OptionError
from ...records.request import Request


def refuse_engine(request: Request) -> None:
    """Refuse a request that names its engine.

    Raises:
        OptionError: it does.
    """
    asked = request.settings.engine
    if asked is not None:
        raise OptionError(
            {
                "environment.engine": f"found {str(asked)[:80]!r}; the server chooses where jobs run. Leave it out, and name "
                "the engine where the server is started: QISKIT_LOCAL_RUNTIME_ENGINE=processes:4 qiskit-local-runtime serve."
            }
        )
