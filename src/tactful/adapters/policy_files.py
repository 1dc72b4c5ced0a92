"""
Load the policy: the pack that comes with tactful, and over it what the shop's folder says.

The folder `policy/` of a shop may hold `purposes.toml`, `activities.toml`, `tracking-plan.toml`,
`regimes/*.toml` and `notices/<id>/<version>.<locale>.md`; docs/reference/policy.md says how each
combines with the pack.  Nothing is decided here, and nothing is guessed: every mistake is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from tactful.adapters.notice_files import NoticeFile, notice_files, read_notice
from tactful.adapters.policy_entries import (
    Words,
    activities_of,
    purposes_of,
    words_of,
)
from tactful.adapters.policy_plan import plan_of, reads_checked
from tactful.adapters.policy_regimes import regimes_of
from tactful.adapters.policy_signals import signals_of
from tactful.adapters.policy_tables import Overlay, Table, one_of, overlay, parse_toml, read_text
from tactful.gate import strictest_of
from tactful.terms import Notice, Policy, PolicyMistake, Regime

TABLES = ("purposes.toml", "activities.toml", "tracking-plan.toml", "signals.toml")
FOLDERS = ("regimes", "notices", "dpia")
SECTIONS = ("properties", "events", "traits", "identifiers")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layer:
    """A folder of policy files, and what messages call it."""

    root: Traversable
    called: str

    def table(self, name: str) -> tuple[str, Table]:
        """Return what messages call the file *name*, and its table: empty where there is none."""
        file, called = self.root / name, f"{self.called}/{name}"
        return called, parse_toml(read_text(file, called), called) if file.is_file() else {}

    def regimes(self) -> list[tuple[str, Table]]:
        """Return the regime files that say anything."""
        names = [f.name for f in _listed(self.root / "regimes") if f.name.endswith(".toml")]
        tables = [self.table(f"regimes/{name}") for name in names]
        return [(called, table) for called, table in tables if table]


_PACK = _Layer(root=files("tactful") / "pack", called="tactful/pack")


def load_policy(shop_policy_folder: Path | None, *, on: date | None = None) -> Policy:
    """
    Return the running configuration: the pack, overridden by the shop's folder.

    Args:
        shop_policy_folder: The shop's `policy/`; None for the pack alone.
        on: The day whose law it is; today by default.

    Raises:
        PolicyMistake: a file says what cannot stand.  The message is one line that names the file
            and the key or line, and says what to write instead.
    """
    layers = (_PACK,) if shop_policy_folder is None else (_PACK, _shop(shop_policy_folder))
    named = overlay(layer.table("purposes.toml") for layer in layers)
    words = words_of(named, _PACK.table("fideslang.toml")[1])
    purposes = purposes_of(named, words)
    register = overlay(layer.table("activities.toml") for layer in layers)
    today = on or datetime.now(UTC).date()
    law = regimes_of([layer.regimes() for layer in layers], words, on=today)
    notices = _notices(layers, words)
    plan = _plan_tables(layers)
    activities = activities_of(register, words, purposes)
    policy = Policy(
        purposes=purposes,
        activities=reads_checked(
            activities, register, properties=plan["properties"], traits=plan["traits"]
        ),
        regimes=(strictest_of(law.regimes), *law.regimes),
        notices=notices,
        plan=plan_of(**plan, words=words, purposes=purposes),
        changes_on=law.changes_on,
        signals=signals_of(
            [layer.table("signals.toml") for layer in layers],
            words,
            notices={notice.name for notice in notices},
        ),
    )
    _check_coverage(policy)
    return policy


def write_policy(folder: Path) -> None:
    """
    Lay out the shop's editable copy in *folder*: it changes nothing until it is edited.

    Notices are copied, since the shop's name and words belong into them.  The tables are written
    with every line commented out, so that what the shop does not decide stays the pack's and
    follows its updates.  Files that exist already are left as they are.
    """
    for name in (*TABLES, *(f"regimes/{file.name}" for file in _listed(_PACK.root / "regimes"))):
        text = (_PACK.root / name).read_text("utf-8")
        _write_new(folder / name, _commented(name, text).encode())
    for notice in notice_files(_PACK.root / "notices", _PACK.called):
        _write_new(folder / "notices" / notice.id / notice.file.name, notice.file.read_bytes())


def policy_hash(policy: Policy) -> str:
    """
    Return a digest of all that the digests of standings depend on.

    Where it differs from the one that stored digests were taken under, they must be taken again.
    Titles, citations, activities and the tracking plan do not enter it.
    """
    seen = (
        DIGESTS,
        policy.purpose_order,
        [_seen_of(regime) for regime in policy.regimes],
        sorted((*key, version) for key, version in policy.binding_versions.items()),
        sorted(_silent(policy)),
    )
    return hashlib.sha256(msgspec.json.encode(seen, order="sorted")).hexdigest()


DIGESTS = 2
"""Counts up when what a digest holds changes: those that are stored must then be taken anew."""


def _silent(policy: Policy) -> Iterator[tuple[str, int, str]]:
    """
    Yield (id, version, purpose) where a notice that could bind does not tell of the purpose.

    A grant that names it there counts for nothing; nor does one to a version that is gone.  A new
    version that tells of everything changes nothing here.
    """
    for (id_, purpose), oldest in policy.binding_versions.items():
        telling = {n.version for n in policy.notices if n.id == id_ and purpose in n.texts}
        yield from (
            (id_, version, purpose)
            for version in range(oldest, max(telling))
            if version not in telling
        )


def _seen_of(regime: Regime) -> tuple[object, ...]:
    rules = {p: (r.mode, r.consent_lifetime, r.implied_by) for p, r in regime.rules.items()}
    ages = [(rule.purpose, rule.below, rule.needs, rule.below_in) for rule in regime.ages]
    return regime.id, sorted(regime.regions), regime.country_alone, rules, ages


def _shop(folder: Path) -> _Layer:
    """Return the shop's layer; a file that nobody would read is a mistake, not a silence."""
    if not folder.is_dir():
        raise PolicyMistake(f"{folder.name}: no such folder: make it; it may be empty")
    for file in folder.iterdir():
        if file.suffix == ".toml":
            one_of(file.name, TABLES, folder.name, "file")
        elif file.is_dir() and not file.name.startswith("."):
            one_of(file.name, FOLDERS, folder.name, "folder")
    return _Layer(root=folder, called=folder.name)


