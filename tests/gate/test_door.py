"""The door: what it counts, whom it lets in, and that data never leaves without its permit."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from gate_worlds import ABROAD, NOW, SUBJECT, every_mode, said, standings, visits
from hypothesis import given
from hypothesis import strategies as st

from tactful.gate import Door, Gap, Permit, Permitted, Refusal, Visit
from tactful.gate.decide import AUDIENCE_LIFETIME
from tactful.terms import PermitMisuse, Policy, Standing, StatementKind, SubjectId
from tactful.testing.policies import CONSENT_LIFETIME, small_policy
from tactful.testing.standings import StandingsInMemory, UsesInMemory

POLICY = small_policy()
EVERY_MODE = every_mode()
TICK = timedelta(microseconds=1)
TODAY = NOW.date()
STRANGER = SubjectId(8)
GRANTED = Standing(
    statements=(
        said("recommendations", StatementKind.GRANT),
        said("measurement", StatementKind.GRANT),
    ),
    residence="DE",
)


RESTRICTED = said("", StatementKind.RESTRICT)


class World:
    """A door with one subject behind it, and what it counted."""

    def __init__(self, standing: Standing = GRANTED, policy: Policy = POLICY) -> None:
        self.standings = StandingsInMemory(policy)
        self.standings.put(SUBJECT, standing, NOW)
        self.uses = UsesInMemory()
        self.door = Door(policy, standings=self.standings, uses=self.uses)


@given(standings, visits, st.sampled_from([*POLICY.activities, "fly"]))
def test_exactly_one_thing_is_counted_for_each_answer(
    standing: Standing, visit: Visit, activity: str
) -> None:
    """
    A permit for a subject is one use, a refusal one refusal, a gap one gap: never two.

    But for a region that no regime covers: that is a gap of its own.
    """
    world = World(standing)

    answer = world.door.ask(activity, visit, NOW)

    used = isinstance(answer, Permit) and visit.subject is not None
    gap = isinstance(answer, Gap)
    assert world.uses.uses == ({(SUBJECT, activity, TODAY): 1} if used else {})
    assert world.uses.refusals == (
        {(activity, answer.rule): 1} if isinstance(answer, Refusal) else {}
    )
    settled = visit.subject is not None and standing.region
    lost = visit.region == ABROAD and not settled and activity != "fly"
    assert world.uses.gaps.total() == gap + lost


@given(
    st.just(GRANTED) | standings,
    visits,
    st.lists(st.sampled_from([*POLICY.activities, "fly"]), unique=True, min_size=1).map(tuple),
)
def test_asking_about_several_activities_is_asking_about_each(
    standing: Standing, visit: Visit, activities: tuple[str, ...]
) -> None:
    """The same permits, and the same counted, also after others who differ in one thing only."""
    together, apart = World(policy=EVERY_MODE), World(policy=EVERY_MODE)
    for stands, came, at in _nearly_alike(standing, visit):
        together.standings.put(SUBJECT, stands, NOW)
        apart.standings.put(SUBJECT, stands, NOW)

        permits = together.door.ask_each(activities, came, at)

        answers = [apart.door.ask(activity, came, at) for activity in activities]
        expected = [answer for answer in answers if isinstance(answer, Permit)]
        assert list(permits) == expected
        assert bool(permits) == bool(expected)
        assert permits.purposes == {permit.purpose for permit in expected}
    assert vars(together.uses) == vars(apart.uses)


def _nearly_alike(standing: Standing, visit: Visit) -> Iterator[tuple[Standing, Visit, datetime]]:
    """Yield subjects who differ in one thing: what is remembered of one must not serve another."""
    restricted = replace(standing, statements=(*standing.statements, RESTRICTED))
    yield standing, visit, NOW
    yield standing, visit, NOW + CONSENT_LIFETIME
    yield standing, replace(visit, gpc=not visit.gpc), NOW
    yield standing, replace(visit, denied=frozenset(POLICY.purposes) - visit.denied), NOW
    yield standing, replace(visit, region="US", subject=None), NOW
    yield restricted, visit, NOW
    yield replace(standing, residence="US"), visit, NOW
    yield replace(standing, residence="XM", born=None), visit, NOW
    yield replace(standing, residence="XM", born=NOW.date()), visit, NOW
    yield replace(standing, residence=None, address=None), replace(visit, region=ABROAD), NOW


def test_how_many_stand_alike_is_remembered_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests may come from anywhere: what is remembered of them must not grow with them."""
    monkeypatch.setattr("tactful.gate.door._MOST_ALIKE", 2)
    door = World().door

    for denied in ("recommendations", "measurement", "advertising", "necessary"):
        door.ask_each(("recommend",), Visit(region="US", denied=frozenset({denied})), NOW)
        assert len(door._alike) <= 2


