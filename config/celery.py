"""The Celery application. Queues: interactive, documents, bulk, maintenance."""

import os

from celery import Celery

from . import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")

broker.install()

app = Celery("ssammu")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
