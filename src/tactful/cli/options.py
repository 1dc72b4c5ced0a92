"""What several commands take: a shop folder, an id, a port, a wish for JSON."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tactful.cli.screen import long_work

if TYPE_CHECKING:
    from tactful.assembly import Opened

PORTS = click.IntRange(1, 65535)
FILE = click.Path(path_type=Path)

NEW_POLICY = "the policy changed: looking at every subject"


class Utf8(click.ParamType[str]):
    """Text that can be stored: a terminal may hand over bytes that are none."""

    name = "text"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Return *value* as text, or end with a usage error."""
        text = str(value)
        try:
            text.encode()
        except UnicodeEncodeError:
            self.fail("is not UTF-8: check the encoding of your terminal or script", param, ctx)
        return text


TEXT = Utf8()

shop_option = click.option(
    "--shop",
    "folder",
    required=True,
    type=FILE,
    metavar="DIR",
    help="The shop folder that `tactful init` made.",
)
json_option = click.option("--json", "as_json_", is_flag=True, help="Print the result as JSON.")


@contextmanager
def opened(folder: Path) -> Iterator[Opened]:
    """Yield the shop in *folder*; afterwards everything said to it is durable."""
    from tactful.assembly import open_shop

    with long_work(NEW_POLICY) as told:
        found = open_shop(folder, progress=told)
    try:
        yield found
    finally:
        found.close()
