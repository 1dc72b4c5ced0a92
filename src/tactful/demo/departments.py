"""
The words of the simulated shop: what it sells, made of what, in which colours, by whom.

Data only.  Every name is invented; any likeness to a real brand is an accident.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """A colour or a scent as the title says it, and the colour it is drawn in."""

    name: str
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One kind of item, with its price range in minor units; `finishes` if it has its own."""

    name: str
    low: int
    high: int
    finishes: tuple[Finish, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """
    One category of the catalogue.

    `hue` is the background of its pictures, in degrees.  `used_up` marks what households buy
    again and again; `goes_with` names the departments its companions come from.
    """

    name: str
    hue: int
    things: tuple[Thing, ...]
    materials: tuple[str, ...]
    finishes: tuple[Finish, ...]
    brands: tuple[str, ...]
    goes_with: tuple[str, ...]
    used_up: bool = False


COLLECTIONS = ("Harbour", "Meadow", "Lantern", "Terra", "Nordlys", "Atelier", "Orchard", "Dune")
"""Lines that run through all departments: what belongs to one looks well together."""


def _finishes(**colours: str) -> tuple[Finish, ...]:
    return tuple(
        Finish(name=name.replace("_", " "), colour=f"#{colour}") for name, colour in colours.items()
    )


def _thing(name: str, low: int, high: int, finishes: tuple[Finish, ...] = ()) -> Thing:
    return Thing(name=name, low=low, high=high, finishes=finishes)


_COLOURS = _finishes(
    oat="e6d8bd",
    sage="9db08b",
    rust="b5583a",
    ink="33415c",
    mustard="d9a441",
    clay="c58468",
    forest="3f6350",
    plum="7d4b66",
    sky="8fb4cf",
    blush="e3aea4",
    charcoal="4b4a4f",
    ivory="f6efe1",
)

_SCENTS = _finishes(
    fig_leaf="8aa678",
    cedar="a9744f",
    sea_salt="9fc1cc",
    lavender="a99ac9",
    orange_blossom="eda35c",
    wild_rose="dd9098",
    vanilla="efdcae",
    juniper="587a70",
)

_BLENDS = _finishes(
    jasmine="b9c68a",
    lemon_verbena="dccb5b",
    bergamot="54658f",
    chai="b06a3b",
    peppermint="7fb7a0",
    rooibos="a8492f",
    elderflower="e8dfae",
    hibiscus="b8476b",
)

_ROASTS = _finishes(
    light_roast="b98a5e",
    medium_roast="93643f",
    dark_roast="5c3f31",
    espresso="473630",
    hazelnut="a67c55",
    cacao="7a4a3a",
)

DEPARTMENTS = (
    Department(
        name="Candles",
        hue=38,
        things=(
            _thing("scented candle", 1290, 3490),
            _thing("pillar candle", 690, 1890),
            _thing("taper candles", 590, 1490),
        ),
        materials=("beeswax", "soy wax", "rapeseed wax", "hand-poured"),
        finishes=_SCENTS,
        brands=("Wick & Wren", "Oda Lind", "Petit Matin"),
        goes_with=("Lamps", "Bath", "Cushions & Throws"),
        used_up=True,
    ),
    Department(
        name="Tea & Coffee",
        hue=95,
        things=(
            _thing("loose tea", 590, 1690),
            _thing("tea tin", 890, 1990),
            _thing("coffee beans", 790, 1890, _ROASTS),
        ),
        materials=("organic", "small-batch", "mountain-grown", "single-estate"),
        finishes=_BLENDS,
        brands=("Loom & Larder", "Casa Alba", "Petit Matin"),
        goes_with=("Tableware", "Kitchen"),
        used_up=True,
    ),
    Department(
        name="Bath",
        hue=190,
        things=(
            _thing("soap bar", 490, 1290),
            _thing("hand wash", 990, 2290),
            _thing("bath salts", 890, 2490),
        ),
        materials=("olive oil", "oat milk", "cold-pressed", "sea kelp"),
        finishes=_SCENTS,
        brands=("Saltmarsh Row", "Oda Lind", "Ebb & Elm"),
        goes_with=("Candles", "Socks & Slippers"),
        used_up=True,
    ),
    Department(
        name="Cushions & Throws",
        hue=18,
        things=(
            _thing("cushion", 1990, 4990),
            _thing("throw", 3990, 11900),
            _thing("pouf", 6900, 17900),
        ),
        materials=("linen", "wool", "cotton", "bouclé"),
        finishes=_COLOURS,
        brands=("Loom & Larder", "Fjeldhus", "Maren Kiel"),
        goes_with=("Lamps", "Candles", "Knitwear"),
    ),
    Department(
        name="Lamps",
        hue=50,
        things=(
            _thing("table lamp", 4990, 14900),
            _thing("pendant lamp", 5990, 18900),
            _thing("reading lamp", 4490, 12900),
        ),
        materials=("brass", "rattan", "ash wood", "powder-coated"),
        finishes=_COLOURS,
        brands=("Fjeldhus", "Tilde Works", "Casa Alba"),
        goes_with=("Stationery", "Cushions & Throws"),
    ),
    Department(
        name="Tableware",
        hue=210,
        things=(
            _thing("mug", 990, 2490),
            _thing("bowl", 1290, 3490),
            _thing("dinner plate", 1490, 3290),
        ),
        materials=("stoneware", "porcelain", "speckled", "hand-thrown"),
        finishes=_COLOURS,
        brands=("Ebb & Elm", "Casa Alba", "Brookhouse"),
        goes_with=("Tea & Coffee", "Kitchen"),
    ),
    Department(
        name="Kitchen",
        hue=5,
        things=(
            _thing("casserole", 4990, 15900),
            _thing("serving board", 1990, 5990),
            _thing("tea towel", 790, 1890),
        ),
        materials=("enamelled", "classic", "farmhouse", "everyday"),
        finishes=_COLOURS,
        brands=("Brookhouse", "Loom & Larder", "Tilde Works"),
        goes_with=("Tableware", "Tea & Coffee"),
    ),
    Department(
        name="Plants & Pots",
        hue=140,
        things=(
            _thing("plant pot", 1290, 4490),
            _thing("watering can", 1890, 4990),
            _thing("vase", 1690, 5990),
        ),
        materials=("matte", "glazed", "ribbed", "recycled"),
        finishes=_COLOURS,
        brands=("Ebb & Elm", "Brookhouse", "Maren Kiel"),
        goes_with=("Lamps", "Tableware"),
    ),
    Department(
        name="Stationery",
        hue=260,
        things=(
            _thing("notebook", 890, 2490),
            _thing("pencil set", 690, 1890),
            _thing("card set", 590, 1690),
        ),
        materials=("marbled", "striped", "recycled", "hand-printed"),
        finishes=_COLOURS,
        brands=("Quill & Hearth", "Tilde Works", "Petit Matin"),
        goes_with=("Bags", "Lamps"),
    ),
    Department(
        name="Knitwear",
        hue=335,
        things=(
            _thing("jumper", 5990, 14900),
            _thing("cardigan", 6490, 15900),
            _thing("beanie", 1990, 4490),
        ),
        materials=("merino", "lambswool", "organic cotton", "alpaca"),
        finishes=_COLOURS,
        brands=("Fjeldhus", "Maren Kiel", "Oda Lind"),
        goes_with=("Socks & Slippers", "Bags"),
    ),
    Department(
        name="Socks & Slippers",
        hue=165,
        things=(
            _thing("ankle socks", 690, 1490),
            _thing("crew socks", 890, 1990),
            _thing("slippers", 2490, 5990),
        ),
        materials=("merino", "ribbed cotton", "bamboo", "felted wool"),
        finishes=_COLOURS,
        brands=("Fjeldhus", "Saltmarsh Row", "Maren Kiel"),
        goes_with=("Knitwear", "Bath"),
        used_up=True,
    ),
    Department(
        name="Bags",
        hue=28,
        things=(
            _thing("tote bag", 1990, 6990),
            _thing("backpack", 5990, 15900),
            _thing("pouch", 1290, 3490),
        ),
        materials=("canvas", "waxed cotton", "quilted", "recycled nylon"),
        finishes=_COLOURS,
        brands=("Quill & Hearth", "Saltmarsh Row", "Tilde Works"),
        goes_with=("Knitwear", "Stationery"),
    ),
)
"""Twelve departments of a shop for home and wardrobe."""
