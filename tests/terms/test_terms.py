"""The words: what a policy finds, what a repr shows, and that the errors are the tree drawn."""

import inspect
from datetime import UTC, date, datetime, timedelta

import pytest

from tactful import terms
from tactful.terms import (
    Event,
    Identifier,
    IdentifierKind,
    Item,
    Level,
    Minor,
    Mode,
    Notice,
    Policy,
    Regime,
    Signals,
    Standing,
    Statement,
    StatementKind,
    SubjectId,
    TactfulError,
    TrackingPlan,
    errors,
)
from tactful.terms.standing import UNPROVEN


def notice(
    name: str,
    version: int,
    locale: str = "en",
    *,
    tells: tuple[str, ...] = ("advertising", "measurement"),
    material: tuple[str, ...] = (),
) -> Notice:
    """Return a notice that says next to nothing."""
    return Notice(
        id=name,
        version=version,
        locale=locale,
        material=frozenset(material),
        title="",
        text="",
        texts=dict.fromkeys(tells, ""),
        hash="",
    )


def policy(*notices: Notice, regimes: tuple[Regime, ...] = ()) -> Policy:
    """Return a policy of *notices* and *regimes* only."""
    plan = TrackingPlan(events={}, traits={})
    return Policy(purposes={}, activities={}, regimes=regimes, notices=notices, plan=plan)


def regime(name: str, *regions: str, country_alone: bool = False) -> Regime:
    """Return a regime without rules."""
    return Regime(id=name, law=name, regions=regions, rules={}, country_alone=country_alone)


