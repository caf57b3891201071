"""ASGI entry point: `uvicorn config.asgi:application`."""

import logging
import os

from django.core.asgi import get_asgi_application

from apps.common.bodies import bounded
from apps.common.logs import WithoutKeys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")

logging.getLogger("uvicorn.access").addFilter(WithoutKeys())
application = bounded(get_asgi_application())
