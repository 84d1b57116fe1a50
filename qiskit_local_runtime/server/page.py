"""The description as a page that needs nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from pydantic import BaseModel

from .about import own_version
from .endpoint import Endpoint

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.05rem; margin: 1.6rem 0 .3rem; font-family: ui-monospace, monospace; }
.method { display: inline-block; min-width: 4.5rem; color: #0f62fe; } p { margin: .2rem 0; }
table { border-collapse: collapse; margin: .4rem 0; }
td { padding: .1rem .8rem .1rem 0; vertical-align: top; font-size: .9rem; }
code { font-family: ui-monospace, monospace; }
@media (prefers-color-scheme: dark) { body { background: #16181c; color: #e6e6e6; } .method, a { color: #78a9ff; } }
"""


def page(routes: Iterable[Endpoint]) -> str:
    """HTML."""
    sections = "".join(_section(each) for each in routes)
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>Qiskit Runtime on this computer</title><style>{_STYLE}</style></head><body>"
        f"<h1>Qiskit Runtime on this computer</h1><p>qiskit-local-runtime {escape(own_version())}. The same for programs: "
        f"<a href='openapi.json'>openapi.json</a>. Paths stand below <code>/api/v1</code>.</p>{sections}</body></html>"
    )


def _section(each: Endpoint) -> str:
    parts = [f"<h2><span class='method'>{each.method}</span>{escape(each.path)}</h2><p>{escape(each.summary)}.</p>"]
    for what, model in (("Query", each.query), ("Body", each.body)):
        if model is not None:
            parts.append(f"<p>{what}:</p><table>{_rows(model)}</table>")
    errors = f", or {', '.join(map(str, each.refuses))}" if each.refuses else ""
    parts.append(f"<p>Answers {each.status}{errors}.</p>")
    return "".join(parts)


def _rows(model: type[BaseModel]) -> str:
    schema = model.model_json_schema()
    needed = schema.get("required", [])
    return "".join(
        f"<tr><td><code>{escape(name)}</code>{' *' if name in needed else ''}</td><td>{escape(_kind(field))}</td>"
        f"<td>{escape(field.get('description', ''))}</td></tr>"
        for name, field in schema.get("properties", {}).items()
    )


def _kind(field: dict[str, object]) -> str:
    """A type in words."""
    options = field.get("anyOf")
    if isinstance(options, list):
        return " or ".join(_kind(each) for each in options if each.get("type") != "null")
    if "enum" in field:
        return " | ".join(map(str, field["enum"]))  # type: ignore[call-overload]
    return str(field.get("const", field.get("format", field.get("type", ""))))
