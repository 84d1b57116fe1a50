"""``python -m test.benchmarks [name …]``: run workloads and print a Markdown table of ratios."""

from __future__ import annotations

import sys

from .measure import Row
from .workloads import WORKLOADS


def line(row: Row) -> str:
    """One row of the table."""
    verdict = "met" if row.ratio <= row.goal else "MISSED"
    return (
        f"| {row.workload} | {_time(row.ours)} a {row.unit} | {row.peer_name} {_time(row.peer)} | "
        f"{row.ratio:.3f} | ≤ {row.goal:.2f} | {verdict} |"
    )


def _time(seconds: float) -> str:
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs")):
        if seconds * factor >= 0.95:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


def main(names: list[str]) -> None:
    """Run the workloads named, or all of them."""
    print("| workload | ours | peer | ours ÷ peer | goal | |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name in names or WORKLOADS:
        print(line(WORKLOADS[name]()), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
