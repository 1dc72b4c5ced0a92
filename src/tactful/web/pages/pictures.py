"""Pictures of products: the simulated shop draws its own, any other item gets a quiet tile."""

from __future__ import annotations

import colorsys
import hashlib
from dataclasses import asdict
from html import escape
from typing import Final

import msgspec

from tactful.demo.assortment import Item as SimulatedItem
from tactful.demo.pictures import picture
from tactful.terms import Item

_TILE: Final = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 240">
<path fill="{wall}" d="M0 0h240v240H0z"/>
<circle cx="{x}" cy="{y}" r="92" fill="{back}"/>
<text x="120" y="150" text-anchor="middle" font-family="Georgia, serif" font-size="92"
 fill="{ink}">{letter}</text></svg>
"""


def picture_of(item: Item) -> str:
    """Return the picture of *item* as an SVG document."""
    try:
        simulated = msgspec.convert(asdict(item), SimulatedItem)
        return picture(simulated)
    except (msgspec.ValidationError, KeyError, ValueError):
        return _neutral(item)


def _neutral(item: Item) -> str:
    """Return a tile coloured by category, with the first letter of the title."""
    hue = hashlib.sha256(item.category.encode()).digest()[0] / 256
    place = hashlib.sha256(item.id.encode()).digest()
    letter = next((c for c in item.title if c.isalnum()), "·")
    return _TILE.format(
        wall=_tone(hue, 0.88),
        back=_tone(hue, 0.82),
        ink=_tone(hue, 0.36),
        x=60 + place[0] % 120,
        y=60 + place[1] % 120,
        letter=escape(letter.upper()),
    )


def _tone(hue: float, lightness: float) -> str:
    channels = colorsys.hls_to_rgb(hue, lightness, 0.3)
    return "#" + "".join(f"{round(255 * c):02x}" for c in channels)
