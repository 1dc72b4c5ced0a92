"""The words: what a policy finds, what a repr shows, and that the errors are the tree drawn."""

import inspect
from datetime import UTC, datetime

import pytest

from tactful import terms
from tactful.terms import (
    Event,
    Identifier,
    IdentifierKind,
    Item,
    Level,
    Mode,
    Notice,
    Policy,
    Regime,
    Statement,
    StatementKind,
    SubjectId,
    TactfulError,
    TrackingPlan,
    errors,
)


def notice(name: str, version: int, locale: str = "en", *, material: bool = False) -> Notice:
    """Return a notice that says nothing."""
    return Notice(
        id=name,
        version=version,
        locale=locale,
        material=material,
        title="",
        text="",
        texts={},
        hash="",
    )


def policy(*notices: Notice, regimes: tuple[Regime, ...] = ()) -> Policy:
    """Return a policy of *notices* and *regimes* only."""
    plan = TrackingPlan(events={}, traits={})
    return Policy(purposes={}, activities={}, regimes=regimes, notices=notices, plan=plan)


def regime(name: str, *regions: str) -> Regime:
    """Return a regime without rules."""
    return Regime(id=name, law=name, regions=regions, rules={})


@pytest.mark.parametrize(
    ("region", "place"),
    [
        ("GB", 1),
        ("gb", 1),
        ("GB-SCT", 1),
        ("US", 0),
        ("US-CA", 2),
        ("us-ca", 2),
        ("US-NY", 0),
        ("", 0),
        (None, 0),
        ("G", 0),
    ],
)
def test_a_region_falls_under_its_own_law_or_its_countrys(region: str | None, place: int) -> None:
    """A part of a country has the country's law unless it has one of its own."""
    laws = policy(regimes=(regime("strictest"), regime("uk", "GB"), regime("ccpa", "US-CA")))

    assert laws.regime_index(region) == place


def test_a_notice_is_found_by_name_in_the_locale_or_in_any() -> None:
    """Whoever asks for a language we lack gets the notice all the same."""
    english, german = notice("shop", 1), notice("shop", 1, "de")
    laws = policy(english, german, notice("shop", 2, "de"))

    assert laws.notice("shop@1", "de") is german
    assert laws.notice("shop@1", "fr") is english
    assert laws.notice("shop@3") is None
    assert english.name == "shop@1"


def test_the_current_notice_is_the_newest_in_the_locale_or_in_any() -> None:
    """`de-AT` reads German; a language we lack gets what there is of the newest version."""
    english, german = notice("shop", 2), notice("shop", 2, "de")
    laws = policy(notice("shop", 1, "fr"), english, german)

    assert laws.current_notice("de-AT") is german
    assert laws.current_notice("DE") is german
    assert laws.current_notice("fr") is english
    assert laws.current_notice() is english


def test_a_version_binds_if_it_is_material_in_any_locale() -> None:
    """The oldest version that a grant may name is the last material one, or the first there is."""
    laws = policy(
        notice("shop", 3),
        notice("shop", 2, "de", material=True),
        notice("shop", 2),
        notice("shop", 1),
        notice("newsletter", 5),
        notice("newsletter", 4),
    )

    assert laws.binding_versions == {"shop": 2, "newsletter": 4}


def test_levels_and_modes_are_ordered() -> None:
    """Levels go up from nothing, modes from the freest to the strictest."""
    assert [level.height for level in Level] == [0, 1, 2, 3]
    assert [mode.strictness for mode in Mode] == [0, 1, 2, 3]
    assert (Level("none").height, Mode("forbidden").strictness) == (0, 3)


def test_nothing_personal_is_in_a_repr() -> None:
    """Identifiers and events can be logged by mistake without telling about anybody."""
    event = Event(
        subject=SubjectId(4711),
        name="Product Viewed",
        at=datetime(2026, 3, 1, tzinfo=UTC),
        items=("secret-item",),
        purposes=frozenset({"measurement"}),
        properties={"size": "secret-size"},
        source="secret-source",
        message=b"secret-message",
    )

    assert repr(event) == "Event('Product Viewed', kept for ['measurement'])"
    address = Identifier(IdentifierKind.EMAIL, "ada@example.com")
    assert repr(address) == "Identifier(email, ...)"


@pytest.mark.parametrize(
    ("availability", "available"),
    [("in_stock", True), ("backorder", True), ("out_of_stock", False), ("discontinued", False)],
)
def test_an_item_that_cannot_be_had_is_not_available(availability: str, available: bool) -> None:  # noqa: FBT001
    """Only what is gone for now, or for good, is not to be shown."""
    assert Item(id="1", title="Kettle", availability=availability).available is available


def test_the_errors_are_the_tree_that_is_drawn() -> None:
    """The drawing at the top of the module names every error under its parent."""
    drawn = [line.strip("│├└─ ").split()[0] for line in _drawing()]
    depths = [len(line) - len(line.lstrip("│├└─ ")) for line in _drawing()]
    parents = {
        name: next((drawn[i] for i in range(at - 1, -1, -1) if depths[i] < depths[at]), "Exception")
        for at, name in enumerate(drawn)
    }
    exceptions = {
        name: kind.__base__.__name__
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if kind.__base__ is not None
    }

    assert parents == exceptions


def test_every_exported_error_is_a_tactful_error() -> None:
    """Whoever catches `TactfulError` catches everything that is raised on purpose."""
    exported = [getattr(terms, name) for name in terms.__all__]
    raised = [kind for kind in exported if inspect.isclass(kind) and issubclass(kind, Exception)]

    assert len(raised) > 1
    assert all(issubclass(kind, TactfulError) for kind in raised)


def _drawing() -> list[str]:
    lines = (errors.__doc__ or "").splitlines()
    return [line for line in lines if line.startswith("    ")]


@pytest.mark.parametrize(("purpose", "kind"), [("", "grant"), ("measurement", "restrict")])
def test_a_statement_without_its_purpose_is_a_bug(purpose: str, kind: str) -> None:
    """Only restrict and lift speak of everything; a grant of nothing in particular is no grant."""
    with pytest.raises(ValueError, match="name no purpose"):
        Statement(purpose=purpose, kind=StatementKind(kind), at=datetime(2026, 3, 1, tzinfo=UTC))
