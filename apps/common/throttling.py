"""DRF's throttles, which let a request pass when their cache is away.

A Redis that restarts must stop nobody: an unthrottled minute costs less than a
site that answers 500.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from redis.exceptions import RedisError
from rest_framework import throttling

if TYPE_CHECKING:  # rest_framework.views imports this module
    from rest_framework.request import Request
    from rest_framework.views import APIView

logger = structlog.get_logger(__name__)


class _FailOpen(throttling.BaseThrottle):
    def allow_request(self, request: Request, view: APIView) -> bool:
        try:
            return super().allow_request(request, view)
        except RedisError as error:
            logger.warning("throttle skipped", error=str(error))
            return True


class AnonThrottle(_FailOpen, throttling.AnonRateThrottle):
    pass


class UserThrottle(_FailOpen, throttling.UserRateThrottle):
    pass


class ScopedThrottle(_FailOpen, throttling.ScopedRateThrottle):
    """The view's ``throttle_scope`` names the rate in settings."""
