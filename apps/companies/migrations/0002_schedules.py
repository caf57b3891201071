"""Schedules that are staff's to set in admin, made once: what they change or delete stays so.

Not in CELERY_BEAT_SCHEDULE, which the clock writes anew whenever it starts.
"""

from django.conf import settings
from django.db import migrations


def make_schedules(apps, schema_editor):
    crontabs = apps.get_model("django_celery_beat", "CrontabSchedule")
    tasks = apps.get_model("django_celery_beat", "PeriodicTask")
    at_night = {"minute": "0", "day_of_month": "*", "month_of_year": "*"}
    weekly, _made = crontabs.objects.get_or_create(
        **at_night, hour="3", day_of_week="1", timezone=settings.TIME_ZONE
    )
    daily, _made = crontabs.objects.get_or_create(
        **at_night, hour="1", day_of_week="*", timezone=settings.TIME_ZONE
    )
    tasks.objects.get_or_create(
        name="summarise companies",
        defaults={
            "task": "apps.companies.tasks.run_summaries",
            "crontab": weekly,
            "description": "Mondays at 3:00. Only companies whose sources have changed.",
        },
    )
    tasks.objects.get_or_create(
        name="read company pages",
        defaults={
            "task": "apps.companies.tasks.fetch_pages",
            "crontab": daily,
            "enabled": False,
            "description": "Reads the web addresses of companies, once this is switched on.",
        },
    )


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0001_initial"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(make_schedules, migrations.RunPython.noop)]
