# ruff: noqa: S101 - a suite asserts, and with figures
"""What every implementation of `Statements` and `Standings` promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tactful.gate import DigestColumns, Permit, Refusal, Visit, digest
from tactful.terms import (
    NotFound,
    Relationship,
    RelationshipKind,
    Said,
    Speaker,
    Standing,
    Statement,
    StatementKind,
    SubjectId,
)
from tactful.testing.conformance.lives import lives
from tactful.testing.conformance.policy import (
    INDIVIDUAL,
    MEASUREMENT,
    NEWS,
    NOTICE,
    PURPOSES,
)
from tactful.testing.conformance.shelf import ONE_SHELF, Shelf
from tactful.testing.standings import columns_of

PURCHASE = Relationship(
    kind=RelationshipKind.PURCHASE, at=datetime(2026, 1, 5, tzinfo=UTC), opt_out_offered=True
)


class StatementsSuite:
    """What was said, and what the gate reads of it."""

    def test_next_question_sees_it(self, shelf: Shelf) -> None:
        """A grant opens the next question, and a withdrawal closes the one after it."""
        ann = shelf.subject()
        visit = Visit(subject=ann, region="DE")
        assert isinstance(shelf.door.ask("recommend-individual", visit, shelf.clock()), Refusal)
        shelf.say(ann, StatementKind.GRANT)
        assert isinstance(shelf.door.ask("recommend-individual", visit, shelf.clock()), Permit)
        shelf.clock.move(timedelta(seconds=1))
        shelf.say(ann, StatementKind.WITHDRAW)
        assert isinstance(shelf.door.ask("recommend-individual", visit, shelf.clock()), Refusal)

    def test_who_said_nothing_has_no_digest(self, shelf: Shelf) -> None:
        """Nothing said and no known residence: no digest, and an empty standing."""
        ann = shelf.subject()
        assert shelf.store.standings.digest(ann) is None
        assert shelf.store.statements.standing(shelf.permit(ann)) == Standing()

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=ONE_SHELF,
    )
    @given(data=st.data())
    def test_digest_is_the_gates(self, shelf: Shelf, data: st.DataObject) -> None:
        """Whatever is said and done, the digest kept is what the gate takes of the standing."""
        life, ann = data.draw(lives(shelf.clock())), shelf.stranger()
        life.happen(shelf, ann)
        standing = shelf.store.statements.standing(shelf.permit(ann))
        assert sorted(standing.statements, key=repr) == sorted(life.statements, key=repr)
        expected = digest(standing, shelf.policy, shelf.clock())
        assert shelf.store.standings.digest(ann) == expected

    @settings(
        max_examples=10,
        deadline=None,
        suppress_health_check=ONE_SHELF,
    )
    @given(data=st.data())
    def test_all_digests_are_the_gates(self, shelf: Shelf, data: st.DataObject) -> None:
        """Under another policy everybody's digest is the gate's, one by one and as columns."""
        for life in data.draw(st.lists(lives(shelf.clock()), max_size=8)):
            life.happen(shelf, shelf.stranger())
        shelf.stranger()
        purposes = dict(reversed(list(shelf.policy.purposes.items())))
        shelf.reopen(replace(shelf.policy, purposes=purposes))
        columns = shelf.store.standings.columns()
        expected = {
            SubjectId(subject): digest(
                shelf.store.statements.standing(shelf.permit(SubjectId(subject))),
                shelf.policy,
                shelf.clock(),
            )
            for subject in columns.subjects.tolist()
        }
        silent = digest(Standing(), shelf.policy, shelf.clock())
        for subject, facts in expected.items():
            assert (shelf.store.standings.digest(subject) or silent) == facts
        same_columns(columns, columns_of(expected, shelf.policy))

    def test_oldest_first(self, shelf: Shelf) -> None:
        """A standing is in the order in which things were said, not in that of arrival."""
        ann = shelf.subject()
        late = shelf.say(ann, StatementKind.WITHDRAW)
        early = replace(late, kind=StatementKind.GRANT, at=late.at - timedelta(days=1))
        shelf.store.statements.append(shelf.permit(ann), [early])
        standing = shelf.store.statements.standing(shelf.permit(ann))
        assert standing.statements == (early, late)

    def test_keeps_every_word_of_it(self, shelf: Shelf) -> None:
        """Every field comes back, times to the microsecond, after a reopening too."""
        ann = shelf.subject()
        said = Statement(
            purpose=INDIVIDUAL,
            kind=StatementKind.GRANT,
            at=shelf.clock().replace(microsecond=123_457),
            notice=NOTICE,
            regime="asking",
            locale="de",
            source="preference centre",
            notice_hash="f" * 64,
            ui="banner 3.1",
            by=Speaker.PARENT,
            record="0123456789abcdef",
        )
        shelf.clock.move(timedelta(seconds=1))
        shelf.store.statements.append(shelf.permit(ann), [said])
        shelf.reopen()
        assert shelf.store.statements.standing(shelf.permit(ann)).statements == (said,)

    def test_all_that_the_law_looks_at_is_in_the_digest(self, shelf: Shelf) -> None:
        """Residence, address, birth and dealings count at once, and after a reopening."""
        ann = shelf.subject()
        profiles = shelf.store.profiles
        profiles.settle(shelf.permit(ann), address="US")
        profiles.set_born(shelf.permit(ann), date(2015, 6, 1))
        for late in (30, 0, 10):
            dealing = replace(PURCHASE, at=shelf.clock() - timedelta(days=late))
            profiles.dealt(shelf.permit(ann), dealing)
        standing = shelf.store.statements.standing(shelf.permit(ann))
        assert [dealing.at for dealing in standing.relationships] == [shelf.clock()]
        assert (standing.address, standing.born) == ("US", date(2015, 6, 1))
        expected = digest(standing, shelf.policy, shelf.clock())
        assert expected.said[PURPOSES.index(NEWS)] == Said.IMPLIED
        assert expected.young
        assert shelf.store.standings.digest(ann) == expected
        shelf.reopen()
        assert shelf.store.standings.digest(ann) == expected
        shelf.store.profiles.settle(shelf.permit(ann), residence="DE")
        moved = shelf.store.standings.digest(ann)
        assert moved is not None
        assert moved.said[PURPOSES.index(NEWS)] == Said.NOTHING

    def test_the_words_of_a_notice_are_kept_once(self, shelf: Shelf) -> None:
        """What was shown comes back word by word by its hash, also after a reopening."""
        notice = shelf.policy.notices[0]
        for _ in range(2):
            shelf.store.showings.keep(notice, shelf.clock())
        shelf.reopen()
        shelf.store.showings.keep(notice, shelf.clock())
        assert shelf.store.showings.words(notice.hash) == notice
        assert shelf.store.showings.words("unknown") is None

    def test_a_residence_outranks_an_address(self, shelf: Shelf) -> None:
        """The law at the address holds until a residence is known, whichever was told first."""
        profiles = shelf.store.profiles
        for name in ("ann", "bob"):
            subject = shelf.subject(name)
            told: tuple[dict[str, str], ...] = ({"address": "DE"}, {"residence": "US"})
            for region in told if name == "ann" else reversed(told):
                profiles.settle(shelf.permit(subject), **region)
            facts = shelf.store.standings.digest(subject)
            assert facts is not None
            assert facts.regime == shelf.policy.regime_index("US")
            standing = shelf.store.statements.standing(shelf.permit(subject))
            assert (standing.residence, standing.address) == ("US", "DE")

    def test_an_address_alone_is_known(self, shelf: Shelf) -> None:
        """Who told no residence lives, for the law, where the address of their account is."""
        ann = shelf.subject()
        shelf.store.profiles.settle(shelf.permit(ann), address="us")
        facts = shelf.store.standings.digest(ann)
        assert facts is not None
        assert (facts.regime, facts.residence_known) == (shelf.policy.regime_index("US"), True)

    def test_nobody_grows_up_by_a_word_from_the_future(self, shelf: Shelf) -> None:
        """A statement or a dealing dated years ahead leaves a minor a minor."""
        ann = shelf.subject()
        shelf.store.profiles.set_born(shelf.permit(ann), date(2015, 6, 1))
        before = shelf.store.standings.digest(ann)
        ahead = replace(shelf.say(ann), at=shelf.clock() + timedelta(days=9000))
        shelf.store.statements.append(shelf.permit(ann), [ahead])
        shelf.store.profiles.dealt(shelf.permit(ann), replace(PURCHASE, at=ahead.at))
        after = shelf.store.standings.digest(ann)
        assert before is not None
        assert after is not None
        assert after.young == before.young != ()

    def test_a_word_from_a_fast_clock_counts_at_once(self, shelf: Shelf) -> None:
        """What was acknowledged counts, even if its sender's clock is ahead of ours."""
        ann = shelf.subject()
        said = shelf.say(ann)
        ahead = replace(said, kind=StatementKind.WITHDRAW, at=said.at + timedelta(minutes=5))
        shelf.store.statements.append(shelf.permit(ann), [ahead])
        visit = Visit(subject=ann, region="DE")
        assert isinstance(shelf.door.ask("recommend-individual", visit, shelf.clock()), Refusal)

    def test_columns_are_the_digests(self, shelf: Shelf) -> None:
        """The columns hold every subject in order, each as its digest says."""
        subjects = [shelf.subject(name) for name in ("ann", "bob", "cid", "dan")]
        shelf.say(subjects[1])
        shelf.say(subjects[3], StatementKind.RESTRICT, "")
        shelf.store.profiles.settle(shelf.permit(subjects[0]), residence="US")
        shelf.store.profiles.set_born(shelf.permit(subjects[2]), date(2015, 6, 1))
        shelf.store.profiles.dealt(shelf.permit(subjects[3]), PURCHASE)
        columns = shelf.store.standings.columns()
        silent = digest(Standing(), shelf.policy, shelf.clock())
        digests = {s: shelf.store.standings.digest(s) or silent for s in subjects}
        expected = columns_of(digests, shelf.policy)
        same_columns(columns, expected)

    def test_columns_follow(self, shelf: Shelf) -> None:
        """A statement, a new subject and an erasure each show in the next columns."""
        ann = shelf.subject("ann")
        before = shelf.store.standings.columns()
        shelf.say(ann)
        after = shelf.store.standings.columns()
        assert not np.array_equal(before.codes, after.codes)
        bob = shelf.subject("bob")
        assert shelf.store.standings.columns().subjects.tolist() == [ann, bob]
        shelf.store.records.erase(shelf.permit(ann))
        assert shelf.store.standings.columns().subjects.tolist() == [bob]

    def test_columns_of_nobody(self, shelf: Shelf) -> None:
        """An empty store has empty columns of the right shape."""
        columns = shelf.store.standings.columns()
        assert columns.codes.shape == columns.until.shape == (len(PURPOSES), 0)

    def test_another_policy_takes_every_digest_anew(self, shelf: Shelf) -> None:
        """After the policy changed, even in the order of its purposes, digests are the gate's."""
        ann, bob = shelf.subject("ann"), shelf.subject("bob")
        shelf.say(ann, purpose=MEASUREMENT)
        shelf.store.profiles.settle(shelf.permit(bob), residence="US")
        purposes = dict(reversed(list(shelf.policy.purposes.items())))
        regimes = (shelf.policy.regimes[0], *reversed(shelf.policy.regimes[1:]))
        shelf.reopen(replace(shelf.policy, purposes=purposes, regimes=regimes))
        for subject in (ann, bob):
            standing = shelf.store.statements.standing(shelf.permit(subject))
            expected = digest(standing, shelf.policy, shelf.clock())
            assert shelf.store.standings.digest(subject) == expected

    def test_the_erased_say_nothing(self, shelf: Shelf) -> None:
        """A statement that arrives after the erasure is refused, and nothing is kept of it."""
        ann = shelf.subject()
        permit = shelf.permit(ann)
        said = shelf.say(ann)
        shelf.store.records.erase(permit)
        with pytest.raises(NotFound):
            shelf.store.statements.append(permit, [said])
        assert shelf.store.standings.digest(ann) is None


def same_columns(found: DigestColumns, expected: DigestColumns) -> None:
    """Fail unless *found* are *expected*, column by column."""
    for name in ("subjects", "codes", "until", "minors", "young"):
        assert np.array_equal(getattr(found, name), getattr(expected, name)), name
