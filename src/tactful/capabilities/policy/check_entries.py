"""What may be wrong with purposes, activities and the tracking plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from tactful.capabilities.policy.findings import Finding, Looked, error, listed, warning
from tactful.terms import PlannedProperty, TrackingPlan


def _properties(looked: Looked) -> Iterator[Finding]:
    """Declaring what is never kept is a mistake about what happens (Art. 5(1)(c))."""
    plan = looked.policy.plan
    carried = {n: p for event in plan.events.values() for n, p in event.properties.items()}
    for section, declared in _declared(plan, carried):
        for name, planned in declared.items():
            if looked.kept.isdisjoint(planned.purposes):
                yield _unkept(f"tracking-plan.toml, [{section}.{name}]", planned)


def _declared(
    plan: TrackingPlan, carried: Mapping[str, PlannedProperty]
) -> tuple[tuple[str, Mapping[str, PlannedProperty]], ...]:
    return ("properties", carried), ("traits", plan.traits), ("identifiers", plan.identifiers)


def _unkept(where: str, planned: PlannedProperty) -> Finding:
    if not planned.purposes:
        return warning(where, "its purposes were removed, so it is dropped", "write remove = true")
    named = listed(planned.purposes)
    return error(
        where,
        f"no activity keeps data for {named}, so it is never stored",
        "write a purpose with an activity that says keeps = true, or remove = true",
    )


def _retention(looked: Looked) -> Iterator[Finding]:
    """What is kept has an end (Art. 5(1)(e))."""
    for name, purpose in looked.policy.purposes.items():
        if purpose.retention is None and name in looked.kept:
            yield error(
                f"purposes.toml, [{name}]",
                "data is kept for it without an end",
                "write retention_days = 90, say",
            )


def _assessments(looked: Looked) -> Iterator[Finding]:
    """Profiling is assessed before it runs (Art. 35), and the assessment can be found."""
    for activity in looked.policy.activities.values():
        where = f"activities.toml, [{activity.name}]"
        if activity.dpia is None and activity.profiling:
            yield error(where, "profiling without an impact assessment", 'write dpia = "its file"')
        elif activity.dpia is not None and activity.dpia not in looked.assessments:
            yield warning(
                where,
                f"its assessment {activity.dpia!r} is no file in policy/dpia/",
                "put yours there and name the file as dpia",
            )


def _transfers(looked: Looked) -> Iterator[Finding]:
    """Where recipients take data to belongs into the register (Art. 30(1)(e))."""
    for activity in looked.policy.activities.values():
        if activity.recipients and not activity.transfers:
            yield warning(
                f"activities.toml, [{activity.name}]",
                f"does not say where {listed(activity.recipients)} keep the data",
                'write transfers = ["none: they keep it in the EU"], or the country and safeguard',
            )


CHECKS: tuple[Callable[[Looked], Iterator[Finding]], ...] = (
    _properties,
    _retention,
    _assessments,
    _transfers,
)