def test_several_permits_are_for_one_subject_or_none() -> None:
    """A visitor of whom nothing is stored has permits, but nothing that could be opened by them."""
    door = World().door
    assert door.ask_each(("recommend",), Visit(subject=SUBJECT), NOW).subject == SUBJECT

    with pytest.raises(PermitMisuse, match="nobody who is stored"):
        _ = door.ask_each(("recommend",), Visit(region="US"), NOW).subject

    with pytest.raises(ValueError, match="timezone-aware"):
        door.ask_each(("recommend",), Visit(), NOW.replace(tzinfo=None))


def test_a_gap_is_reported_to_the_operator_by_name() -> None:
    """What is missing is told, for one subject and for an audience, without whom it concerns."""
    world = World(Standing(residence="XA"))

    world.door.ask("count-visits", Visit(subject=SUBJECT), NOW)
    world.door.ask_audience("count-visits", NOW)
    assert isinstance(world.door.ask_audience("fly", NOW), Gap)

    assert set(world.uses.gaps) == {
        ("count-visits", "purpose measurement in regime closed"),
        ("count-visits", "purpose measurement in regime of some subjects"),
        ("fly", "activity fly"),
    }


@pytest.mark.parametrize(
    ("region", "named"),
    [
        ("BR", "regime of region BR"),
        ("br-sp", "regime of region BR"),
        ("ÄÖ", "regime of region of no known shape"),
        ("1A", "regime of region of no known shape"),
        ("Brazil, somewhere", "regime of region BR"),
    ],
)
def test_a_region_that_no_regime_covers_is_reported_by_its_country(region: str, named: str) -> None:
    """However it is written, the names that are counted are not more than there are countries."""
    world = World()

    world.door.ask("recommend", Visit(region=region), NOW)
    world.door.ask("recommend", Visit(), NOW)
    world.door.ask("recommend", Visit(region="US"), NOW)

    assert world.uses.gaps == {("recommend", named): 1}


def test_where_a_residence_is_known_the_region_of_a_request_is_no_gap() -> None:
    """A journey to where no regime holds changes nothing, so that there is nothing to report."""
    for home in ("DE", ABROAD):
        world = World(replace(GRANTED, residence=home))
        came = Visit(subject=SUBJECT, region="CN")
        assert isinstance(world.door.ask("recommend", came, NOW), Permit)
        assert not world.uses.gaps


def test_who_would_refuse_a_purpose_is_said_though_no_activity_serves_it() -> None:
    """As an activity would be answered that does nothing else; an unknown purpose is a gap."""
    world = World(Standing(residence="DE"))
    visit = Visit(subject=SUBJECT)

    refused = world.door.refusal_of_purpose("recommendations", visit, NOW)

    assert isinstance(refused, Refusal)
    assert (refused.activity, refused.rule) == ("recommendations", "consent_when_needed")
    assert world.door.refusal_of_purpose("necessary", visit, NOW) is None
    unknown = world.door.refusal_of_purpose("fly", visit, NOW)
    assert unknown == Gap(activity="fly", missing="activity fly", decided_at=NOW)
    assert not world.uses.gaps
    assert not world.uses.refusals


def test_a_use_is_counted_on_its_day_in_utc() -> None:
    """Whatever the zone of the clock, the same moment is counted on the same day."""
    world = World()
    late = NOW.astimezone(timezone(timedelta(hours=14)))
    assert late.date() != TODAY

    world.door.ask("recommend", Visit(subject=SUBJECT), late)
    world.door.open_audience("recommend", late, lambda permit: permit.audience.members)

    assert world.uses.uses == {(SUBJECT, "recommend", TODAY): 2}


@pytest.fixture
def far_east(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Set the clock of this machine to where the next day has begun."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC-14")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("far_east")
def test_the_zone_of_the_machine_moves_no_use_to_another_day() -> None:
    """A server in another part of the world counts on the same days."""
    world = World()

    world.door.ask("recommend", Visit(subject=SUBJECT), NOW)

    assert NOW.astimezone().date() != TODAY
    assert world.uses.uses == {(SUBJECT, "recommend", TODAY): 1}


def test_the_permit_of_an_audience_says_what_for_and_until_when() -> None:
    """Like that of one subject; the basis and the regime differ from member to member."""
    answer = World().door.ask_audience("recommend", NOW)

    assert isinstance(answer, Permit)
    assert replace(answer, scope=None) == Permit(
        scope=None,
        activity="recommend",
        purpose="recommendations",
        basis="per subject",
        regime="per subject",
        decided_at=NOW,
        expires_at=NOW + AUDIENCE_LIFETIME,
    )


def test_a_gap_for_an_audience_names_what_is_missing() -> None:
    """As one would for a single subject."""
    answer = World().door.ask_audience("fly", NOW)

    assert answer == Gap(activity="fly", missing="activity fly", decided_at=NOW)


def test_a_refusal_opens_nothing() -> None:
    """Where the answer is no, what would read the data is not even called."""
    world = World(Standing(residence="DE"))
    opened: list[Permit] = []

    refused = world.door.open("recommend", Visit(subject=SUBJECT), NOW, opened.append)
    gap = world.door.open("fly", Visit(subject=SUBJECT), NOW, opened.append)
    nobody = world.door.open_audience("fly", NOW, opened.append)

    assert isinstance(refused, Refusal)
    assert isinstance(gap, Gap)
    assert isinstance(nobody, Gap)
    assert not opened


