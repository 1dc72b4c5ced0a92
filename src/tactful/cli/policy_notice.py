"""The notice as it is shown in one place and language: text, page and plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from tactful.cli.policy_papers import paper
from tactful.cli.policy_phrases import Phrases, asked_below, phrases_in, stands
from tactful.terms import LegalBasis

if TYPE_CHECKING:
    from tactful.capabilities.consent import NoticeShown


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """How one purpose stands, in words."""

    title: str
    purpose: str
    stands: str
    basis: str
    age: str


def notice_plain(shown: NoticeShown, words: Mapping[str, str]) -> dict[str, object]:
    """Return the notice as `GET /v1/notices/current` answers it, with the banner's *words*."""
    from tactful.capabilities.consent import consent_mode

    notice = shown.notice
    return {
        "id": notice.id,
        "version": notice.version,
        "hash": notice.hash,
        "locale": notice.locale,
        "regime": shown.regime.id,
        "purposes": [asdict(offered) for offered in shown.purposes],
        "title": notice.title,
        "text": notice.text,
        "googleConsentMode": consent_mode({p.purpose: p.default == "on" for p in shown.purposes}),
        "words": dict(words),
    }


def notice_text(shown: NoticeShown, region: str | None) -> str:
    """Return the notice as it was written, then how each purpose stands in *region*."""
    notice, words = shown.notice, phrases_in(shown.notice.locale)
    lines = [notice.title, "", notice.text, "", _where(shown, words), ""]
    for line in _lines(shown, region, words):
        parts = (line.stands, f"{words.basis}: {line.basis}", line.age)
        lines.append(f"{line.title} ({line.purpose}): {'; '.join(part for part in parts if part)}")
    return "\n".join(lines) + "\n"


def notice_html(shown: NoticeShown, region: str | None) -> str:
    """Return the notice as a page."""
    words = phrases_in(shown.notice.locale)
    lines = tuple(_lines(shown, region, words))
    return paper("notice.html", shown=shown, where=_where(shown, words), lines=lines, words=words)


def _lines(shown: NoticeShown, region: str | None, words: Phrases) -> Iterator[_Line]:
    for offered in shown.purposes:
        yield _Line(
            title=offered.title,
            purpose=offered.purpose,
            stands=stands(shown.regime.rules[offered.purpose], words),
            basis=words.bases[LegalBasis(offered.basis)],
            age=asked_below(shown.regime, offered.purpose, region, words),
        )


def _where(shown: NoticeShown, words: Phrases) -> str:
    notice = shown.notice
    return f"{notice.name}, {notice.locale}, {words.under} {shown.regime.id} ({shown.regime.law})"
