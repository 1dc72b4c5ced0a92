"""
The consent banner's own words, a file per language: the pack's, and over them the shop's.

A shop changes single words in `policy/banner/<locale>.toml`, or brings a whole language there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from tactful.adapters.policy_tables import parse_toml, read_text
from tactful.terms import PolicyMistake

Words = Mapping[str, str]

FALLBACK: Final = "en"
_PACK: Final = files("tactful") / "pack" / "banner"
_NAME: Final = re.compile(r"(?P<locale>[a-z]{2,3})\.toml")


def banner_words(shop_policy_folder: Path | None) -> Mapping[str, Words]:
    """
    Return the words of every language, each language whole.

    Raises:
        PolicyMistake: a file names a word that the banner does not have, or a language lacks one.
    """
    spoken = dict(_read(_PACK, "tactful/pack/banner"))
    needed = spoken[FALLBACK].keys()
    if shop_policy_folder is not None:
        for locale, words in _read(shop_policy_folder / "banner", "policy/banner"):
            called = f"policy/banner/{locale}.toml"
            if strange := sorted(words.keys() - needed):
                names = ", ".join(sorted(needed))
                raise PolicyMistake(f"{called}: no word is called {strange[0]}: use {names}")
            spoken[locale] = {**spoken.get(locale, {}), **words}
            if missing := sorted(needed - spoken[locale].keys()):
                raise PolicyMistake(f"{called}: {missing[0]} is missing: write all words of it")
    return spoken


def words_in(spoken: Mapping[str, Words], locale: str) -> Words:
    """Return the words for *locale*, or else English ones."""
    return spoken.get(locale.partition("-")[0].lower(), spoken[FALLBACK])


def _read(folder: Traversable, called: str) -> Iterator[tuple[str, dict[str, str]]]:
    if not folder.is_dir():
        return
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        named = _NAME.fullmatch(file.name)
        if named is None:
            continue
        table = parse_toml(read_text(file, called), f"{called}/{file.name}")
        for word, text in table.items():
            if not isinstance(text, str) or not text.strip():
                raise PolicyMistake(f"{called}/{file.name}: {word} needs a text in quotes")
        yield named["locale"], {word: str(text) for word, text in table.items()}
