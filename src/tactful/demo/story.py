"""
One shopper's story, told on a running shop: each promise is shown by asking the shop itself.

Refused, this visit only, a grant, Global Privacy Control, a withdrawal, an erasure.  Nothing is
staged: every line that is printed comes out of an answer of the shop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tactful.demo.narration import Narration
from tactful.mechanisms.models import equal
from tactful.shop import Question, Shop, Who
from tactful.terms import Decision

HERO = "ada"
CALIFORNIAN = "cal"

_VISIT = ("session_personalization",)
_ALL = (
    "session_personalization",
    "segment_personalization",
    "individual_personalization",
    "model_training",
    "measurement",
)


class BrokenPromise(AssertionError):
    """The shop did something that the story says it never does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where the story plays: the shop, its voice, and goods that go together."""

    shop: Shop
    voice: Narration
    titles: Mapping[str, str]
    visit: Sequence[str]
    basket: Sequence[str]

    def ask(self, who: Who, *, session: Sequence[str] = ()) -> Decision:
        """Fill the front page's slot and show it."""
        decision = self.shop.decide(Question(slot="for-you", who=who, session=session, limit=5))
        self.voice.decision(decision, dict(self.titles))
        return decision

    def say(self, who: Who, word: str, purposes: Sequence[str]) -> None:
        """Let *who* say *word* about *purposes*, having seen the current notice."""
        notice = self.shop.notice(region=who.region, locale="en").notice.name
        self.shop.consent(who, dict.fromkeys(purposes, word), notice=notice, source="demo")


def tell(stage: Stage) -> None:
    """
    Tell the story.

    Raises:
        BrokenPromise: an answer of the shop contradicts it.
    """
    hero = Who(user_id=HERO, region="DE")
    _refused(stage, hero)
    _this_visit(stage, hero)
    _granted(stage, hero)
    _signal(stage)
    _withdrawn(stage, hero)
    _erased(stage, hero)


def _refused(stage: Stage, hero: Who) -> None:
    stage.voice.heading("1. Ada from Germany has not been asked yet: unknown means no")
    collected = stage.shop.collect(_looks(stage.visit), region="DE", source="demo")
    stage.voice.say(f"{len(stage.visit)} looks at products sent, {collected.kept} kept")
    decision = stage.ask(hero, session=stage.visit)
    _hold(collected.kept == 0 and decision.level == "none", "nothing is used without a yes")


def _this_visit(stage: Stage, hero: Who) -> None:
    stage.voice.heading("2. She allows this visit only: the visit travels with the request")
    stage.say(hero, "grant", _VISIT)
    collected = stage.shop.collect(_looks(stage.visit), region="DE", source="demo")
    decision = stage.ask(hero, session=stage.visit)
    events = _events(stage.shop)
    stage.voice.say(f"{collected.kept} events kept; {len(events)} stored in her name")
    _hold(decision.level == "session" and not events, "a visit leaves no trace on the server")


def _granted(stage: Stage, hero: Who) -> None:
    stage.voice.heading("3. She says yes to her own history, and buys something")
    stage.say(hero, "grant", _ALL)
    calls = [*_looks(stage.visit), _order(stage.basket)]
    collected = stage.shop.collect(calls, region="DE", source="demo")
    stage.voice.say(f"{collected.kept} events kept, and the very next answer is hers:")
    decision = stage.ask(hero)
    own = {*stage.visit, *stage.basket}
    reasons = {reason.item for item in decision.items for reason in item.because}
    _hold(decision.level == "individual" and bool(own & reasons), "her own actions are the reasons")


def _signal(stage: Stage) -> None:
    stage.voice.heading("4. Cal in California never answered; then his browser sends Sec-GPC: 1")
    silent = Who(user_id=CALIFORNIAN, region="US-CA")
    before = stage.ask(silent, session=stage.visit)
    after = stage.ask(Who(user_id=CALIFORNIAN, region="US-CA", gpc=True), session=stage.visit)
    _hold(
        before.level == "individual" and after.level == "session",
        "the signal is a no to profiles, at once",
    )


def _withdrawn(stage: Stage, hero: Who) -> None:
    stage.voice.heading("5. Ada takes her yes back: the next answer obeys")
    stage.say(hero, "withdraw", ("individual_personalization", "segment_personalization"))
    decision = stage.ask(hero, session=stage.visit)
    kept_for = {purpose for event in _events(stage.shop) for purpose in _purposes(event)}
    stage.voice.say(f"her events are now kept for: {', '.join(sorted(kept_for)) or 'nothing'}")
    _hold(
        decision.level == "session" and "individual_personalization" not in kept_for,
        "a withdrawal reaches what was stored",
    )


def _erased(stage: Stage, hero: Who) -> None:
    stage.voice.heading("6. She erases everything: gone, also from the models")
    without = stage.shop.models.current.arrays()
    stage.shop.train()
    with_her = stage.shop.models.current.arrays()
    erasure = stage.shop.subject(HERO).erase()
    rows = ", ".join(f"{n} {kind}" for kind, n in sorted(erasure.removed.items()) if n)
    stage.voice.say(f"removed: {rows}")
    after = stage.shop.models.current.arrays()
    stage.voice.say(f"models taught with her differ from before: {not equal(with_her, without)}")
    stage.voice.say(
        f"models after erasing equal those never taught by her: {equal(after, without)}"
    )
    decision = stage.ask(hero)
    _hold(equal(after, without) and decision.level == "none", "erased means gone")


def _looks(items: Sequence[str]) -> list[dict[str, object]]:
    return [
        {
            "type": "track",
            "event": "Product Viewed",
            "userId": HERO,
            "messageId": f"demo-look-{item}",
            "properties": {"product_id": item},
        }
        for item in items
    ]


def _order(items: Sequence[str]) -> dict[str, object]:
    return {
        "type": "track",
        "event": "Order Completed",
        "userId": HERO,
        "messageId": "demo-order-1",
        "properties": {
            "order_id": "demo-1",
            "products": [{"product_id": item, "quantity": 1} for item in items],
        },
    }


def _events(shop: Shop) -> list[Mapping[str, object]]:
    events = shop.subject(HERO).export()["events"]
    return events if isinstance(events, list) else []


def _purposes(event: Mapping[str, object]) -> Sequence[str]:
    purposes = event["purposes"]
    return purposes if isinstance(purposes, list) else ()


def _hold(kept: bool, promise: str) -> None:  # noqa: FBT001 - a promise is held or it is not
    if not kept:
        raise BrokenPromise(f"the story is broken where it says: {promise}")
