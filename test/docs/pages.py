"""The documentation, read: code blocks, links and headings of every page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Page:
    """A Markdown file."""

    path: Path

    @property
    def name(self) -> str:
        """Path from the root of the repository."""
        return self.path.relative_to(ROOT).as_posix()

    def blocks(self, language: str) -> tuple[str, ...]:
        """The fenced blocks in a language, from top to bottom."""
        return tuple(t.content for t in _tokens(self.path) if t.type == "fence" and t.info.strip() == language)

    def script(self) -> str:
        """The Python blocks as one script whose lines have the numbers they have on the page."""
        lines: list[str] = []
        for token in _tokens(self.path):
            if token.type == "fence" and token.info.strip() == "python":
                assert token.map is not None
                lines += [""] * (token.map[0] + 1 - len(lines)) + token.content.splitlines()
        return "\n".join(lines) + "\n"

    def links(self) -> tuple[str, ...]:
        """Where the page's links and pictures lead."""
        inline = (child for t in _tokens(self.path) if t.type == "inline" for child in t.children or ())
        found = (child.attrGet("href") or child.attrGet("src") for child in inline)
        return tuple(str(link) for link in found if link)

    def anchors(self) -> frozenset[str]:
        """The names by which headings can be linked to."""
        tokens = _tokens(self.path)
        titles = (tokens[i + 1].content for i, t in enumerate(tokens) if t.type == "heading_open")
        return frozenset(re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles)


def pages() -> tuple[Page, ...]:
    """Every page of the documentation."""
    return tuple(map(Page, sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])))


def _tokens(path: Path):  # type: ignore[no-untyped-def]
    return MarkdownIt("commonmark").enable("table").parse(path.read_text(encoding="utf-8"))
