"""Teach the models from those who allow it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from tactful.capabilities.recommend import ACTIVITIES, Lesson, lessons
from tactful.gate import Audience, Gap, Permit, Permitted
from tactful.mechanisms.interactions import NOBODY, Interactions
from tactful.mechanisms.models import Models
from tactful.shop.models import ModelsInUse
from tactful.shop.parts import Parts
from tactful.terms import Event, Level, Mistake, SubjectId

TRAINING = "train-models"

Progress = Callable[[str, int], None]
"""Told which step is under way and how many of its things are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What the models were made from: counts, without people."""

    subjects: int
    refused: Mapping[str, int]
    visits: int
    items: int
    artefact: str | None


class Training:
    """Reads permitted history and makes models of it."""

    def __init__(self, parts: Parts, models: ModelsInUse) -> None:
        self._parts = parts
        self._models = models

    def train(self, progress: Progress = lambda _step, _done: None) -> Trained:
        """Train on everybody who allows it, publish the models, and answer from them."""
        opened = self.open_history()
        taught = self.read(opened, progress)
        models = self.build(taught, self.groups(), progress)
        models = self._publish(models)
        return Trained(
            subjects=len({owner for owner, _, _ in taught}),
            refused=_refused(opened.permit),
            visits=len(taught),
            items=len(models.log.vocabulary.ids),
            artefact=self._models.name,
        )

    def _publish(self, models: Models) -> Models:
        """
        Put *models* into use, and leave nobody in who withdrew or was erased meanwhile.

        Reading and building take a while, so the door is asked again (ADR-0004): after publishing,
        because whoever leaves later makes what is published then forget them.
        """
        self._models.use(models)
        while gone := self._gone(models):
            models = models.without(*gone)
            self._models.use(models)
        return models

    def _gone(self, models: Models) -> list[int]:
        answer = self._parts.door.ask_audience(TRAINING, self._parts.clock())
        members = answer.audience.members if isinstance(answer, Permit) else ()
        owners = np.unique(models.log.owner)
        return [int(owner) for owner in np.setdiff1d(owners[owners != NOBODY], members)]

    def open_history(self) -> Permitted[Iterable[Event]]:
        """Ask the door for everybody's history, as far as it may teach the models."""
        at = self._parts.clock()
        answer = self._parts.door.open_audience(TRAINING, at, self._parts.store.events.of_audience)
        if isinstance(answer, Gap):
            raise Mistake(f"nothing can be trained, {answer.reason}: add it to the policy")
        return answer

    def read(self, opened: Permitted[Iterable[Event]], progress: Progress) -> list[Lesson]:
        """Return all lessons in *opened*."""
        taught: list[Lesson] = []
        for lesson in lessons(opened):
            taught.append(lesson)
            progress("read visits", len(taught))
        return taught

    def build(
        self, taught: list[Lesson], groups: Mapping[SubjectId, str], progress: Progress
    ) -> Models:
        """Make models of *taught*; *groups* says in which group a subject falls, if in any."""
        progress("build models", 0)
        log = Interactions.of(taught, groups={int(s): g for s, g in groups.items()})
        models = Models.build(log, self._parts.model_settings)
        progress("build models", len(taught))
        return models

    def groups(self) -> Mapping[SubjectId, str]:
        """Return the groups of those who allow to be grouped."""
        at, read = self._parts.clock(), self._parts.store.profiles.groups_of
        answer = self._parts.door.open_audience(ACTIVITIES[Level.SEGMENT], at, read)
        return answer.value if isinstance(answer, Permitted) else {}


def _refused(permit: Permit) -> Mapping[str, int]:
    return permit.scope.refused if isinstance(permit.scope, Audience) else {}