def test_a_use_is_counted_before_anything_is_read() -> None:
    """Data that was read and not counted cannot be, even if reading fails halfway."""
    world = World()

    def fail(permit: Permit) -> None:
        raise OSError(permit.activity)

    with pytest.raises(OSError, match="recommend"):
        world.door.open("recommend", Visit(subject=SUBJECT), NOW, fail)
    with pytest.raises(OSError, match="keep-history"):
        world.door.open_audience("keep-history", NOW, fail)

    assert set(world.uses.uses) == {
        (SUBJECT, "recommend", TODAY),
        (SUBJECT, "keep-history", TODAY),
    }


def test_what_is_opened_keeps_its_permit() -> None:
    """`Permitted` holds the very permit that the data was read with."""
    world = World()
    seen: list[Permit] = []

    def read(permit: Permit) -> str:
        seen.append(permit)
        return "kettle"

    one = world.door.open("recommend", Visit(subject=SUBJECT), NOW, read)
    many = world.door.open_audience("recommend", NOW, read)

    assert isinstance(one, Permitted)
    assert isinstance(many, Permitted)
    assert (one.value, many.value) == ("kettle", "kettle")
    assert one.permit is seen[0]
    assert many.permit is seen[1]
    assert one.permit.subject == SUBJECT


def test_opening_for_an_audience_counts_each_member_and_nobody_else() -> None:
    """Whoever was refused has no use on their account; asking alone counts none."""
    world = World()
    world.standings.put(STRANGER, Standing(residence="DE"), NOW)

    asked = world.door.ask_audience("recommend", NOW)
    assert not world.uses.uses
    world.door.open_audience("recommend", NOW, lambda _permit: None)

    assert isinstance(asked, Permit)
    assert asked.audience.refused == {"consent_when_needed": 1}
    assert world.uses.uses == {(SUBJECT, "recommend", TODAY): 1}


def test_a_statement_counts_from_the_next_question_on() -> None:
    """Withdrawing takes effect at once, for one and for many, and so does being forgotten."""
    world = World()
    visit = Visit(subject=SUBJECT)
    assert isinstance(world.door.ask("recommend", visit, NOW), Permit)

    withdrawn = (*GRANTED.statements, said("recommendations", StatementKind.WITHDRAW))
    world.standings.put(SUBJECT, Standing(statements=withdrawn, residence="DE"), NOW)
    audience = world.door.ask_audience("recommend", NOW)
    assert isinstance(world.door.ask("recommend", visit, NOW), Refusal)
    assert isinstance(audience, Permit)
    assert SUBJECT not in audience.audience

    world.standings.forget(SUBJECT)
    forgotten = world.door.ask_audience("recommend", NOW)
    assert isinstance(forgotten, Permit)
    assert (forgotten.audience.members.size, forgotten.audience.refused) == (0, {})


@pytest.mark.parametrize("activity", ["recommend", "fly"])
def test_naive_time_is_a_bug_at_the_door_too(activity: str) -> None:
    """No question without a time zone is answered, and nothing is counted for it."""
    world, naive = World(), NOW.replace(tzinfo=None)

    with pytest.raises(ValueError, match="timezone-aware"):
        world.door.ask(activity, Visit(subject=SUBJECT), naive)
    with pytest.raises(ValueError, match="timezone-aware"):
        world.door.ask_audience(activity, naive)

    assert not world.uses.uses
    assert not world.uses.gaps


@pytest.mark.parametrize(("passed", "permitted"), [(-TICK, True), (timedelta(0), False)])
def test_a_grant_ends_at_the_same_moment_for_one_and_for_many(
    passed: timedelta, *, permitted: bool
) -> None:
    """Expiry is seen by the look-up and by the audience, at the very end of the term."""
    grant = said("recommendations", StatementKind.GRANT, regime="asking")
    world = World(Standing(statements=(grant,), residence="DE"))
    at = NOW + CONSENT_LIFETIME + passed

    one = world.door.ask("recommend", Visit(subject=SUBJECT), at)
    many = world.door.ask_audience("recommend", at)

    assert isinstance(many, Permit)
    assert isinstance(one, Permit) is (SUBJECT in many.audience) is permitted


@given(standings, visits, st.sampled_from([*POLICY.activities, "fly"]))
def test_who_would_refuse_is_said_without_counting(
    standing: Standing, visit: Visit, activity: str
) -> None:
    """It is the answer of `ask`, but nothing is counted, and no permit is handed out."""
    world = World(standing)

    answer = world.door.refusal(activity, visit, NOW)

    counted = (world.uses.uses, world.uses.refusals, world.uses.gaps)
    assert not any(counted)
    asked = world.door.ask(activity, visit, NOW)
    assert answer == (None if isinstance(asked, Permit) else asked)
