"""
Pictures for the simulated shop: one small SVG per item, drawn from flat shapes.

Presentation attributes only, so that they pass a Content-Security-Policy without inline styles;
no text, no script, no outside reference.
"""

from __future__ import annotations

import colorsys
from string import Template

from tactful.demo.assortment import Item
from tactful.demo.departments import COLLECTIONS, DEPARTMENTS
from tactful.demo.drawings import DRAWINGS

_CANVAS = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 240">
<path fill="$wall" d="M0 0h240v184H0z"/>
{backdrop}
<path fill="$floor" d="M0 184h240v56H0z"/>
{drawing}</svg>
"""

_BACKDROPS = (
    '<circle cx="120" cy="112" r="84" fill="$back"/>',
    '<path fill="$back" d="M44 184v-76a76 76 0 0 1 152 0v76z"/>',
    '<path fill="$back" d="M0 184c40-64 92-72 136-36 30-28 72-30 104-4v40z"/>',
    '<path fill="$back" d="M36 24h168v160H36z"/>',
)

_FLAME = (
    '<path fill="#f2b33d" d="M0 0c13 15 12 31 0 33-12-2-13-18 0-33z"/>'
    '<path fill="#fbe3a1" d="M0 16c6 8 6 15 0 16-6-1-6-8 0-16z"/>'
)

_ACCENTS = (
    "#2f5d7c",
    "#7a9a3f",
    "#d98c2b",
    "#9c4a33",
    "#7d93b0",
    "#a65d7b",
    "#c9504f",
    "#b89a6a",
)
_HUES = {department.name: department.hue for department in DEPARTMENTS}


def picture(item: Item) -> str:
    """Return the picture of *item* as a well-formed SVG document of about 1 kB."""
    colour, hue = item.attributes["colour"], _HUES[item.category]
    collection = COLLECTIONS.index(item.attributes["collection"])
    tones = {
        "main": colour,
        "dark": _mixed(colour, "#1d1b24", 0.2),
        "light": _mixed(colour, "#ffffff", 0.35),
        "accent": _ACCENTS[collection],
        "wall": _tone(hue, 0.88),
        "back": _tone(hue, 0.82),
        "floor": _tone(hue, 0.75),
        "shade": _tone(hue, 0.62),
    }
    tones["shadow"] = f'<ellipse cx="120" cy="202" rx="66" ry="9" fill="{tones["shade"]}"/>'
    scene = _CANVAS.format(
        backdrop=_BACKDROPS[collection % len(_BACKDROPS)],
        drawing=DRAWINGS[item.attributes["kind"]].lstrip(),
    )
    return Template(scene).substitute(tones, flame=_FLAME)


def _tone(hue: int, lightness: float) -> str:
    """Return the background colour of *hue* (degrees) at *lightness* (0 to 1)."""
    channels = colorsys.hls_to_rgb(hue / 360, lightness, 0.38)
    return "#" + "".join(f"{round(255 * c):02x}" for c in channels)


def _mixed(colour: str, other: str, share: float) -> str:
    """Return *colour* with *share* of *other* in it, both as `#rrggbb`."""
    pairs = ((int(colour[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)
