"""The server: what HTTP costs beside the job itself, and how many polls one core answers."""

from __future__ import annotations

import http.client
import json
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

from qiskit import qasm3
from qiskit_aer import AerSimulator

from qiskit_local_runtime import LocalRuntime, SamplerV2
from qiskit_local_runtime.testing import LocalServer

from .bench import Bench
from .folder import folder
from .measure import Timing
from .row import Row
