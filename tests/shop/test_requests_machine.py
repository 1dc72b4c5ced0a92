"""Whatever happens to requests in whatever order, they stand as a simple model of them says."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from asking_worlds import office, user
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from tactful.shop import Asking
from tactful.terms import Mistake, Proof, Request, RequestKind

KINDS = st.sampled_from(list(RequestKind))
NAMES = st.sampled_from(["ann", "ben", "nobody"])
REVIEWED = frozenset({RequestKind.ERASURE, RequestKind.ACCESS})
NOES = {"restriction", "objection", "opt_out_sale", "limit_sensitive"}


@dataclass
class Case:
    """What the model knows of one request: a state, in plain words, and whether somebody looks."""

    kind: str
    name: str
    state: str
    looks: bool
    linked: bool
    paused: bool = False
    extended: bool = False
    steps: list[str] = field(default_factory=list)


class RequestsMachine(RuleBasedStateMachine):
    """Two people in Germany and somebody unknown ask, an officer answers, time passes."""

    cases = Bundle("cases")

    @initialize()
    def open_office(self) -> None:
        """Open a shop where erasures and copies wait for the officer."""
        self.stack = ExitStack()
        self.folder = Path(tempfile.mkdtemp())
        self.here = self.stack.enter_context(office(self.folder / "s", mail=False, review=REVIEWED))
        self.here.meet("ann")
        self.here.meet("ben")
        self.known = {"ann", "ben"}
        self.model: dict[str, Case] = {}

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.stack.close()
        shutil.rmtree(self.folder)

    @rule(target=cases, kind=KINDS, name=NAMES, signed=st.booleans())
    def ask(self, kind: RequestKind, name: str, *, signed: bool) -> str:
        """Somebody asks, signed in or not."""
        proof = Proof.SIGNED_IN if signed else None
        asking = Asking(kind=kind, identifier=user(name), region="DE", proof=proof)
        request = self.here.shop.requests.open(asking)
        if kind in NOES:
            self.known.add(name)
        linked = name in self.known
        in_words = kind == "rectification" and linked
        looks = kind in REVIEWED or in_words
        state = "verified" if signed or kind in NOES else "received"
        case = Case(
            kind=kind, name=name, state=state, looks=looks and kind not in NOES, linked=linked
        )
        self.model[request.id] = case
        self._carried_out(case)
        return request.id

    @rule(number=cases)
    def verify(self, number: str) -> None:
        """The officer looks at a passport."""
        case = self.model[number]
        if self._tried(case.state == "received", lambda: self._requests.verify(number)):
            case.state = "verified"
            self._settle_looks(case)
            self._carried_out(case)

    @rule(number=cases)
    def approve(self, number: str) -> None:
        """The officer says yes."""
        case = self.model[number]
        if self._tried(case.state == "verified", lambda: self._requests.approve(number)):
            case.state, case.looks = "verified", False
            self._carried_out(case)

    @rule(number=cases)
    def refuse(self, number: str) -> None:
        """The officer says no."""
        case = self.model[number]
        open_ = case.state not in {"done", "refused"}
        if self._tried(open_, lambda: self._requests.refuse(number, reason="excessive")):
            case.state = "refused"

    @rule(number=cases)
    def pause(self, number: str) -> None:
        """The clock is stopped; for a no there is nothing left to ask."""
        case = self.model[number]
        may = case.state not in {"done", "refused"} and not case.paused
        if self._tried(may, lambda: self._requests.pause(number, reason="identity")):
            case.paused = True

    @rule(number=cases)
    def resume(self, number: str) -> None:
        """The clock runs again."""
        case = self.model[number]
        may = case.state not in {"done", "refused"} and case.paused
        if self._tried(may, lambda: self._requests.resume(number)):
            case.paused = False

    @rule(number=cases)
    def extend(self, number: str) -> None:
        """More time is taken, within the first period and once."""
        case = self.model[number]
        clock = self._requests.clock(self._requests.find(number))
        in_time = clock.tell_by is not None and clock.day <= clock.tell_by
        may = case.state not in {"done", "refused"} and not case.extended and in_time
        if self._tried(may, lambda: self._requests.extend(number)):
            case.extended = True

    @rule(days=st.integers(1, 50))
    def wait(self, days: int) -> None:
        """Time passes, and the chores are done."""
        self.here.clock.go(days=days)
        self._requests.tidy()
        for case in self.model.values():
            self._settle_looks(case)
            self._carried_out(case)

    @invariant()
    def stands_as_the_model_says(self) -> None:
        """Same states; the same are owed an answer; steps are numbered, and only ever grow."""
        for number, case in self.model.items():
            request = self._requests.find(number)
            assert request.state == case.state, (case, request)
            assert [step.number for step in request.steps] == [
                n + 1 for n in range(len(request.steps))
            ]
            kinds = [step.kind.value for step in request.steps]
            assert kinds[: len(case.steps)] == case.steps
            case.steps = kinds
            assert (request.subject is not None) is case.linked
        owed = {request.id for request, _ in self._requests.due()}
        assert owed == {
            n for n, case in self.model.items() if case.state not in {"done", "refused"}
        }

    @property
    def _requests(self):  # type: ignore[no-untyped-def]  # noqa: ANN202
        return self.here.shop.requests

    def _settle_looks(self, case: Case) -> None:
        """A correction of somebody who was erased has nothing left to be corrected by hand."""
        if case.kind == "rectification" and not case.linked:
            case.looks = False

    def _carried_out(self, case: Case) -> None:
        """Let the model do what is verified and waits for nobody."""
        if case.state != "verified" or case.looks:
            return
        case.state = "done"
        if case.kind == "erasure" and case.linked:
            self.known.discard(case.name)
            for other in self.model.values():
                other.linked = other.linked and other.name != case.name

    def _tried(self, may: bool, act) -> bool:  # type: ignore[no-untyped-def]  # noqa: ANN001, FBT001
        """Do *act*, which must be refused exactly where the model says so."""
        try:
            told: Request = act()
        except Mistake:
            assert not may
            return False
        assert may, told
        return True


TestRequestsMachine = RequestsMachine.TestCase
TestRequestsMachine.settings = settings(max_examples=12, stateful_step_count=15, deadline=None)
