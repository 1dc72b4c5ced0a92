"""Real shops in pairs, on real stores: with the secrets of their actors, and without."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from tactful.adapters.key_file import KeyFile
from tactful.adapters.sqlite import SqliteStore, open_store
from tactful.assembly import init_shop, open_shop
from tactful.assembly.shops import KEY_FILE, _store
from tactful.capabilities.collect import calls_from
from tactful.capabilities.recommend import SLOTS
from tactful.gate import Door
from tactful.mechanisms.models import Settings
from tactful.mechanisms.popularity import PopularitySettings
from tactful.shop import Asking, Parts, Question, Shop, Who
from tactful.terms import (
    Identifier,
    IdentifierKind,
    Item,
    Level,
    Policy,
    Proof,
    RelationshipKind,
    Request,
    RequestKind,
    Signals,
)
from tactful.testing.noninterference import (
    EVERYTHING,
    Actor,
    ArtefactsInMemory,
    Cast,
    Deed,
    Listener,
    NumberedIds,
    OpenSeal,
    Part,
    Scene,
    Secret,
    Teaching,
    WatchedUses,
    enter,
    in_every_way,
    plant,
)
from tactful.testing.standings import StandingsInMemory, UsesInMemory

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOTICE = "privacy@1"
GOODS = [
    Item(id="kettle", title="Kettle", category="Kitchen", price=2500, currency="EUR"),
    Item(id="teapot", title="Teapot", category="Kitchen", price=3000, currency="EUR"),
    Item(id="mug", title="Mug", category="Kitchen", price=900, currency="EUR"),
    Item(id="lamp", title="Lamp", category="Lights", price=4900, currency="EUR"),
    Item(id="bulb", title="Bulb", category="Lights", price=400, currency="EUR"),
    Item(id="rug", title="Rug", category="Textiles", price=9900, currency="EUR"),
]
_VIEWED, _ORDERED = "Product Viewed", "Order Completed"


def secret_of(policy: Policy) -> Secret:
    """Return a secret that could serve every purpose there is, and would show if it did."""
    return Secret(
        purposes=frozenset(policy.purposes) - {"necessary"},
        deeds=(
            Deed(name=_VIEWED, items=("kettle",), properties={"price": 2500, "position": 3}),
            Deed(name=_VIEWED, items=("mug",), ago=timedelta(hours=30)),
            Deed(name=_ORDERED, items=("kettle", "rug"), ago=timedelta(days=20)),
            Deed(name=_ORDERED, items=("mug",), ago=timedelta(hours=5)),
        ),
        traits={"name": "Xanthippe", "language": "tlh"},
        group="Kitchen",
        session=("teapot", "mug"),
        email="secret@example.org",
    )


def bystanders(cast: Cast) -> tuple[Actor, ...]:
    """Return those around: they let everything be used, and are in both worlds with all of it."""
    lit = [cast.willing(f"lit-{n}", secret=_bought("lamp", "bulb", "Lights")) for n in range(5)]
    cooks = [
        cast.willing(f"cook-{n}", secret=_bought("kettle", "teapot", "Kitchen")) for n in (1, 2)
    ]
    return (*lit, *cooks)


def _bought(one: str, other: str, group: str) -> Secret:
    return Secret(
        purposes=frozenset(
            {"individual_personalization", "segment_personalization", "model_training"}
        ),
        deeds=(
            Deed(name=_VIEWED, items=(one,), ago=timedelta(days=40)),
            Deed(name=_ORDERED, items=(one, other), ago=timedelta(days=39)),
            Deed(name=_VIEWED, items=(other,), ago=timedelta(days=3, minutes=10)),
            Deed(name=_ORDERED, items=(other, one), ago=timedelta(days=3)),
        ),
        group=group,
    )


@dataclass
class ShopWorld:
    """One shop, open."""

    shop: Shop
    parts: Parts
    uses: WatchedUses
    artefacts: ArtefactsInMemory
    names: Mapping[int, str]
    around: Sequence[str]

    def surroundings(self) -> Mapping[str, object]:
        """Return counters, models, what is stored of bystanders, and what people are shown."""
        whom = [Who(user_id=name) for name in self.around[::3]]
        questions = [Question(slot=slot, who=who) for who in (*whom, Who()) for slot in SLOTS]
        return {
            "counters": self.shop.totals(),
            "artefacts": self.artefacts.published,
            "bystanders": [self.shop.subject(name).export() for name in self.around],
            "shown": [self.shop.decide(question) for question in questions],
        }


MakeShop = Callable[[Parts], Shop]


class Stage:
    """
    Builds scenes in *folder*; the template of each is copied for every opening.

    `make_shop` is what is under test: the shop itself, or one that leaks.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        init_shop(folder / "base")
        opened = open_shop(folder / "base", clock=lambda: NOW)
        self._parts = opened.shop._parts
        opened.close()
        self.policy = in_every_way(self._parts.policy)
        self._any_door = Door(
            self.policy, standings=StandingsInMemory(self.policy), uses=UsesInMemory()
        )
        self.cast = Cast(policy=self.policy, at=NOW, secret=secret_of(self.policy), notice=NOTICE)

    def scene(self, actors: Sequence[Actor], make_shop: MakeShop = Shop) -> Scene[ShopWorld]:
        """Return the pair of worlds in which *actors* have their secrets, and have not."""
        folder = Path(mkdtemp(dir=self._folder))
        without, having = folder / "without", folder / "having"
        without.mkdir(parents=True)
        artefacts = ArtefactsInMemory()
        around = bystanders(self.cast)
        with self._world(without, artefacts, {}, Shop) as world:
            world.shop.put_items(GOODS)
            enter(world.parts.store, around, NOW)
            plant(world.parts.store, around, NOW)
            world.shop.train()
            names = enter(world.parts.store, actors, NOW)
        shutil.copytree(without, having)
        with self._world(having, artefacts.copy(), {}, Shop) as world:
            plant(world.parts.store, actors, NOW)

        @contextmanager
        def opened(secrets: bool) -> Iterator[ShopWorld]:  # noqa: FBT001 - `Scene.open_world` is so
            opened_in = Path(mkdtemp(dir=folder))
            shutil.copytree(having if secrets else without, opened_in, dirs_exist_ok=True)
            try:
                with self._world(opened_in, artefacts.copy(), names, make_shop) as world:
                    yield world
            finally:
                shutil.rmtree(opened_in)

        return Scene(policy=self.policy, at=NOW, cast=actors, open_world=opened)

    @contextmanager
    def _world(
        self,
        data: Path,
        artefacts: ArtefactsInMemory,
        names: Mapping[int, str],
        make_shop: MakeShop,
    ) -> Iterator[ShopWorld]:
        store = self._store(data)
        uses = WatchedUses(store.uses)
        parts = replace(
            self._parts,
            policy=self.policy,
            door=self._door(store, uses),
            store=_store(store),
            artefacts=artefacts,
            model_settings=Settings(popularity=PopularitySettings(least_owners=2)),
            seal=OpenSeal(),
            new_id=NumberedIds(),
        )
        around = [actor.name for actor in bystanders(self.cast)]
        with make_shop(parts) as shop:
            yield ShopWorld(shop, parts, uses, artefacts, names, around)

    def _door(self, store: SqliteStore, uses: WatchedUses) -> Door:
        """Return a door onto *store* without asking the rules in every case anew: it takes long."""
        door = copy(self._any_door)
        door._standings, door._uses = store.standings, uses
        return door

    def _store(self, data: Path) -> SqliteStore:
        keys = KeyFile(self._folder / "base" / "keys" / KEY_FILE)
        return open_store(data, self.policy, keys, clock=lambda: NOW, policy_hash="made up")


