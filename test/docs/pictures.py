"""``python -m test.docs.pictures [page …]`` makes the documentation's pictures again: it runs the pages that draw them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .pages import ROOT, Page, pages

FOLDER = ROOT / "docs" / "images"
LARGEST = 80_000
"""Bytes of a picture, so that the repository stays small."""


def pictured() -> Iterator[tuple[Page, tuple[str, ...]]]:
    """Pages with pictures, and the names of these."""
    for page in pages():
        names = tuple(dict.fromkeys(Path(link).name for link in page.links() if link.startswith("images/")))
        if names:
            yield page, names


def main(wanted: list[str]) -> None:
    """Run pages and keep the pictures that they show.

    Args:
        wanted: names of pages without their ending; empty: all.
    """
    FOLDER.mkdir(exist_ok=True)
    for page, names in pictured():
        if wanted and page.path.stem not in wanted:
            continue
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "page.py"
            script.write_text(page.script(), encoding="utf-8")
            environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
            subprocess.run([sys.executable, script], cwd=folder, env=environment, check=True)
            for name in names:
                shutil.copyfile(Path(folder) / name, FOLDER / name)
                print(page.name, name, (FOLDER / name).stat().st_size, "bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
