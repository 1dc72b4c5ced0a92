"""Clients that send until nobody listens, and remember what they were told."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from plug_worlds import Plug

CALIFORNIA = {"region": "US-CA"}
"""Where keeping behaviour is allowed until the subject objects."""

BATCH = 10
PURPOSE = "individual_personalization"


def view(sender: str, item: str) -> dict[str, object]:
    """Return a call of *sender*, who looked at *item*; one item is one message."""
    return {
        "type": "track",
        "event": "Product Viewed",
        "userId": sender,
        "messageId": f"m-{sender}-{item}",
        "context": CALIFORNIA,
        "properties": {"product_id": item},
    }


@dataclass(slots=True, kw_only=True, eq=False)
class Sender:
    """
    One client on a thread of its own: sends batches, each with messages of its own.

    `acknowledged` are the items that were answered with 200; `unsure` those of the batch that
    nobody answered.
    """

    plug: Plug
    name: str
    pause: float = 0.0
    acknowledged: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to send."""
        self._thread = threading.Thread(target=self._send, daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Send no more, and wait until it has ended."""
        self._over.set()
        assert self._thread is not None
        self._thread.join(60)
        assert not self._thread.is_alive(), "a client hangs: it was never answered"

    def retry(self) -> None:
        """Send again, twice, what nobody answered, as clients do."""
        if not self.unsure:
            return
        for _ in range(2):
            answer = self.plug.post("/v1/batch", self._batch(self.unsure))
            assert answer.status_code == 200, answer.text
        self.acknowledged += self.unsure
        self.unsure = []

    def stored(self) -> Mapping[str, int]:
        """Return how often each item is stored."""
        answer = self.plug.get(f"/v1/subjects/{self.name}", secret=True)
        if answer.status_code == 404:
            return {}
        assert answer.status_code == 200, answer.text
        return Counter(event["items"][0] for event in answer.json()["events"])

    def _send(self) -> None:
        with self.plug.client() as client:
            for number in range(1_000_000):
                self.unsure = [f"{number}-{place}" for place in range(BATCH)]
                try:
                    address = f"{self.plug.address}/v1/batch"
                    answer = client.post(address, json=self._batch(self.unsure))
                except httpx.TransportError:
                    return
                self.statuses[answer.status_code] += 1
                if answer.status_code == 200:
                    self.acknowledged += self.unsure
                    self.unsure = []
                if self._over.wait(self.pause):
                    return

    def _batch(self, items: list[str]) -> dict[str, object]:
        return {"batch": [view(self.name, item) for item in items]}


@dataclass(slots=True, kw_only=True, eq=False)
class Chooser:
    """
    Somebody who says yes and no by turns, on a thread of their own.

    `told` is the last answer that was acknowledged, `asked` the one that was under way.
    """

    plug: Plug
    name: str
    told: str | None = None
    asked: str | None = None
    told_often: int = 0
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to choose."""
        self._thread = threading.Thread(target=self._choose, daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Choose no more, and wait until it has ended."""
        self._over.set()
        assert self._thread is not None
        self._thread.join(60)
        assert not self._thread.is_alive(), "a client hangs: it was never answered"

    def may_stand(self) -> set[str | None]:
        """Return what may stand now: what was told, or what was asked after it."""
        return {self.told, self.asked or self.told}

    def stands(self) -> str | None:
        """Return what stands."""
        answer = self.plug.get(f"/v1/consent?userId={self.name}&region=DE", secret=True)
        assert answer.status_code == 200, answer.text
        return last_word(answer.json())

    def _choose(self) -> None:
        with self.plug.client() as client:
            for kind in _by_turns():
                self.asked = kind
                try:
                    answer = client.post(
                        f"{self.plug.address}/v1/consent", json=choice(self.name, kind)
                    )
                except httpx.TransportError:
                    return
                if answer.status_code == 200:
                    self.told, self.asked = kind, None
                    self.told_often += 1
                if self._over.is_set():
                    return


@contextmanager
def held_up(folder: Path) -> Iterator[Callable[[], None]]:
    """
    Let nobody write to the store of the shop in *folder*, as a hanging disk would.

    Ends with the block, or when what is yielded is called.
    """
    db = sqlite3.connect(folder / "data" / "store.db", isolation_level=None, timeout=20)
    db.execute("BEGIN IMMEDIATE")
    try:
        yield db.close
    finally:
        db.close()


@contextmanager
def read(folder: Path) -> Iterator[None]:
    """
    Read in the store of the shop in *folder*, as a backup does: its log cannot be emptied.

    Changes nothing in the end either: whoever may write empties the log when they close last.
    """
    path = (folder / "data" / "store.db").absolute().as_uri()
    db = sqlite3.connect(f"{path}?mode=ro", uri=True, isolation_level=None)
    db.execute("BEGIN")
    db.execute("SELECT count(*) FROM meta").fetchone()
    try:
        yield
    finally:
        db.close()


def choice(name: str, kind: str) -> dict[str, object]:
    """Return a statement of *name*, who is in Germany."""
    return {
        "userId": name,
        "statements": {PURPOSE: kind},
        "notice": "privacy@1",
        "region": "DE",
    }


def last_word(standing: Mapping[str, Any]) -> str | None:
    """Return the kind of the last statement on the purpose, in an answer of `GET /v1/consent`."""
    for purpose in standing["purposes"]:
        if purpose["purpose"] == PURPOSE:
            word: str | None = purpose["said"]
            return word
    return None


def _by_turns() -> Iterator[str]:
    while True:
        yield "grant"
        yield "withdraw"
