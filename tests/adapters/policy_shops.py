"""Policy folders of imagined shops, for the tests of what is loaded from them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tactful.adapters.policy_files import load_policy
from tactful.terms import Policy

PURPOSES = [
    "necessary",
    "session_personalization",
    "segment_personalization",
    "individual_personalization",
    "model_training",
    "measurement",
    "email_marketing",
    "email_measurement",
    "advertising",
    "partner_matching",
]
LOYALTY = """
[loyalty]
title = "Points for coming back"
categories = ["user.account"]
uses = ["essential.service"]
retention_days = 30
"""
UTAH = """
id = "US-UT"
law = "UCPA, Utah Code 13-61-101 ff."
regions = ["US-UT"]
[rules.advertising]
mode = "opt_out"
basis = "notice"
citation = "13-61-201"
confidence = "check"
"""


def notice(*purposes: str, material: bool = False) -> str:
    """Return a notice with a section on each of *purposes*."""
    head = f"+++\ntitle = 'T'\nmaterial = {str(material).lower()}\neffective = 2026-12-01\n+++\n"
    return head + "\nHello.\n" + "".join(f"\n## About {p} {{#{p}}}\n\nText.\n" for p in purposes)


def shop(folder: Path, contents: Mapping[str, str]) -> Path:
    """Write *contents* (path to text) as the policy folder of a shop in *folder*."""
    policy = folder / "policy"
    policy.mkdir()
    for name, text in contents.items():
        (policy / name).parent.mkdir(parents=True, exist_ok=True)
        (policy / name).write_text(text, "utf-8")
    return policy


def loaded(folder: Path, name: str, text: str) -> Policy:
    """Return the policy of a shop whose folder holds one file."""
    return load_policy(shop(folder, {name: text}))


def changed(old: str, new: str, text: str = LOYALTY) -> str:
    """Return *text* with *old* in it replaced by *new*."""
    assert old in text
    return text.replace(old, new)
