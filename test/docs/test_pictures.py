"""The documentation's pictures are made by the pages that show them, and are small."""

from __future__ import annotations

import unittest

from ddt import data, ddt

from .pages import ROOT, Page
from .pictures import FOLDER, LARGEST, pictured

_PICTURED = {page.name: names for page, names in pictured()}


@ddt
class TestPictures(unittest.TestCase):
    """``python -m test.docs.pictures`` can make them all again."""

    @data(*_PICTURED)
    def test_a_page_draws_the_pictures_that_it_shows(self, name: str) -> None:
        code = Page(ROOT / name).script()
        self.assertEqual([picture for picture in _PICTURED[name] if f'savefig("{picture}")' not in code], [])

    def test_every_picture_is_shown_and_none_is_large(self) -> None:
        found = {path.name: path.stat().st_size for path in FOLDER.iterdir()}
        self.assertEqual(set(found), {picture for names in _PICTURED.values() for picture in names})
        self.assertEqual([name for name, size in found.items() if size > LARGEST], [])

    def test_every_technique_has_a_page_with_a_picture(self) -> None:
        expected = (
            "twirling",
            "dynamical-decoupling",
            "readout-mitigation",
            "zero-noise-extrapolation",
            "noise-presets",
            "noise-learning",
        )
        self.assertEqual([page for page in expected if f"docs/{page}.md" not in _PICTURED], [])
