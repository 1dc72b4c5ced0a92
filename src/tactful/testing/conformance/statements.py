# ruff: noqa: S101 - a suite asserts, and with figures
"""What every implementation of `Statements` and `Standings` promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tactful.gate import Permit, Refusal, Visit, digest, encode
from tactful.terms import NotFound, Standing, Statement, StatementKind
from tactful.testing.conformance.policy import INDIVIDUAL, LIFETIME, MEASUREMENT, NOTICE, PURPOSES
from tactful.testing.conformance.shelf import Shelf


def _statements(shelf: Shelf) -> st.SearchStrategy[list[Statement]]:
    """Return lists of what one subject may say, at any time up to now, in any order."""
    about_all = {StatementKind.RESTRICT, StatementKind.LIFT}
    ago = st.timedeltas(min_value=timedelta(0), max_value=2 * LIFETIME)
    return st.lists(
        st.builds(
            lambda purpose, kind, ago, notice, regime: Statement(
                purpose="" if kind in about_all else purpose,
                kind=kind,
                at=shelf.clock() - ago,
                notice=notice,
                regime=regime,
            ),
            st.sampled_from(PURPOSES),
            st.sampled_from(StatementKind),
            ago,
            st.sampled_from([NOTICE, "shop@0", ""]),
            st.sampled_from(["asking", "telling", ""]),
        ),
        min_size=1,
        max_size=6,
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
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(data=st.data(), region=st.sampled_from([None, "DE", "US", "XX"]))
    def test_digest_is_the_gates(
        self, shelf: Shelf, data: st.DataObject, region: str | None
    ) -> None:
        """Whatever is said, the digest kept is the one that the gate takes of the standing."""
        statements = data.draw(_statements(shelf))
        ann = shelf.stranger()
        shelf.store.statements.append(shelf.permit(ann), statements)
        if region:
            shelf.store.profiles.settle(shelf.permit(ann), region)
        standing = shelf.store.statements.standing(shelf.permit(ann))
        assert sorted(standing.statements, key=repr) == sorted(statements, key=repr)
        expected = digest(standing, shelf.policy, shelf.clock())
        assert shelf.store.standings.digest(ann) == expected

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
        )
        shelf.clock.move(timedelta(seconds=1))
        shelf.store.statements.append(shelf.permit(ann), [said])
        shelf.reopen()
        assert shelf.store.statements.standing(shelf.permit(ann)).statements == (said,)

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
        shelf.store.profiles.settle(shelf.permit(subjects[0]), "US")
        columns = shelf.store.standings.columns()
        assert columns.subjects.tolist() == subjects
        for place, subject in enumerate(subjects):
            facts = shelf.store.standings.digest(subject) or digest(
                Standing(), shelf.policy, shelf.clock()
            )
            expected = [
                encode(regime=facts.regime, said=said, signal=False, restricted=facts.restricted)
                for said in facts.said
            ]
            assert columns.codes[:, place].tolist() == expected
            assert columns.until[:, place].tolist() == list(facts.until)

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
        shelf.store.profiles.settle(shelf.permit(bob), "US")
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