@pytest.mark.parametrize(
    ("region", "place"),
    [
        ("GB", 1),
        ("gb", 1),
        ("GB-SCT", 1),
        ("GB-SCT-GLG", 1),
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

    assert policy(german, english).notice("shop@1") is english
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
    assert policy(german, english).current_notice() is english


def test_a_version_binds_if_it_is_material_in_any_locale() -> None:
    """The oldest version that a grant may name is the last material one, or the first to tell."""
    laws = policy(
        notice("shop", 3),
        notice("shop", 2, "de", material=("advertising",)),
        notice("shop", 2),
        notice("shop", 1, tells=("advertising",)),
        notice("newsletter", 5, tells=("advertising",)),
        notice("newsletter", 4, tells=("advertising",)),
    )

    assert laws.binding_versions == {
        ("shop", "advertising"): 2,
        ("shop", "measurement"): 2,
        ("newsletter", "advertising"): 4,
    }


@pytest.mark.parametrize(
    ("name", "purpose", "binds"),
    [
        ("shop@1", "advertising", False),
        ("shop@2", "advertising", True),
        ("shop@4", "advertising", True),
        ("shop@1", "measurement", True),
        ("shop@3", "measurement", False),
        ("shop@4", "measurement", True),
        ("shop@5", "measurement", False),
        ("shop@4", "profiling", False),
        ("other@4", "advertising", False),
        ("", "advertising", False),
    ],
)
def test_a_grant_names_a_notice_that_told_of_its_purpose(
    name: str,
    purpose: str,
    binds: bool,  # noqa: FBT001
) -> None:
    """And in which nothing material changed on that purpose since; other purposes do not matter."""
    laws = policy(
        notice("shop", 1),
        notice("shop", 2, material=("advertising",)),
        notice("shop", 3, tells=("advertising",)),
        notice("shop", 4),
    )

    assert laws.binds(name, purpose) is binds


def test_a_country_alone_is_not_the_rest_of_the_country() -> None:
    """`US` alone may be any state; `US-NY` is known, and falls under the law of the country."""
    laws = policy(
        regimes=(
            regime("strictest"),
            regime("us", "US"),
            regime("ccpa", "US-CA"),
            regime("us-alone", "US", country_alone=True),
            regime("ca-alone", "CA", country_alone=True),
        )
    )

    places = {r: laws.regime_index(r) for r in ("US", "us", "US-NY", "US-CA", "CA", "CA-QC")}
    assert places == {"US": 3, "us": 3, "US-NY": 1, "US-CA": 2, "CA": 4, "CA-QC": 0}


def test_a_regime_is_found_by_its_id() -> None:
    """And an id that no file gives is nobody's."""
    laws = policy(regimes=(regime("strictest"), regime("uk", "GB")))

    assert laws.regime("uk") is laws.regimes[1]
    assert laws.regime("UK") is None


def test_the_main_notice_is_shown_before_a_choice() -> None:
    """Notices for single occasions have versions of their own, however high."""
    main, other = notice("privacy", 2), notice("newsletter", 7)

    assert policy(notice("privacy", 1), main, other).current_notice() is main
    assert policy(other).current_notice() is other


def test_levels_modes_and_ages_are_ordered() -> None:
    """Levels go up from nothing, modes from the freest to the strictest, ages from no demand."""
    assert [level.height for level in Level] == [0, 1, 2, 3]
    assert [mode.strictness for mode in Mode] == [0, 1, 2, 3, 4, 5]
    assert [mode.value for mode in sorted(Mode, key=lambda m: m.strictness)] == [
        "necessary",
        "opt_out",
        "implied",
        "soft_opt_in",
        "opt_in",
        "forbidden",
    ]
    assert (Level("none").height, Mode("forbidden").strictness) == (0, 5)
    assert Minor.NO < Minor.OWN_CONSENT < Minor.PARENTAL_CONSENT < Minor.CLOSED


@pytest.mark.parametrize(
    ("residence", "address", "region"),
    [("DE", "US", "DE"), (None, "US", "US"), ("", "US", "US"), ("DE", None, "DE")],
)
def test_a_residence_outranks_an_address(
    residence: str | None, address: str | None, region: str
) -> None:
    """What they said, or the shop knows, counts before the country of the account."""
    assert Standing(residence=residence, address=address).region == region
    assert not Standing().region


def test_a_standing_shows_how_much_was_said_and_nothing_else() -> None:
    """Neither where they live nor when they were born is in a log."""
    standing = Standing(residence="DE", born=date(2012, 1, 1))

    assert repr(standing) == "Standing(0 statements)"


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
    with pytest.raises(
        ValueError, match=r"^restrict and lift name no purpose, every other statement names one$"
    ):
        Statement(purpose=purpose, kind=StatementKind(kind), at=datetime(2026, 3, 1, tzinfo=UTC))


def test_signals_show_nothing_of_what_came_and_are_told_apart() -> None:
    """What a consent string says is personal; two of the same words are the same."""
    said = Signals(tcf="CQ-secret", categories={"b": True, "a": False})
    again = Signals(tcf="CQ-secret", categories={"a": False, "b": True})

    assert repr(said) == "Signals(...)"
    assert said.key == again.key
    assert len({signals.key for signals in (said, Signals(), Signals(gpp="CQ-secret"))}) == 3
    assert not Signals()
    assert all([said, Signals(gpp="DB"), Signals(categories={"a": True})])


@pytest.mark.parametrize(
    ("said", "restricted", "held"),
    [
        ([], False, False),
        ([("restrict", "api")], True, True),
        ([("restrict", UNPROVEN)], True, False),
        ([("restrict", "api"), ("restrict", UNPROVEN)], True, True),
        ([("restrict", UNPROVEN), ("restrict", "api")], True, True),
        ([("restrict", "api"), ("lift", "api")], False, False),
        ([("restrict", "api"), ("lift", "api"), ("restrict", UNPROVEN)], True, False),
    ],
)
def test_only_a_proven_restriction_holds_back_what_is_past_its_term(
    said: list[tuple[str, str]], *, restricted: bool, held: bool
) -> None:
    """Any restriction stops every use; a stranger's changes nothing about when data goes."""
    start = datetime(2026, 3, 1, tzinfo=UTC)
    standing = Standing(
        statements=tuple(
            Statement(
                purpose="",
                kind=StatementKind(kind),
                at=start + timedelta(seconds=place),
                source=source,
            )
            for place, (kind, source) in enumerate(said)
        )
    )
    at = start + timedelta(days=1)

    assert (standing.restricted(at), standing.held_back(at)) == (restricted, held)
