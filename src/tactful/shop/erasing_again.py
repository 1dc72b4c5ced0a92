"""Erase again whom a restored backup brought back."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tactful.gate import Permit, Visit
from tactful.shop.models import ModelsInUse
from tactful.shop.parts import Parts
from tactful.terms import Mistake, SubjectId


def erase_again(
    parts: Parts,
    models: ModelsInUse,
    subjects: Iterable[SubjectId],
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """
    Erase *subjects*, who were erased before: models first, then keys and rows; return how many.

    Raises:
        Mistake: the policy refuses to answer requests.
    """
    done = 0
    for subject in subjects:
        permit = parts.door.ask("answer-request", Visit(subject=subject), parts.clock())
        if not isinstance(permit, Permit):
            raise Mistake(f"the policy refuses answer-request ({permit.reason}): mend it first")
        models.forget(permit)
        parts.store.records.erase(permit)
        done += 1
        progress(done)
    return done
