"""
What `make demo` runs: fill a shop, teach it, tell the story, and sum up.

The behaviour is a real purchase log (`--data`) or the built-in simulated shop.  The choices that
people made about their data are simulated in both cases, and it says so.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from tactful.assembly import NewKeys, Opened, init_shop, is_demo_shop, open_shop
from tactful.demo.choices import Choice
from tactful.demo.filling import Filling, fill, real, simulated
from tactful.demo.narration import Narration
from tactful.demo.story import Stage, tell
from tactful.demo.summary import summarise
from tactful.shop import Shop, Who
from tactful.shop.evaluating import Evaluation
from tactful.terms import Mistake

PERSONAS = 7
TIMED = 200
"""How many people of all kinds the closing figures are timed on."""
SHOPPERS = 2_500
HELD_OUT_WEEKS = 4
PERSONAS_FILE = "demo.json"
EVALUATION_FILE = "evaluation.json"


def run(
    *,
    folder: Path,
    data: Path | None,
    port: int,
    shoppers: int = SHOPPERS,
    console: Console | None = None,
) -> None:
    """
    Make the demonstration shop in *folder*, tell its story, and leave it ready to be served.

    Args:
        folder: Where; replaced if it holds an earlier demonstration.
        data: A purchase log with the columns of UCI Online Retail; None for the simulated shop.
        port: Where it will be served.
        shoppers: How many people the simulated shop has.
        console: Where to tell; standard output by default.

    Raises:
        Mistake: *folder* holds something else, or *data* cannot be read.
    """
    voice = Narration(console or Console())
    voice.heading("Setting the stage")
    filling = simulated(datetime.now(UTC), shoppers=shoppers) if data is None else real(data, voice)
    _clear(folder)
    as_of = filling.now if filling.real else None
    keys = init_shop(folder, name=filling.shop, demo=True, port=port, as_of=as_of)
    opened = open_shop(folder)
    try:
        _play(opened, filling, voice)
        mine = opened.links.sign(_personas(filling)[0].shopper)
    finally:
        opened.close()
    _invite(folder, keys, port, voice)
    voice.say(f"http://127.0.0.1:{port}/outbox   letters that a real shop would mail")
    voice.say("what one of the people sees and decides:")
    voice.lead_to(f"http://127.0.0.1:{port}/me?token={mine}")


def _play(opened: Opened, filling: Filling, voice: Narration) -> None:
    shop = opened.shop
    voice.say(f"{len(filling.items):,} items, {len(filling.choices):,} people in {filling.title}")
    voice.say("[yellow]Their choices about personal data are simulated[/], from assumed shares per")
    voice.say(
        "region (src/tactful/demo/choices.py): no figure about real people follows from them."
    )
    fill(shop, filling, voice)
    evaluation = _teach(shop, voice)
    (opened.folder / EVALUATION_FILE).write_text(json.dumps(evaluation.plain()), encoding="utf-8")
    tell(_stage(shop, filling, voice))
    _note_personas(opened.folder, _personas(filling))
    step = max(1, len(filling.choices) // TIMED)
    people = [Who(user_id=choice.shopper) for choice in filling.choices[::step]]
    summarise(shop, evaluation, people, voice)


def _invite(folder: Path, keys: NewKeys, port: int, voice: Narration) -> None:
    """Say where to look, and with which keys."""
    voice.heading("Look at it yourself")
    voice.say(f"tactful serve --shop {folder}   serves it, until Ctrl-C")
    voice.say(f"http://127.0.0.1:{port}/shop     the shop; its lowest bar is yours, to be anybody")
    voice.say(f"http://127.0.0.1:{port}/console  what was kept, refused and decided")
    voice.say(f"write key  {keys.write_key}   secret key  {keys.secret_key}")


def _teach(shop: Shop, voice: Narration) -> Evaluation:
    """Measure on held-out weeks first, then train on everything: each with its progress bar."""
    with voice.progress() as bar:
        tasks = {}

        def show(step: str, done: int) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(step, total=None)
            bar.update(tasks[step], completed=done)

        evaluation = shop.evaluate(weeks=HELD_OUT_WEEKS, progress=show)
        trained = shop.train(show)
        for task in bar.tasks:
            bar.update(task.id, total=task.completed or 1, completed=task.completed or 1)
    refused = sum(trained.refused.values())
    voice.say(
        f"taught by {trained.visits:,} visits of {trained.subjects:,} subjects who allow it; "
        f"{refused:,} do not"
    )
    return evaluation


def _stage(shop: Shop, filling: Filling, voice: Narration) -> Stage:
    """Choose goods that many people know, so that the models have something to say about them."""
    known = [candidate.item for candidate in shop.models.current.popular(limit=40)]
    beside = [candidate.item for candidate in shop.models.current.beside(known[:1], limit=3)]
    titles = {item.id: item.title for item in filling.items}
    return Stage(
        shop=shop, voice=voice, titles=titles, visit=known[:1] + beside[:1], basket=known[3:6]
    )


def _personas(filling: Filling) -> Sequence[Choice]:
    """Return people to look at the shop as: of each kind of choice the busiest, yes first."""
    busy = Counter(str(event["userId"]) for event in filling.events if event.get("userId"))
    choices = {choice.shopper: choice for choice in filling.choices}
    kinds: dict[str, Choice] = {}
    for person, _ in busy.most_common():
        kinds.setdefault(_said(choices[person]), choices[person])
    return sorted(kinds.values(), key=lambda choice: -_yeses(choice))[:PERSONAS]


def _note_personas(folder: Path, people: Sequence[Choice]) -> None:
    lines = [
        {"id": choice.shopper, "label": f"{_name(choice)}: {_said(choice)}"} for choice in people
    ]
    (folder / PERSONAS_FILE).write_text(json.dumps(lines), encoding="utf-8")


def _name(choice: Choice) -> str:
    """Return what to call somebody: `Shopper 12, DE`."""
    number = choice.shopper.rpartition("-")[2].lstrip("0") or "0"
    return f"Shopper {number}, {choice.region or 'from somewhere'}"


def _said(choice: Choice) -> str:
    """Say in words what somebody chose."""
    words = Counter(choice.statements.values())
    if choice.gpc:
        return "never answered, and the browser sends Global Privacy Control"
    if not words:
        return "never answered"
    if words["object"]:
        return "objected"
    if not words["grant"]:
        return "no to everything"
    if not words["deny"]:
        return "yes to everything"
    return "this visit only" if _yeses(choice) == 1 else "this visit and a broad group"


def _yeses(choice: Choice) -> int:
    return Counter(choice.statements.values())["grant"]


def _clear(folder: Path) -> None:
    """Remove an earlier demonstration, and nothing else."""
    if not folder.exists():
        return
    if not is_demo_shop(folder):
        raise Mistake(f"{folder} is no demonstration shop: name another folder with --shop")
    shutil.rmtree(folder)