def teaching(*, items: Sequence[Item] = GOODS) -> Teaching:
    """Return what to say to each operation of a shop."""
    return Teaching(
        anybody={
            "items": [items[:2]],
            "Shop.remove_items.items": [["bulb", "never heard of"]],
            "region": ["XA", None],
            "locale": ["en"],
            "ui": ["banner 1"],
            "refused": [frozenset(), frozenset({"advertising"})],
            "notice_hash": ["0" * 64],
            "name": ["kept", "decisions", "refusal", "gap"],
            "weeks": [1],
            "most_cases": [9],
            "progress": lambda: [Listener()],
            "source": ["tests"],
            "gpc": [False, True],
            "notice": [NOTICE],
            "by": ["subject"],
            "at": [None],
            "kind": ["exposure", "click", "conversion"],
            "Shop.tell_dealing.kind": [kind.value for kind in RelationshipKind],
            "opt_out_offered": [False, True],
            "by_shop": [False, True],
            "history": [False, True],
            "traits": [{"language": "eo"}, {"language": None}],
            "names": [["language"], []],
            "lift": [False, True],
            "label": ["region of no known shape"],
            "proof": [Proof.DOCUMENT.value],
            "note": ["seen", ""],
            "Requesting.refuse.reason": ["excessive"],
            "channel": ["tests"],
            "reference": ["made up"],
            "most": [10],
            "residence": ["XB", "XD"],
            "day": [NOW.date() - timedelta(days=365 * 12), NOW.date() - timedelta(days=365 * 30)],
        },
        about={
            "who": lambda part: [_who(part)],
            "user_id": lambda part: [part.actor.name],
            "identifier": lambda part: [Identifier(IdentifierKind.USER_ID, part.actor.name)],
            "asking": _asking,
            "number": lambda part: [request.id for request in _requests(part)],
            "request": _requests,
            "subject": lambda part: [part.shop.subject(part.actor.name)],
            "other": lambda part: [_other_account(part), f"{part.actor.name} nobody"],
            "merge": lambda part: [*_merged(part), 4711],
            "question": _questions,
            "decision": lambda part: [part.shop.decide(q).id for q in _questions(part)[:1]],
            "calls": lambda part: [_calls(part)],
            "lines": lambda part: [_calls(part)],
            "incoming": lambda part: [calls_from(_calls(part))],
            "statements": _statements,
            "signals": lambda _: [Signals(categories={EVERYTHING: False}), Signals()],
            "whence": lambda part: [None, lambda _: part.actor.region],
            "Shop.collect.region": lambda part: [part.actor.region],
            "Shop.take.region": lambda part: [part.actor.region],
            "Shop.collect.gpc": lambda part: [part.actor.gpc],
            "Shop.take.gpc": lambda part: [part.actor.gpc],
        },
        untried={
            "Shop.advance_features": "a chore: says how many events were stored, and shows nobody",
            "Requesting.appeal": "the laws made up here know none; it answers the case, as `find`",
            "Requesting.confirm": "the code is drawn anew in each world; it answers as `verify`",
            "Requesting.extend": "the laws made up here give no more time; it answers as `find`",
            "Requesting.pause": "the laws made up here let no clock stand still; as `find`",
            "Requesting.resume": "as `pause`",
            "Requesting.run": "does what `approve` does, to what was cut short",
            "Shop.close": "asks nothing; every world is closed in the end",
            "Door": "answers about standings, which are the same in both worlds",
            "ModelsInUse": "holds what was published, which is compared byte by byte",
        },
    )


