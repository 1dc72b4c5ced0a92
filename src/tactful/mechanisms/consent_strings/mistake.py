"""What is wrong with a consent string.  Nothing in this package raises anything else."""

from __future__ import annotations

from tactful.terms import Mistake


class ConsentStringMistake(Mistake):
    """A consent string that cannot be read, or a consent that cannot be written, in one line."""
