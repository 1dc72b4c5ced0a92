"""
Fields of bits, and the base64url text that carries them.

Consent strings are big-endian: the first bit of a bit field is the id 1.  The bits lie in a `str`
of `0` and `1`, of which a field costs its own length.  What the fields mean is not known here.

Source:
    IAB Tech Lab, Transparency and Consent String v2 (TCF 2.3) and Global Privacy Platform String 1.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tactful.mechanisms.consent_strings.ids import MAX_ID, Ids
from tactful.mechanisms.consent_strings.mistake import ConsentStringMistake

MAX_CHARACTERS = 16_384
"""Longer texts are refused unread: a string for all vendors of the global list has about 1,000."""

BITS_PER_CHARACTER = 6
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DECISECOND = timedelta(milliseconds=100)
BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
LETTERS = re.compile(r"[A-Z]{2}")
CUT_OFF = "is cut off: pass the whole string"
FIBONACCI = (
    *(1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987, 1597, 2584, 4181, 6765),
    *(10946, 17711, 28657, 46368),
)


def bounded(text: str, *, name: str) -> str:
    """Return *text* if it is short enough to be looked at, a *name* being what it should be."""
    if len(text) > MAX_CHARACTERS:
        raise ConsentStringMistake(f"{name} may have at most {MAX_CHARACTERS} characters")
    return text


@dataclass(slots=True)
class BitReader:
    """Reads the fields of one segment, in order.  `name` is what mistakes call the segment."""

    bits: str
    name: str
    at: int = 0

    @classmethod
    def of(cls, text: str, *, name: str) -> BitReader:
        """Return a reader of base64url *text* without padding characters."""
        if not BASE64URL.fullmatch(text):
            raise ConsentStringMistake(
                f"{name} must consist of letters, digits, '-' and '_': it is empty or damaged"
            )
        raw = base64.urlsafe_b64decode(text + "A" * (-len(text) % 4))
        bits = f"{int.from_bytes(raw, 'big'):0{len(raw) * 8}b}"
        return cls(bits[: len(text) * BITS_PER_CHARACTER], name)

    def mistake(self, what: str) -> ConsentStringMistake:
        """Return the mistake that this segment is *what*."""
        return ConsentStringMistake(f"{self.name} {what}")

    def take(self, width: int) -> str:
        """Return the next *width* bits."""
        begin, self.at = self.at, self.at + width
        if self.at > len(self.bits):
            raise self.mistake(CUT_OFF)
        return self.bits[begin : self.at]

    def number(self, width: int) -> int:
        """Return the number in the next *width* bits, at least one."""
        return int(self.take(width), 2)

    def flag(self) -> bool:
        """Return whether the next bit is set."""
        return self.take(1) == "1"

    def ids(self, width: int) -> Ids:
        """Return the ids whose bits are set in a bit field."""
        return Ids(int(self.take(width)[::-1] + "0", 2))

    def letters(self) -> str:
        """Return two capital letters of 6 bits each, A being 0."""
        first, second = self.number(6), self.number(6)
        if first > 25 or second > 25:
            raise self.mistake("is damaged: a language or country is not made of letters")
        return chr(65 + first) + chr(65 + second)

    def moment(self) -> datetime:
        """Return the time that 36 bits of deciseconds since 1970 tell."""
        return EPOCH + self.number(36) * DECISECOND

    def ranges(self, highest: int = MAX_ID) -> Ids:
        """Return the ids of a `Range(Int)`: 12 bits of how many, then single ids and groups."""
        mask = 0
        for _ in range(self.number(12)):
            grouped = self.flag()
            first = self.number(16)
            last = self.number(16) if grouped else first
            if not 1 <= first <= last <= highest:
                raise self.mistake("is damaged: a range of ids is impossible")
            mask |= ((1 << (last - first + 1)) - 1) << first
        return Ids(mask)

    def vendors(self) -> Ids:
        """Return the ids of an `OptimizedIntRange`: as ranges or as a bit field."""
        highest, ranged = self.number(16), self.flag()
        return self.ranges(highest) if ranged else self.ids(highest)

    def fibonacci(self) -> int:
        """Return a number in Fibonacci coding, which ends with the first `11`."""
        end = self.bits.find("11", self.at)
        if end < 0:
            raise self.mistake(CUT_OFF)
        code = self.take(end + 2 - self.at)[:-1]
        if len(code) > len(FIBONACCI):
            raise self.mistake(f"is damaged: an id is beyond {MAX_ID}")
        return sum(worth for worth, bit in zip(FIBONACCI, code, strict=False) if bit == "1")

    def finish(self) -> None:
        """Make sure that nothing but padding is left."""
        if "1" in self.bits[self.at :]:
            raise self.mistake("is damaged: something follows its last field")


@dataclass(slots=True)
class BitWriter:
    """Writes the fields of one segment, in order.  `name` is what mistakes call the segment."""

    name: str
    parts: list[str] = field(default_factory=list)

    def mistake(self, what: str) -> ConsentStringMistake:
        """Return the mistake that this segment cannot hold *what*."""
        return ConsentStringMistake(f"{self.name} cannot hold {what}")

    def number(self, value: int, width: int) -> None:
        """Write *value* in *width* bits."""
        if not 0 <= value < 1 << width:
            raise self.mistake(f"a number outside 0 to {(1 << width) - 1} here")
        self.parts.append(f"{value:0{width}b}")

    def ids(self, ids: Ids, width: int) -> None:
        """Write a bit field of *width* bits."""
        if ids.highest > width:
            raise self.mistake(f"an id beyond {width} here")
        self.parts.append(f"{ids.mask:0{width + 1}b}"[-2::-1])

    def letters(self, letters: str) -> None:
        """Write two capital letters."""
        if not LETTERS.fullmatch(letters):
            raise self.mistake("a language or country that is not two capital letters")
        for letter in letters:
            self.number(ord(letter) - 65, 6)

    def moment(self, moment: datetime) -> None:
        """Write a time, to the nearest decisecond."""
        if moment.tzinfo is None:
            raise self.mistake("a time without a time zone")
        self.number(round((moment - EPOCH) / DECISECOND), 36)

    def ranges(self, ids: Ids) -> None:
        """Write a `Range(Int)`."""
        runs = list(ids.runs())
        self.number(len(runs), 12)
        for first, last in runs:
            self.number(int(last > first), 1)
            self.number(first, 16)
            if last > first:
                self.number(last, 16)

    def vendors(self, ids: Ids) -> None:
        """Write an `OptimizedIntRange`: ranges where they are shorter, else a bit field."""
        ranged = 12 + sum(33 if last > first else 17 for first, last in ids.runs()) < ids.highest
        self.number(ids.highest, 16)
        self.number(int(ranged), 1)
        if ranged:
            self.ranges(ids)
        else:
            self.ids(ids, ids.highest)

    def fibonacci(self, value: int) -> None:
        """Write a number of at least 1 in Fibonacci coding."""
        bits, rest = [], value
        for worth in reversed([worth for worth in FIBONACCI if worth <= value]):
            bits.append("1" if worth <= rest else "0")
            rest -= worth * (worth <= rest)
        self.parts.append("".join(reversed(bits)) + "1")

    def text(self, *, multiple: int) -> str:
        """Return the segment as base64url, filled with zeros to a multiple of so many bits."""
        bits = "".join(self.parts)
        bits += "0" * (-len(bits) % multiple)
        characters = -(-len(bits) // BITS_PER_CHARACTER)
        bits += "0" * (-len(bits) % 24)
        raw = int(bits, 2).to_bytes(len(bits) // 8, "big")
        return base64.urlsafe_b64encode(raw).decode()[:characters]
