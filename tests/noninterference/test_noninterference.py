"""Promise 1: data that a purpose may not use changes nothing that is done for that purpose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from noninterference_worlds import GOODS, ShopWorld, Stage, calls_of, teaching

from tactful import capabilities
from tactful.shop import Question, Shop, Who
from tactful.testing.noninterference import (
    Deed,
    Scene,
    Secret,
    Trial,
    gated,
    reached,
    trials,
    unasked,
    unmet,
    written,
)

NO_CODE_YET: Mapping[str, str] = {}
"""Activities of the register that nothing asks for yet, and why they are in it all the same."""

READS_NOTHING_HELD = {
    "record-statement": "reads statements, which are the standing itself",
    "note-relationship": "reads dealings, which are part of the standing",
    "keep-group": "writes; of what is there it only drops what may no longer be there",
    "keep-history": "writes",
    "keep-training": "writes",
    "keep-measurement": "writes",
    "measure-results": "counts without looking",
}
"""Activities that could not leak what is held, because they do not read it."""


@dataclass(frozen=True)
class Ran:
    """A scene, and what came of asking everything in it."""

    scene: Scene[ShopWorld]
    trials: tuple[Trial, ...]


def _ran(scene: Scene[ShopWorld]) -> Ran:
    return Ran(scene, tuple(trials(scene, Shop, teaching())))


@pytest.fixture(scope="module")
def refused(stage: Stage) -> Ran:
    """Return what came of asking about those whose standing refuses everything, or one purpose."""
    actors = (*stage.cast.refused_by_standing(), *stage.cast.refused_for_one())
    return _ran(stage.scene(actors))


@pytest.fixture(scope="module")
def requested(stage: Stage) -> Ran:
    """Return what came of asking about those whose browser refuses."""
    return _ran(stage.scene(stage.cast.refused_by_request()))


@pytest.fixture(scope="module")
def granted(stage: Stage) -> Ran:
    """Return what came of asking about those who allow everything."""
    return _ran(stage.scene(stage.cast.granted()))


@pytest.mark.parametrize("name", ["refused", "requested", "granted"])
def test_nothing_interferes(name: str, request: pytest.FixtureRequest) -> None:
    """Whatever a shop is asked, it says, logs, counts, teaches and shows the same."""
    ran: Ran = request.getfixturevalue(name)

    assert "\n".join(str(i) for trial in ran.trials for i in trial.interferences) == ""


def test_everything_is_tried(refused: Ran) -> None:
    """Every operation gives an answer to somebody; none is compared by its errors alone."""
    tried = {trial.operation for trial in refused.trials}

    assert tried == {trial.operation for trial in refused.trials if trial.answered}
    assert not any(trial.used - {"answer-request"} for trial in refused.trials)


def test_every_rule_refuses_somebody(refused: Ran, requested: Ran) -> None:
    """For each activity and each rule by which the gate can refuse it, it refuses somebody."""
    assert unmet([refused.scene, requested.scene]) == set()


def test_every_activity_is_asked_for(granted: Ran) -> None:
    """An activity of the register is asked for by some operation, or it says here why not."""
    assert unasked(granted.scene.policy, granted.trials) == set(NO_CODE_YET)


def test_every_capability_is_reached(stage: Stage) -> None:
    """Whatever a capability exports that takes a permit is called by some operation."""
    functions = gated(capabilities)
    scene = stage.scene([stage.cast.willing("willing"), *stage.cast.refused_by_request()])
    with reached(functions) as names:
        _ran(scene)

    assert set(functions) - names == set()


def test_what_may_be_used_is_used(granted: Ran) -> None:
    """With a permit the same secret does change results: for every activity that reads."""
    seen = {activity for trial in granted.trials if trial.differences for activity in trial.used}

    assert set(granted.scene.policy.activities) - seen == set(READS_NOTHING_HELD)


def test_every_part_of_a_request_is_known() -> None:
    """A new field of a request is a new way in: teach `noninterference_worlds` to fill it."""
    assert {field.name for field in fields(Who)} == {
        "user_id",
        "anonymous_id",
        "region",
        "gpc",
        "signals",
    }
    assert {field.name for field in fields(Question)} == {
        "slot",
        "who",
        "session",
        "page",
        "limit",
        "ceiling",
    }


ITEMS = st.sampled_from([item.id for item in GOODS])
DEEDS = st.builds(
    Deed,
    name=st.sampled_from(["Product Viewed", "Product Added", "Order Completed", "page", "Unheard"]),
    items=st.lists(ITEMS, max_size=3, unique=True).map(tuple),
    ago=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=500)),
    properties=st.dictionaries(
        st.sampled_from(["price", "quantity", "query"]), st.integers(0, 9) | st.text(max_size=5)
    ),
)
SECRETS = st.builds(
    Secret,
    purposes=st.just(frozenset({"individual_personalization", "model_training", "measurement"})),
    deeds=st.lists(DEEDS, max_size=12).map(tuple),
    traits=st.dictionaries(st.sampled_from(["name", "language"]), st.text(max_size=9)),
    session=st.lists(ITEMS, max_size=5).map(tuple),
)


@settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow])
@given(secret=SECRETS)
def test_no_secret_interferes(stage: Stage, secret: Secret) -> None:
    """Whatever is held of those who refuse, decisions and models are the same without it."""
    cast = replace(stage.cast, secret=secret)
    scene = stage.scene(cast.refused_by_standing())
    only = frozenset({"Shop.decide", "Shop.train", "Shop.evaluate"})

    found = [i for trial in trials(scene, Shop, teaching(), only=only) for i in trial.interferences]

    assert found == []


def test_a_withdrawal_reaches_what_was_learned(stage: Stage) -> None:
    """Who agreed, taught the models and withdrew leaves nothing in what others are shown."""
    scene = stage.scene([stage.cast.willing("fickle")])
    no = dict.fromkeys(stage.cast.purposes, "withdraw")
    with scene.open_world(False) as without, scene.open_world(True) as having:  # noqa: FBT003
        learned = []
        for world in (without, having):
            world.shop.train()
            learned.append(_left(world))
            world.shop.consent(Who(user_id="fickle"), no)

        assert learned[0] != learned[1]
        assert _left(without) == _left(having)


def test_an_erasure_reaches_what_was_learned(stage: Stage) -> None:
    """Who was erased leaves nothing in what others are shown."""
    scene = stage.scene([stage.cast.willing("gone")])
    with scene.open_world(False) as without, scene.open_world(True) as having:  # noqa: FBT003
        for world in (without, having):
            world.shop.train()
            world.shop.subject("gone").erase()

        assert _left(without) == _left(having)


def test_what_is_refused_at_the_door_leaves_counts_only(stage: Stage) -> None:
    """
    Events that nobody may keep change the counts of refusals, and nothing else anywhere.

    Orders are aside: that somebody bought may be noted where the law draws a consent from it.
    """
    actors = [a for a in stage.cast.refused_by_standing() if a.name != "restricted"]
    scene = stage.scene(actors)
    with scene.open_world(False) as silent, scene.open_world(False) as sent:  # noqa: FBT003
        for actor in actors:
            calls = [call for call in calls_of(actor) if call.get("event") != "Order Completed"]
            sent.shop.collect(calls, region=actor.region)
        exports = [
            [world.shop.subject(actor.name).export() for actor in actors]
            for world in (silent, sent)
        ]

        assert written(exports[0]) == written(exports[1])
        assert _but_refusals(silent) == _but_refusals(sent)
        assert _left(silent) == _left(sent)


def _left(world: ShopWorld) -> bytes:
    """Return what is left of everybody in the models in use and in what people are shown."""
    seen = world.surroundings()
    return written([world.artefacts.published[-1], seen["bystanders"], seen["shown"]])


def _but_refusals(world: ShopWorld) -> Mapping[tuple[str, str], int]:
    aside = {"refusal", "refused", "gap", "dropped", "events"}
    return {key: n for key, n in world.shop.totals().items() if key[0] not in aside}
