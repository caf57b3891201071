"""Admin pages that several apps have alike."""

from __future__ import annotations

from typing import Any

from allauth.account.admin import EmailAddressAdmin
from axes.admin import AccessAttemptAdmin
from django.contrib import admin
from django.http import HttpRequest
from django_celery_beat.admin import PeriodicTaskAdmin

# These packages' actions write and name no permission, so whoever may look could use them.
for _action, _permission in [
    (EmailAddressAdmin.make_verified, "change"),
    (AccessAttemptAdmin.cleanup_expired_attempts, "delete"),
    (PeriodicTaskAdmin.enable_tasks, "change"),
    (PeriodicTaskAdmin.disable_tasks, "change"),
    (PeriodicTaskAdmin.toggle_tasks, "change"),
    (PeriodicTaskAdmin.run_tasks, "change"),
]:
    _action.allowed_permissions = (_permission,)


class ReadOnlyAdmin(admin.ModelAdmin):
    """Staff read what candidates wrote and models said; nobody rewrites it."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
