"""The documentation's code runs, its links lead somewhere, its commands are the ones that CI runs."""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from ddt import data, ddt

from .pages import ROOT, Page, pages

_ALL = [page.name for page in pages()]
_WITH_CODE = [page.name for page in pages() if page.blocks("python")]
_LONGEST = 300
"""Seconds a page may take on a slow machine."""


@ddt
class TestCode(unittest.TestCase):
    """Code blocks, as a reader would run them: one script a page, without a main guard."""

    @data(*_WITH_CODE)
    def test_the_code_of_a_page_runs_from_top_to_bottom(self, name: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "page.py"
            script.write_text(Page(ROOT / name).script(), encoding="utf-8")
            environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
            done = subprocess.run(
                [sys.executable, "-X", "faulthandler", script],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                timeout=_LONGEST,
            )
        self.assertEqual(done.returncode, 0, f"{name} (line numbers are the page's):\n{done.stdout}\n{done.stderr}")

    def test_the_pages_that_promise_code_have_some(self) -> None:
        self.assertLessEqual({"README.md", "docs/quickstart.md", "docs/swap-the-import.md"}, set(_WITH_CODE))


@ddt
class TestLinks(unittest.TestCase):
    """Links inside the repository."""

    @data(*_ALL)
    def test_every_link_of_a_page_leads_to_a_file_and_a_heading(self, name: str) -> None:
        page = Page(ROOT / name)
        for link in page.links():
            if "://" in link or link.startswith("mailto:"):
                continue
            file, _, anchor = link.partition("#")
            goal = (page.path.parent / file).resolve() if file else page.path
            self.assertTrue(goal.exists(), f"{name} links to {link}, which does not exist")
            if anchor:
                self.assertIn(anchor, Page(goal).anchors(), f"{name} links to {link}")

    def test_every_page_of_docs_can_be_reached_from_the_readme(self) -> None:
        linked = {link.partition("#")[0] for link in Page(ROOT / "README.md").links()}
        self.assertEqual({name for name in _ALL if name.startswith("docs/")} - linked, set())


class TestCommands(unittest.TestCase):
    """The README's two commands."""

    def test_the_readme_has_two_of_them_and_ci_runs_the_second(self) -> None:
        demo, tests = Page(ROOT / "README.md").blocks("sh")
        self.assertIn("qiskit-local-runtime demo", demo)
        self.assertIn(tests.strip(), (ROOT / ".ci" / "run").read_text(encoding="utf-8"))

    def test_every_environment_that_contributing_names_exists(self) -> None:
        tox = configparser.ConfigParser(interpolation=None)
        tox.read(ROOT / "tox.ini")
        text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
        named = text.split("tox -e ", 1)[1].split("`")[0].split(",")
        self.assertEqual([name for name in named if not tox.has_section(f"testenv:{name}")], [])


class TestArchitecture(unittest.TestCase):
    """ARCHITECTURE.md and setup.cfg say the same, about packages that exist."""

    def setUp(self) -> None:
        self.contracts = configparser.ConfigParser(interpolation=None)
        self.contracts.read(ROOT / "setup.cfg")
        layers = self.contracts["importlinter:contract:floors"]["layers"].split("\n")
        self.layers = [layer.strip() for layer in layers if layer.strip()]

    def test_the_drawn_floors_are_those_of_the_contract_that_are_built(self) -> None:
        drawn = self._built(Page(ROOT / "ARCHITECTURE.md").blocks("")[1].split("\n"))
        self.assertEqual(drawn, self._built(self.layers))

    def test_every_package_has_a_row_that_says_what_it_is(self) -> None:
        text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
        packages = [path.parent.name for path in (ROOT / "qiskit_local_runtime").glob("*/__init__.py")]
        self.assertEqual([name for name in packages if f"`{name}/`" not in text], [])

    @staticmethod
    def _built(layers: list[str]) -> list[list[str]]:
        package = ROOT / "qiskit_local_runtime"
        there = {path.stem for path in package.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
        floors = ([word.strip(" ()") for word in layer.split("|")] for layer in layers)
        built = ([word for word in floor if word in there] for floor in floors)
        return [floor for floor in built if floor]
