"""The Celery application: tasks carry ids, PostgreSQL holds what is owed, Redis only wakes workers."""

import os

from celery import Celery
from django_structlog.celery.steps import DjangoStructLogInitStep

from loyalty_saas.health.signals import connect

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_saas.settings")

app = Celery("regulars")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["customers.portal"])
app.steps["worker"].add(DjangoStructLogInitStep)
connect()
