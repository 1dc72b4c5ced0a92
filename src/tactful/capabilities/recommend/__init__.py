"""Recommendation: fill the slots of a page at the level a person allows, with reasons."""

from tactful.capabilities.recommend.lessons import Lesson, Visit, lessons, visits
from tactful.capabilities.recommend.ports import Catalogue, Histories, Scored, Taught
from tactful.capabilities.recommend.slate import RECENT, Known, Shelf, slate
from tactful.capabilities.recommend.slots import ACTIVITIES, SLOTS, Slot

__all__ = [
    "ACTIVITIES",
    "RECENT",
    "SLOTS",
    "Catalogue",
    "Histories",
    "Known",
    "Lesson",
    "Scored",
    "Shelf",
    "Slot",
    "Taught",
    "Visit",
    "lessons",
    "slate",
    "visits",
]
