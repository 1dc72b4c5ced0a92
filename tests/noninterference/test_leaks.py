"""The harness has teeth: whatever leaks is found, and what may be used is seen to be used."""

from __future__ import annotations

from dataclasses import dataclass

import leaky_worlds as leaky
import pytest
from noninterference_worlds import MakeShop, ShopWorld, Stage, teaching

from tactful.shop import Shop
from tactful.testing.noninterference import Scene, trials

DECIDE, TRAIN = "Shop.decide", "Shop.train"


def _found(scene: Scene[ShopWorld], operation: str) -> set[tuple[str, str]]:
    """Return the facets that leak, and about whom."""
    asked = trials(scene, Shop, teaching(), only=frozenset({operation}))
    return {(i.difference.facet, i.actor) for trial in asked for i in trial.interferences}


@dataclass(frozen=True)
class Leak:
    """A shop that leaks, what to ask it, and what is to be found."""

    make_shop: MakeShop
    operation: str
    facet: str
    actor: str = ""


LEAKS = {
    "by the answer": Leak(leaky.Telling, DECIDE, "answer", "denied"),
    "by a log": Leak(leaky.Logging, DECIDE, "logs", "denied"),
    "by a structured log": Leak(leaky.Structured, DECIDE, "logs", "denied"),
    "by printing": Leak(leaky.Printing, DECIDE, "logs", "denied"),
    "by asking the door": Leak(leaky.Curious, DECIDE, "questions", "denied"),
    "by the label of a counter": Leak(leaky.Labelling, DECIDE, "counters"),
    "by writing it down elsewhere": Leak(leaky.Gossiping, DECIDE, "bystanders"),
    "by what others see": Leak(leaky.Pricing, DECIDE, "shown"),
    "by what is learned": Leak(leaky.Learning, TRAIN, "artefacts"),
    "by a door that says yes": Leak(leaky.through_a_forgiving_door, DECIDE, "answer", "denied"),
}


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_a_leak_is_found(stage: Stage, leak: Leak) -> None:
    """Whichever way what was refused gets out, it is named: by facet, operation and actor."""
    denied = [a for a in stage.cast.refused_by_standing() if a.name == "denied"]

    found = _found(stage.scene(denied, leak.make_shop), leak.operation)

    assert (leak.facet, leak.actor) in found


def test_mixed_purposes_are_found(stage: Stage) -> None:
    """A yes to one purpose opens nothing that was kept for another which is refused."""
    one = [a for a in stage.cast.refused_for_one() if a.name == "not-measurement"]
    scene = stage.scene(one, leaky.on_a_mixing_store)

    assert ("answer", "not-measurement") in _found(scene, DECIDE)


def test_a_permit_of_one_excuses_nothing_about_another(stage: Stage) -> None:
    """That an activity is permitted on the asker does not let it read on somebody else."""
    actors = [stage.cast.willing("willing"), *stage.cast.refused_by_standing()[:2]]
    scene = stage.scene(actors, leaky.Telling)

    assert _found(scene, DECIDE) == {("answer", actor.name) for actor in actors[1:]}


def test_a_permit_is_for_who_asks(stage: Stage) -> None:
    """What may be used for one is told to that one: not to another, nor to those around."""
    actors = [stage.cast.willing("willing"), stage.cast.refused_by_standing()[0]]

    found = _found(stage.scene(actors, leaky.Nosy), DECIDE)

    assert found == {("answer", actors[1].name), ("shown", "")}


def test_a_permit_excuses_the_answer_only(stage: Stage) -> None:
    """What may shape an answer may still not be logged."""
    scene = stage.scene([stage.cast.willing("willing")], leaky.Logging)

    assert _found(scene, DECIDE) == {("logs", "willing")}
