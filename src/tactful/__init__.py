"""
Personalization that keeps its promises.

`tactful.open("DIR")` opens a shop folder that `tactful init DIR` made, and returns a `Shop` with
the same capabilities as the HTTP interface.
"""

from pathlib import Path

from tactful.shop import Question, Shop, Who

__all__ = ["Question", "Shop", "Who", "open"]


def open(folder: str | Path) -> Shop:  # noqa: A001 - `tactful.open` reads as intended
    """
    Open the shop in *folder*.  Close it, or use it in a `with` block.

    Raises:
        NotAShop: *folder* holds no shop.
    """
    from tactful.assembly import open_shop

    return open_shop(folder).shop
