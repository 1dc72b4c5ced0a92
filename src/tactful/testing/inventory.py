"""
What every column of a store holds, and where the subject it is about finds it in their copy.

A store is held against this by a test on each database: a table or a column that is not here fails
it, so that whoever adds one says first how the subject sees it (GDPR Art. 15) and that it goes with
them (Art. 17).  A path such as `events[].items` leads into what `Subject.export` returns; a word
behind `-` says why there is nothing to show.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

NUMBER: Final = "- the number by which a subject's rows hang together; it means nothing outside"
OF_NOBODY: Final = "- about nobody"
WORKING: Final = "- keeps the store working, for minutes; goes with the subject"
KEY: Final = "- what seals the rest: handed out it would open copies that others hold"
MARK: Final = "- a keyed hash of something that stands open in another column"

_OF_NOBODY: Final = (
    "alembic_version",
    "askings",
    "days",
    "feeding",
    "imported",
    "items",
    "key_generations",
    "lake",
    "meta",
    "pulse",
    "purposes",
    "shop_keys",
    "showings",
    "sqlite_sequence",
    "tallies",
    "work",
)

INVENTORY: Final[Mapping[str, Mapping[str, str]]] = {
    "subjects": {
        "id": NUMBER,
        "region": "residence",
        "address": "address",
        "group_name": "group",
        "created_at": "knownSince",
        "born": "born",
        "settled_at": "- when residence was told, which only orders it",
        "group_at": "- when the group was found, which only orders it",
    },
    "identifiers": {
        "kind": "identifiers[].kind",
        "blind_index": MARK,
        "subject": NUMBER,
        "sealed": "identifiers[].value",
        "shared": "- whether an identifier is shared by too many to mean anybody",
    },
    "claims": {
        "kind": "- of an identifier that others hold, too: to show it would show them",
        "blind_index": MARK,
        "subject": NUMBER,
    },
    "persons": {"subject": NUMBER, "person": NUMBER},
    "merges": {
        "id": "merges[].merge",
        "kept": NUMBER,
        "absorbed": NUMBER,
        "at": "merges[].at",
        "evidence": "merges[].evidence",
        "author": "merges[].by",
        "sealed": "merges[].identifier",
        "undone_at": "merges[].undoneAt",
    },
    "traits": {"subject": NUMBER, "sealed": "traits", "oldest": "traits"},
    "features": {
        "subject": NUMBER,
        "purpose": "features[].purpose",
        "reached": "- up to which event the features are folded",
        "sealed": "features[].value",
    },
    "statements": {
        "id": NUMBER,
        "subject": NUMBER,
        "purpose": "statements[].purpose",
        "kind": "statements[].statement",
        "at": "statements[].at",
        "notice": "statements[].notice",
        "notice_hash": "statements[].noticeHash",
        "regime": "statements[].regime",
        "locale": "statements[].locale",
        "source": "statements[].source",
        "ui": "statements[].ui",
        "speaker": "statements[].by",
        "record": "statements[].record",
    },
    "relationships": {
        "subject": NUMBER,
        "kind": "relationships[].kind",
        "opt_out_offered": "relationships[].optOutOffered",
        "at": "relationships[].at",
    },
    "events": {
        "rowid": NUMBER,
        "subject": NUMBER,
        "at": "events[].time",
        "name": "events[].event",
        "purposes": "events[].purposes",
        "message": MARK,
        "body": "events[].properties",
    },
    "uses": {
        "subject": NUMBER,
        "activity": "uses[].activity",
        "day": "uses[].day",
        "n": "uses[].count",
    },
    "requests": {
        "id": "requests[].request",
        "kind": "requests[].kind",
        "regime": "requests[].regime",
        "channel": "requests[].source",
        "speaker": "requests[].by",
        "reference": "- what the sender of the request calls it",
        "subject": NUMBER,
        "about": MARK,
        "received_at": "requests[].steps",
        "is_open": "requests[].status",
        "code": MARK,
        "code_until": WORKING,
        "code_tries": WORKING,
    },
    "request_steps": {
        "request": "requests[].request",
        "number": NUMBER,
        "kind": "requests[].steps[].step",
        "at": "requests[].steps[].at",
        "actor": "requests[].steps[].by",
        "reason": "requests[].steps[].reason",
        "sealed": "requests[].steps[].words",
    },
    "letters": {
        "id": NUMBER,
        "subject": NUMBER,
        "kind": "letters[].kind",
        "queued_at": "letters[].queuedAt",
        "until": WORKING,
        "due_at": WORKING,
        "tries": WORKING,
        "claimed_until": WORKING,
        "done_at": "letters[].doneAt",
        "outcome": "letters[].outcome",
        "sealed": "- the words until they are sent, which the subject then has",
    },
    "sessions": {
        "hash": MARK,
        "subject": NUMBER,
        "sealed": "sessions[].userId",
        "began_at": "sessions[].beganAt",
        "seen_at": "sessions[].lastSeenAt",
        "proved_at": WORKING,
        "code_until": WORKING,
        "code_tries": WORKING,
        "code": MARK,
    },
    "sign_in_links": {"hash": MARK, "subject": NUMBER, "sealed": WORKING, "until": WORKING},
    "keys": {"subject": NUMBER, "generation": KEY, "wrapped": KEY},
    "digests": {"block": NUMBER, "facts": "- follows from the statements, for speed"},
    "young": {"subject": NUMBER, "until": "- follows from born, for speed"},
    "changes": {
        "seq": WORKING,
        "origin": WORKING,
        "subject": NUMBER,
        "kind": "- that something changed, for other processes to look",
    },
    "lake_owed": {"subject": NUMBER, "batch": WORKING, "purposes": WORKING},
}

LEFT_OF_THE_ERASED: Final = ("keys", "changes", "lake_owed", "digests")
"""Where a number stays behind: a key's is never given out again, and its key is wiped."""

_A_DAY: Final = re.compile(r"events_\d{8}")


def uncovered(tables: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """Yield what a store with these *tables*, each with its columns, holds that is not said."""
    for table, columns in sorted(tables.items()):
        name = "events" if _A_DAY.fullmatch(table) else table
        if name in _OF_NOBODY:
            if named := columns & {"subject", "person", "kept", "absorbed"}:
                yield f"{table} is said to be about nobody, and has {', '.join(sorted(named))}"
            continue
        known = INVENTORY.get(name, {})
        for column in sorted(columns - known.keys()):
            yield f"{table}.{column}: say in testing/inventory.py where its subject sees it"


def paths() -> frozenset[str]:
    """Return the paths in a copy where a subject finds something."""
    return frozenset(
        path for columns in INVENTORY.values() for path in columns.values() if path[0] != "-"
    )


def at_path(copy: object, path: str) -> list[object]:
    """Return what stands in *copy* at *path*; of a list whatever stands in each of its parts."""
    found = [copy]
    for step in path.split("."):
        name, many = step.removesuffix("[]"), step.endswith("[]")
        found = [one[name] for one in found if isinstance(one, dict) and name in one]
        if many:
            found = [each for one in found if isinstance(one, list) for each in one]
    return found
