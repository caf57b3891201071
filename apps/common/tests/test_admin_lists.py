"""A list in admin has an order of its own."""

from __future__ import annotations

import pytest
from django.contrib import admin

from apps.common.jobs import Job
from apps.interview.models import Feedback

OURS = {
    model: model_admin
    for model, model_admin in admin.site._registry.items()
    if model.__module__.startswith("apps.")
}


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_list_says_its_order(model, rf):
    """Random keys are no order, and admin falls back to them."""
    order = OURS[model].get_ordering(rf.get("/")) or model._meta.ordering

    assert order
    if issubclass(model, Job):
        assert order[0] == "-created_at"


def test_feedback_is_among_them():
    assert OURS[Feedback].ordering == ["-created_at"]
