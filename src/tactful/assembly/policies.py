"""Read a policy, and count whom a change of it would touch, without serving the shop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tactful.adapters.banner_words import Words, banner_words
from tactful.adapters.policy_beside import MEASURES, assessments_in
from tactful.adapters.policy_files import load_policy, policy_hash
from tactful.adapters.settings import (
    read_settings,
)
from tactful.assembly.shops import open_shop
from tactful.capabilities.policy import Census
from tactful.terms import Mistake, Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFolder:
    """A policy as it stands in a folder, with what lies beside it; `shop` is whose it is."""

    policy: Policy
    assessments: frozenset[str]
    words: Mapping[str, Words]
    measures: tuple[str, ...] = MEASURES
    shop: str = ""
    contact: str = ""


def read_policy(folder: Path, *, shop: str = "", contact: str = "") -> PolicyFolder:
    """
    Read the policy in *folder* over the pack; no store is opened.

    Raises:
        PolicyMistake: it cannot stand.
    """
    return PolicyFolder(
        policy=load_policy(folder),
        assessments=assessments_in(folder),
        words=banner_words(folder),
        shop=shop,
        contact=contact,
    )


def read_shop_policy(folder: Path) -> PolicyFolder:
    """
    Read the policy of the shop in *folder*; its store is not opened.

    Raises:
        NotAShop: *folder* holds no shop.
        PolicyMistake: its policy cannot stand.
    """
    told = read_settings(folder).shop
    return read_policy(folder / "policy", shop=told.name, contact=told.contact)


def count_subjects(folder: Path, *, under: Policy) -> Census:
    """
    Count the subjects of the shop in *folder* by what the rules see of them.

    Raises:
        Mistake: the shop runs another policy than *under*, so that its counts would mislead.
    """
    if policy_hash(read_shop_policy(folder).policy) != policy_hash(under):
        raise Mistake(f"{folder} runs another policy than OLD: name {folder / 'policy'} as OLD")
    opened = open_shop(folder)
    try:
        return opened.census()
    finally:
        opened.close()
