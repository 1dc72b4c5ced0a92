"""Product feeds as shops have them, of any size."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0">
<title>A shop</title>
<entry>
<id>tag:shop,1</id><g:id>mug-1</g:id><title>Mug</title><link href="https://shop.example/mug"/>
<summary>A mug</summary><g:price>1,234.50 SEK</g:price><g:availability>preorder</g:availability>
</entry>
</feed>
"""


def rss(*items: str, head: str = "") -> str:
    """Return a feed of *items*, each the inside of one, below *head*."""
    entries = "\n".join(f"<item>{item}</item>" for item in items)
    return (
        f'<?xml version="1.0"?>\n{head}<rss version="2.0" '
        f'xmlns:g="http://base.google.com/ns/1.0"><channel>\n<title>A shop</title>\n'
        f"{entries}\n</channel></rss>\n"
    )


def product(number: int, *more: str) -> str:
    """Return the inside of an item."""
    return (
        f"<g:id>p{number}</g:id><g:title>Thing {number}</g:title><g:price>15.00 EUR</g:price>"
        f"{''.join(more)}"
    )


def write_large(path: Path, *, megabytes: int) -> int:
    """Write a feed of about *megabytes* to *path*; return how many items it has."""
    text = "<g:description>" + "words about it " * 400 + "</g:description>"
    size, number = megabytes << 20, 0
    begin, end = rss("|").split("<item>|</item>")
    with path.open("w", encoding="utf-8") as file:
        file.write(begin)
        while file.tell() < size:
            file.writelines(_some(number, text))
            number += 100
        file.write(end)
    return number


def _some(first: int, text: str) -> Iterable[str]:
    return (f"<item>{product(number, text)}</item>\n" for number in range(first, first + 100))
