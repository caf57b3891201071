"""ASGI entry point: `uvicorn config.asgi:application`."""

import os

from django.core.asgi import get_asgi_application

from apps.common.bodies import bounded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")

application = bounded(get_asgi_application())
