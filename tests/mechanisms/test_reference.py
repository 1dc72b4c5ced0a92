"""On public data the models are not below what others reach; see benchmarks/protocols.py."""

import os
from pathlib import Path

import pytest

from tactful.adapters.datasets import diginetica_questions, diginetica_visits
from tactful.mechanisms.interactions import Interactions
from tactful.mechanisms.models import Models
from tactful.mechanisms.protocols import measure, next_item


@pytest.mark.skipif("TACTFUL_DATA" not in os.environ, reason="TACTFUL_DATA names no data folder")
def test_next_views_are_foreseen_as_well_as_by_the_reference() -> None:
    """Protocol A on Diginetica is not below VMIS-kNN fused with TF-IDF item-item."""
    folder = Path(os.environ["TACTFUL_DATA"]) / "diginetica"
    visits = diginetica_visits(folder)
    models = Models.build(Interactions.of((v.owner, v.ended_at, v.items) for v in visits))
    cases = list(next_item((q.prefix, q.target) for q in diginetica_questions(folder)))

    found = measure(models.fused, cases, clock_ns=lambda: 0)

    assert found.cases == 60_858
    assert found.hit_rate >= 0.5276
    assert found.reciprocal_rank >= 0.1859
    assert found.ndcg >= 0.2619