def _asking(part: Part) -> list[Asking]:
    """Return what the actor asks for who is signed in, whatever there is to ask for."""
    actor = part.actor
    named = Identifier(IdentifierKind.USER_ID, actor.name)
    return [
        Asking(kind=kind, identifier=named, region=actor.region, proof=Proof.SIGNED_IN, note="all")
        for kind in RequestKind
    ]


def _requests(part: Part) -> list[Request]:
    """Return a request that waits to be verified, one that waits for the officer, and one done."""
    unsure, waits, done = (
        replace(_asking(part)[0], proof=None),
        replace(_asking(part)[0], kind=RequestKind.RECTIFICATION),
        _asking(part)[0],
    )
    return [part.shop.requests.open(asking) for asking in (unsure, waits, done)]


def _who(part: Part) -> Who:
    actor = part.actor
    return Who(user_id=actor.name, region=actor.region, gpc=actor.gpc, signals=actor.signals)


def _other_account(part: Part) -> str:
    """Return a second account of the actor, who has said no there to whatever can be refused."""
    name = f"{part.actor.name} again"
    purposes = [name for name in part.shop.policy.purposes if name != "necessary"]
    part.shop.consent(Who(user_id=name), dict.fromkeys(purposes, "deny"))
    return name


def _merged(part: Part) -> list[int]:
    """Return the number of a merge of the actor with their second account."""
    return [part.shop.subject(part.actor.name).merge(_other_account(part)).id]


def _questions(part: Part) -> Sequence[Question]:
    who = _who(part)
    usual = [Question(slot=slot, who=who, session=part.session) for slot in SLOTS]
    low = [Question(slot="for-you", who=who, ceiling=level) for level in Level]
    return [*usual, *low, Question(slot="goes-with", who=who, page="lamp", limit=3)]


def _statements(part: Part) -> list[dict[str, str]]:
    purposes = [name for name in part.shop.policy.purposes if name != "necessary"]
    said = ("deny", "withdraw", "grant", "object")
    return [dict.fromkeys(purposes, kind) for kind in said]


def _calls(part: Part) -> list[dict[str, Any]]:
    return calls_of(part.actor)


def calls_of(actor: Actor) -> list[dict[str, Any]]:
    """Return what a page would send for *actor*: views, traits and an order, some undeclared."""
    name = actor.name
    usual: dict[str, Any] = {"userId": name, "anonymousId": f"browser of {name}"}
    if actor.signals:
        usual["context"] = {"consent": {"categoryPreferences": dict(actor.signals.categories)}}
    viewed: dict[str, Any] = {
        "type": "track",
        "event": _VIEWED,
        "properties": {"product_id": "lamp", "price": 49},
    }
    order = {
        "type": "track",
        "event": _ORDERED,
        "properties": {"products": [{"product_id": "rug"}]},
    }
    traits = {"type": "identify", "traits": {"name": "Yes", "shoe": 7}}
    return [
        {**usual, **call, "messageId": f"{name} {n}"}
        for n, call in enumerate([viewed, traits, order, {"type": "page"}])
    ]
