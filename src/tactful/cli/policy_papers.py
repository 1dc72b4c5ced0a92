"""Pages that stand alone: no script, nothing loaded, everything that is not ours escaped."""

from __future__ import annotations


def paper(template: str, **shown: object) -> str:
    """Return the page that *template* makes of what is *shown*."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markdown_it import MarkdownIt

    templates = Environment(
        loader=PackageLoader("tactful.cli"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["markdown"] = MarkdownIt("commonmark", {"html": False}).render
    return templates.get_template(template).render(shown)