def _plan_tables(layers: Sequence[_Layer]) -> Mapping[str, Overlay]:
    tables = [layer.table("tracking-plan.toml") for layer in layers]
    for called, table in tables:
        for section in table:
            one_of(section, SECTIONS, called, "section")
    return {section: overlay(tables, section) for section in SECTIONS}


def _notices(layers: Sequence[_Layer], words: Words) -> tuple[Notice, ...]:
    """
    Read all notices; the shop's file replaces the pack's of the same id, version and locale.

    A version of the pack that is newer than the shop's newest is passed over: an update must not
    put words in the shop's mouth, nor void consents that were given to the shop's own words.
    """
    found: dict[tuple[str, int, str], NoticeFile] = {}
    for layer in layers:
        own = list(notice_files(layer.root / "notices", f"{layer.called}/notices"))
        newest = {file.id: file.version for file in sorted(own, key=lambda file: file.version)}
        found = {key: f for key, f in found.items() if f.version <= newest.get(f.id, f.version)}
        found |= {(file.id, file.version, file.locale): file for file in own}
    read = (read_notice(f, purposes=words.purposes, removed=words.removed) for f in found.values())
    return tuple(read)


def _check_coverage(policy: Policy) -> None:
    """Refuse a newest main notice that is silent on a purpose which is used (Art. 13)."""
    active = {activity.purpose for activity in policy.activities.values()}
    newest = policy.current_notice()
    for notice in policy.notices:
        for purpose in policy.purposes:
            if notice.name == newest.name and purpose in active and purpose not in notice.texts:
                raise PolicyMistake(
                    f"notices/{notice.id}/{notice.version}.{notice.locale}.md: says nothing about "
                    f"{purpose}, which is used: add a section ## Title {{#{purpose}}}"
                )


def _listed(folder: Traversable) -> list[Traversable]:
    return sorted(folder.iterdir(), key=lambda file: file.name) if folder.is_dir() else []


_HEADER = """\
# What tactful says unless you say otherwise.  Every line is commented out, so this file changes
# nothing yet.  {how}
# See docs/how-to/change-the-policy.md.

"""
_BY_TABLE = "To change a table take the `# ` from all of its lines; the others stay as they are."
_BY_RULE = (
    "To change a rule take the `# ` from the line of the id and from all of the rule's table."
)


def _commented(name: str, text: str) -> str:
    lines = (f"# {line}" if line else "" for line in text.splitlines())
    how = _BY_RULE if name.startswith("regimes") else _BY_TABLE
    return _HEADER.format(how=how) + "\n".join(lines) + "\n"


def _write_new(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_bytes(content)
