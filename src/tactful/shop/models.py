"""The models in use: swapped whole, retrained, and made to forget."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from tactful.gate import Permit
from tactful.mechanisms.interactions import Interactions
from tactful.mechanisms.models import Models, Settings
from tactful.shop.parts import Artefacts
from tactful.terms import SubjectId


class ModelsInUse:
    """
    Holds the one set of models that answers are made from.

    Every change publishes a new artefact and swaps it in; who holds the old one may finish with it.
    """

    def __init__(self, artefacts: Artefacts, settings: Settings) -> None:
        self._artefacts = artefacts
        self._settings = settings
        self._changing = threading.Lock()
        self._name: str | None = None
        self._models = Models.build(Interactions.of([]), settings)
        self.refresh()

    @property
    def current(self) -> Models:
        """Return the models in use now."""
        return self._models

    @property
    def name(self) -> str | None:
        """Return the name of the artefact in use, or None before the first training."""
        return self._name

    def refresh(self) -> None:
        """Take up what another process has published."""
        newest = self._artefacts.newest()
        if newest and newest != self._name:
            self._models = Models.from_arrays(self._artefacts.open(newest), self._settings)
            self._name = newest

    def use(self, models: Models) -> None:
        """Publish *models* and answer from them."""
        with self._changing:
            self._publish(models)

    def forget(self, permit: Permit, members: Sequence[SubjectId] = ()) -> bool:
        """
        Become what training without the permit's subject would give; tell if that changed.

        *members* are all numbers of their person, under each of which models may have learned.
        """
        with self._changing:
            self.refresh()
            models = self._models
            for number in {permit.subject, *members}:
                models = models.without(int(number))
            if models is self._models:
                return False
            self._publish(models)
        return True

    def _publish(self, models: Models) -> None:
        self._name = self._artefacts.publish(models.arrays())
        self._models = models
