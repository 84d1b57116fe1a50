"""``python -m qiskit_local_runtime.cli`` is the command ``qiskit-local-runtime``."""

from __future__ import annotations

import sys

from .main import main

sys.exit(main())
