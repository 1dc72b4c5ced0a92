"""Whatever a capability offers that touches people takes the gate's permit first."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from types import FunctionType, ModuleType

from tactful import capabilities

PERMITS = re.compile(r"Permits?|Permitted\[.*\]|(tuple|Sequence)\[Permit(, \.\.\.)?\]")

READING = "reads what a request itself says, before anybody is looked up"
SIGNATURE = "tells whether a request is its sender's own, before anything is read of it"
GOODS = "the catalogue is about goods, not people"
MODELS = "models hold no person, and `slate` asks them with what `Known` permits"
POLICY = "reads the configuration, which holds nobody"

CASE = "a case and its steps are numbers and fixed words, which name nobody"
DAYS = "counts days"

UNGATED = {
    "collect.Events.append": "an event is what `keep` made under the permits of its purposes",
    "collect.address_of": READING,
    "collect.calls_from": READING,
    "collect.claims_of": READING,
    "collect.dealing_of": READING,
    "collect.fitting": "turns a value that somebody states into the type that the plan declares",
    "collect.happened_at": READING,
    "collect.identifiers_of": READING,
    "collect.ip_of": READING,
    "collect.is_fresh": SIGNATURE,
    "collect.is_secret": SIGNATURE,
    "collect.is_signed": SIGNATURE,
    "collect.is_signed_by_shopify": SIGNATURE,
    "collect.items_of": READING,
    "collect.only_named": READING,
    "collect.read_batch": READING,
    "collect.read_posthog": READING,
    "collect.read_privacy": READING,
    "collect.read_shopify": READING,
    "collect.read_single": READING,
    "collect.read_webhook": READING,
    "collect.region_of": READING,
    "collect.signals_in": READING,
    "collect.signals_of": READING,
    "collect.user_id_of": READING,
    "consent.Heard.past": READING,
    "consent.SignedReceipt.as_json": "signed already, and in the hands of whoever holds it",
    "consent.Showings.keep": "the words of a notice are nobody's data",
    "consent.Showings.words": "the words of a notice are nobody's data",
    "consent.consent_mode": "spells out what it is told",
    "consent.notice_shown": "a notice is shown to everybody, before they can have said anything",
    "consent.read_signals": READING,
    "consent.statements_on_purpose": READING,
    "consent.read_keys": "reads public keys, which are nobody's",
    "consent.statements_from": READING,
    "consent.verified": "reads what somebody brings, and looks nobody up",
    "policy.check": POLICY,
    "policy.diff": "compares two configurations; a shop hands in how many subjects are in a group",
    "policy.reading": "measures the words of a notice, which everybody is shown",
    "policy.register": POLICY,
    "policy.reviews_due": POLICY,
    "policy.seen_of": "lists counts by names that many senders share",
    "policy.unused": POLICY,
    "profile.Identities.admit": "a no must be recorded too, and there is nobody to ask about yet",
    "profile.Identities.find": "the gate can only be asked about somebody once they are found",
    "profile.Features.advance": "takes events into sealed snapshots; reading those needs a permit",
    "profile.Profiles.count_expired": "retention has no subject, and shows nobody",
    "profile.Profiles.drop_expired": "retention (Art. 5(1)(e)) has no subject, and shows nobody",
    "profile.Identities.link": "as admit",
    "profile.Identities.link_all": "as admit",
    "profile.Identities.linked_by": "the gate can only be asked about a merge once it is found",
    "profile.Identities.members": "numbers that mean nothing, needed to keep caches right",
    "profile.Identities.recognise": "as find",
    "profile.Limits.blocks": READING,
    "profile.Limits.most": "a setting",
    "profile.Limits.usable": READING,
    "profile.linking": "decides about numbers that a store tells it, and opens nothing",
    "profile.normalised": READING,
    "profile.subject_of": "decides about numbers that a store tells it, and opens nothing",
    "rights.Requests.about": CASE,
    "rights.Requests.append": CASE,
    "rights.Requests.closed": CASE,
    "rights.Requests.codes_sent": CASE,
    "rights.Requests.confirm": CASE,
    "rights.Requests.drop": CASE,
    "rights.Requests.ended": CASE,
    "rights.Requests.file": CASE,
    "rights.Requests.find": CASE,
    "rights.Requests.referred": CASE,
    "rights.Requests.unconfirmed": CASE,
    "rights.Requests.waiting": CASE,
    "rights.first_step": CASE,
    "rights.may_appeal": CASE,
    "rights.next_step": CASE,
    "rights.require_more_time": CASE,
    "rights.require_pause": CASE,
    "rights.require_paused": CASE,
    "rights.waits_for_review": CASE,
    "rights.require_reason": "compares words",
    "rights.Letters.queue": "a letter goes to whom it is about, and is opened by nobody here",
    "rights.Almanac.day": DAYS,
    "rights.Almanac.next_working": DAYS,
    "rights.Almanac.works": DAYS,
    "rights.clock_of": DAYS,
    "rights.is_place": DAYS,
    "rights.record_kept_until": DAYS,
    "recommend.Catalogue.all": GOODS,
    "recommend.Catalogue.get": GOODS,
    "recommend.Catalogue.put": GOODS,
    "recommend.Catalogue.remove": GOODS,
    "recommend.Taught.beside": MODELS,
    "recommend.Taught.fused": MODELS,
    "recommend.Taught.nearest": MODELS,
    "recommend.Taught.popular": MODELS,
    "recommend.Taught.popular_in": MODELS,
    "recommend.slate": "`Known` holds each part of what is known under its own `Permitted`",
    "rights.verified_certificate": "reads a file that somebody brings, which names nobody",
}
"""What touches nobody, or is needed before there can be a permit, and why."""


def test_whatever_touches_people_takes_a_permit_first() -> None:
    """No exported function or method can be called without a permit, or it says here why."""
    ungated = {place for place, first in _offered() if not PERMITS.fullmatch(first)}

    assert ungated - set(UNGATED) == set()
    assert set(UNGATED) - ungated == set(), "these are gone, or take a permit by now"


def test_capabilities_export_what_they_offer() -> None:
    """Nothing is offered by the back door: callers import what `__all__` names."""
    assert all(package.__all__ for package in _packages())


def _offered() -> Iterator[tuple[str, str]]:
    """Yield every exported function and public method with its first parameter's annotation."""
    for package in _packages():
        for name in package.__all__:
            thing = getattr(package, name)
            place = f"{package.__name__.rpartition('.')[2]}.{name}"
            if isinstance(thing, FunctionType):
                yield place, _first(thing)
            elif isinstance(thing, type):
                yield from ((f"{place}.{n}", _first(method)) for n, method in _methods(thing))


def _packages() -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(capabilities.__path__):
        yield importlib.import_module(f"{capabilities.__name__}.{found.name}")


def _methods(kind: type) -> Iterator[tuple[str, FunctionType]]:
    for name, member in vars(kind).items():
        function = member.__func__ if isinstance(member, classmethod | staticmethod) else member
        if isinstance(function, FunctionType) and not name.startswith("_"):
            yield name, function


def _first(function: FunctionType) -> str:
    names = inspect.signature(function).parameters.values()
    own = [parameter for parameter in names if parameter.name not in {"self", "cls"}]
    return str(own[0].annotation) if own else ""
