"""The options page is complete and up to date."""

from __future__ import annotations

import unittest

from .options_page import PATH, page
from .options_tree import options


class TestOptionsPage(unittest.TestCase):
    """docs/options.md."""

    def test_every_option_is_described(self) -> None:
        self.assertEqual([option.path for option in options() if not option.description], [])

    def test_the_page_is_what_the_models_say(self) -> None:
        written = PATH.read_text(encoding="utf-8")
        self.assertEqual(written, page(), "run `python -m test.docs.options_page` and commit what it wrote")
