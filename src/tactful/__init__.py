"""
Personalization that keeps its promises.

`tactful.open("DIR")` opens a shop folder that `tactful init DIR` made, and returns a `Shop` with
the same capabilities as the HTTP interface.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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


def __getattr__(name: str) -> object:
    """Load the shop's words when they are first asked for: the command line starts without."""
    if name not in __all__:
        raise AttributeError(f"module 'tactful' has no attribute {name!r}")
    import tactful.shop

    return getattr(tactful.shop, name)
