"""What is known about a subject, put together for themselves (GDPR Art. 15 and 20)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tactful.gate import Permit
from tactful.terms import (
    Event,
    Feature,
    Identifier,
    Merge,
    Policy,
    Posted,
    Relationship,
    Request,
    Session,
    Standing,
    Statement,
    Trait,
)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Holdings:
    """Everything stored about one subject.  Its `repr` shows nothing of it."""

    identifiers: Sequence[Identifier]
    traits: Mapping[str, Trait]
    features: Sequence[Feature]
    group: str | None
    standing: Standing
    events: Sequence[Event]
    uses: Mapping[tuple[str, date], int]
    known_since: datetime
    merges: Sequence[Merge] = ()
    requests: Sequence[tuple[Request, Mapping[int, str]]] = ()
    letters: Sequence[Posted] = ()
    sessions: Sequence[Session] = ()

    def __repr__(self) -> str:
        return f"Holdings({len(self.events)} events)"


def export(permit: Permit, holdings: Holdings, *, policy: Policy) -> dict[str, object]:
    """
    Return *holdings* as plain data with the purposes, categories and retention of each part.

    Source:
        GDPR Art. 15(1)(a)-(h) for the particulars, Art. 20(1) for a machine-readable form.
    """
    standing = holdings.standing
    return {
        "exportedAt": _iso(permit.decided_at),
        "knownSince": _iso(holdings.known_since),
        "identifiers": [{"kind": i.kind.value, "value": i.value} for i in holdings.identifiers],
        "region": standing.region,
        "residence": standing.residence,
        "address": standing.address,
        "born": standing.born.isoformat() if standing.born else None,
        "regime": permit.regime,
        "traits": {name: _trait(trait) for name, trait in sorted(holdings.traits.items())},
        "features": [_feature(feature) for feature in holdings.features],
        "group": holdings.group,
        "restricted": standing.restricted(permit.decided_at),
        "statements": [_statement(s) for s in standing.statements],
        "relationships": [_dealing(dealing) for dealing in standing.relationships],
        "events": [_event(e) for e in holdings.events],
        "uses": [
            {"activity": activity, "day": day.isoformat(), "count": count}
            for (activity, day), count in sorted(holdings.uses.items())
        ],
        "merges": [_merge(merge) for merge in holdings.merges],
        "requests": [_request(request, words) for request, words in holdings.requests],
        "letters": [_letter(posted) for posted in holdings.letters],
        "sessions": [_session(session) for session in holdings.sessions],
        "purposes": [_purpose(policy, name) for name in policy.purposes],
    }


def _trait(trait: Trait) -> dict[str, object]:
    """Return a trait; one with no value is what the subject wants not to be known."""
    return {
        "value": trait.value,
        "time": _iso(trait.at),
        "source": trait.source,
        "origin": trait.origin.value,
        "purposes": sorted(trait.purposes),
    }


def _feature(feature: Feature) -> dict[str, object]:
    return {
        "feature": feature.name,
        "title": feature.title,
        "purpose": feature.purpose,
        "value": feature.value,
        "explanation": feature.explanation,
    }


def _statement(statement: Statement) -> dict[str, object]:
    return {
        "purpose": statement.purpose,
        "statement": statement.kind.value,
        "at": _iso(statement.at),
        "notice": statement.notice,
        "noticeHash": statement.notice_hash,
        "regime": statement.regime,
        "locale": statement.locale,
        "source": statement.source,
        "ui": statement.ui,
        "by": statement.by.value,
        "record": statement.record,
    }


def _dealing(dealing: Relationship) -> dict[str, object]:
    return {
        "kind": dealing.kind.value,
        "at": _iso(dealing.at),
        "optOutOffered": dealing.opt_out_offered,
    }


def _merge(merge: Merge) -> dict[str, object]:
    return {
        "merge": merge.id,
        "at": _iso(merge.at),
        "evidence": merge.evidence,
        "identifier": merge.shown.value if merge.shown else None,
        "by": merge.by,
        "undoneAt": _iso(merge.undone_at) if merge.undone_at else None,
    }


def _request(request: Request, words: Mapping[int, str]) -> dict[str, object]:
    """Return a request of the subject's, with what was written in it."""
    return {
        "request": request.id,
        "kind": request.kind.value,
        "status": request.state.value,
        "regime": request.regime,
        "source": request.channel,
        "by": request.by.value,
        "steps": [
            {
                "step": step.kind.value,
                "at": _iso(step.at),
                "by": step.by,
                "reason": step.reason,
                "words": words.get(step.number, ""),
            }
            for step in request.steps
        ],
    }


def _letter(posted: Posted) -> dict[str, object]:
    return {
        "kind": posted.kind,
        "queuedAt": _iso(posted.queued_at),
        "doneAt": _iso(posted.done_at) if posted.done_at else None,
        "outcome": posted.outcome,
    }


def _session(session: Session) -> dict[str, object]:
    return {
        "userId": session.user_id,
        "beganAt": _iso(session.began_at),
        "lastSeenAt": _iso(session.seen_at),
    }


def _event(event: Event) -> dict[str, object]:
    return {
        "event": event.name,
        "time": _iso(event.at),
        "item": event.items[0] if len(event.items) == 1 else None,
        "items": list(event.items),
        "properties": dict(event.properties),
        "purposes": sorted(event.purposes),
        "source": event.source,
        "session": event.session,
    }


def _purpose(policy: Policy, name: str) -> dict[str, object]:
    purpose = policy.purposes[name]
    return {
        "purpose": name,
        "title": purpose.title,
        "categories": list(purpose.categories),
        "retentionDays": purpose.retention.days if purpose.retention else None,
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
