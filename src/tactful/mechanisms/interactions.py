"""
The log that models are built from: sessions of items, each with an end and an owner.

Immutable, and in one canonical order, so that the same sessions always give the same arrays.
An owner is an opaque number.  Reads no store and decides nothing about who may be in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from tactful.mechanisms.arrays import Arrays, Codes, Offsets, frozen, offsets_of
from tactful.mechanisms.vocabulary import Vocabulary

NOBODY = 0
"""The owner of sessions that belong to nobody known."""

NO_GROUP = -1

Session = tuple[int, int, Sequence[str]]
"""Owner, end in epoch seconds, item ids in the order they were chosen."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Interactions:
    """
    Sessions by (end, owner, items), oldest first.

    Session s holds `items[offsets[s]:offsets[s + 1]]`: each item once, where it was chosen last.
    `group[s]` is a position in `groups`, or `NO_GROUP`.
    """

    vocabulary: Vocabulary
    items: Codes
    offsets: Offsets
    ended_at: npt.NDArray[np.int64]
    owner: npt.NDArray[np.int64]
    group: Codes
    groups: Vocabulary

    def __len__(self) -> int:
        return len(self.ended_at)

    @classmethod
    def of(
        cls, sessions: Iterable[Session], *, groups: Mapping[int, str] | None = None
    ) -> Interactions:
        """
        Return the log of *sessions*, given in any order; empty sessions are left out.

        Args:
            sessions: (owner, end, items).  Owner `NOBODY` for a session that nobody owns.
            groups: The group that an owner falls in; an owner without one is in none.
        """
        rows = sorted((end, owner, once) for owner, end, ids in sessions if (once := _once(ids)))
        vocabulary = Vocabulary.of(chain.from_iterable(ids for _, _, ids in rows))
        named = [(groups or {}).get(owner) for _, owner, _ in rows]
        known = Vocabulary.of(name for name in named if name is not None)
        codes = map(vocabulary.codes.__getitem__, chain.from_iterable(ids for _, _, ids in rows))
        return cls(
            vocabulary=vocabulary,
            items=frozen(np.fromiter(codes, np.int32), np.int32),
            offsets=frozen(offsets_of(np.array([len(ids) for _, _, ids in rows])), np.int64),
            ended_at=frozen(np.array([end for end, _, _ in rows]), np.int64),
            owner=frozen(np.array([owner for _, owner, _ in rows]), np.int64),
            group=frozen(
                np.array([NO_GROUP if n is None else known.codes[n] for n in named]), np.int32
            ),
            groups=known,
        )

    def without(self, *owners: int) -> Interactions:
        """Return the log as it would be had the sessions of *owners* never been in it."""
        kept = ~np.isin(self.owner, np.array(owners, np.int64))
        if kept.all():
            return self
        lengths = np.diff(self.offsets)
        vocabulary, items = _compact(self.vocabulary, self.items[np.repeat(kept, lengths)])
        groups, group = _compact(self.groups, self.group[kept])
        return Interactions(
            vocabulary=vocabulary,
            items=items,
            offsets=frozen(offsets_of(lengths[kept]), np.int64),
            ended_at=frozen(self.ended_at[kept], np.int64),
            owner=frozen(self.owner[kept], np.int64),
            group=group,
            groups=groups,
        )

    def arrays(self) -> Arrays:
        """Return everything as arrays, for `from_arrays`."""
        ids, id_offsets = self.vocabulary.packed()
        names, name_offsets = self.groups.packed()
        return {
            "items": self.items,
            "offsets": self.offsets,
            "ended_at": self.ended_at,
            "owner": self.owner,
            "group": self.group,
            "ids": ids,
            "id_offsets": id_offsets,
            "groups": names,
            "group_offsets": name_offsets,
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Interactions:
        """Return the log that `arrays` wrote down; the arrays may be memory-mapped."""
        return cls(
            vocabulary=Vocabulary.unpacked(arrays["ids"], arrays["id_offsets"]),
            items=frozen(arrays["items"], np.int32),
            offsets=frozen(arrays["offsets"], np.int64),
            ended_at=frozen(arrays["ended_at"], np.int64),
            owner=frozen(arrays["owner"], np.int64),
            group=frozen(arrays["group"], np.int32),
            groups=Vocabulary.unpacked(arrays["groups"], arrays["group_offsets"]),
        )


def _once(ids: Sequence[str]) -> tuple[str, ...]:
    """Keep each id where it stands last."""
    return tuple(ids) if len(set(ids)) == len(ids) else tuple(dict.fromkeys(reversed(ids)))[::-1]


def _compact(vocabulary: Vocabulary, codes: Codes) -> tuple[Vocabulary, Codes]:
    """Drop what *codes* no longer name, and renumber; negative codes stay as they are."""
    used = np.zeros(len(vocabulary) + 1, np.bool_)
    used[codes] = True  # a code of -1 marks the spare last place
    names = tuple(name for name, keep in zip(vocabulary.ids, used.tolist(), strict=False) if keep)
    renumbered = np.where(codes < 0, codes, (np.cumsum(used) - 1)[codes])
    return Vocabulary(names), frozen(renumbered, np.int32)
