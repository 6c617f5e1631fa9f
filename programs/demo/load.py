"""Loading, listing and removing the samples."""

import datetime
import os
import subprocess
import sys

from django.apps import apps
from django.conf import settings
from django.db import connections, models, transaction
from django.utils import timezone
from psycopg2 import sql

from loyalty_saas.postgres.roles import append_only_tables
from programs.demo.boutique import BOUTIQUE
from programs.demo.cafe import CAFE
from programs.demo.neighbour import BAKER, BAKERY, SLUG, play_neighbour
from programs.demo.play import Play
from programs.demo.script import Person, Sample
from programs.demo.stage import PASSWORD, make_person
from tenants import platform
from tenants.models import Tenant, TenantModel

SAMPLES = {sample.slug: sample for sample in (CAFE, BOUTIQUE)}
# Somebody who has just signed up: the first page of a new owner.
NEWCOMER = Person("Robin", "robin@new-bakery.example", "owner")


def missing_samples() -> list[str]:
    return [slug for slug in SAMPLES if platform.find_business(slug) is None]


def load_samples() -> list[str]:
    """Play every sample that is not there yet, each in a process of its own; returns the slugs that were played."""
    make_person(NEWCOMER)
    missing = missing_samples()
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "demo", "play"]
    # Without DEBUG: keeping every query that was made doubles the time.
    running = [subprocess.Popen([*command, slug], env={**os.environ, "DEBUG": "no"}) for slug in missing]
    failed = [slug for slug, process in zip(missing, running, strict=True) if process.wait()]
    if failed:
        raise RuntimeError(f"The sample {', '.join(failed)} could not be played.")
    if CAFE.slug in missing:
        # Next door to a sample that is there by now.
        subprocess.run([*command, SLUG], env={**os.environ, "DEBUG": "no"}, check=True)
    return missing


def play_sample(sample: Sample, now: datetime.datetime | None = None) -> Tenant:
    return Play(sample, now or timezone.now()).run()


def play_next_door(now: datetime.datetime | None = None) -> None:
    """The bakery beside the café, and their network."""
    play_neighbour(CAFE, now or timezone.now())


def people_of(sample: Sample) -> list[tuple[str, str, str, str]]:
    """(business, role, e-mail, PIN) of those who can sign in with PASSWORD."""
    return [(sample.name, person.role, person.email, person.pin) for person in sample.people]


def sign_in_lines() -> list[str]:
    lines = [f"Everybody’s password is {PASSWORD}"]
    for sample in SAMPLES.values():
        lines += [
            f"{email:<38} {role} of {name}{f', PIN {pin}' if pin else ''}"
            for name, role, email, pin in people_of(sample)
        ]
    lines.append(f"{BAKER.email:<38} {BAKER.role} of {BAKERY}, in a network with {CAFE.name}, PIN {BAKER.pin}")
    return [*lines, f"{NEWCOMER.email:<38} has just signed up and has no business yet"]


def remove_samples() -> list[str]:
    """Delete the sample businesses with all that is theirs. Returns their slugs.

    The one place where rows of a ledger are deleted: as the owner, whose triggers are lifted for the length of this
    transaction, and for businesses marked as samples alone.
    """
    samples = [tenant for tenant in platform.open_businesses() if tenant.is_demo]
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        for name in append_only_tables():
            cursor.execute(f'ALTER TABLE "{name}" DISABLE TRIGGER append_only')
        for tenant in samples:
            cursor.execute("SELECT set_config('app.tenant_id', %s, true)", [str(tenant.pk)])
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for model in _business_models():
                table = sql.Identifier(model._meta.db_table)
                cursor.execute(sql.SQL("DELETE FROM {} WHERE tenant_id = %s").format(table), [tenant.pk])
            cursor.execute("DELETE FROM tenants_tenant WHERE id = %s", [tenant.pk])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in append_only_tables():
            cursor.execute(f'ALTER TABLE "{name}" ENABLE ALWAYS TRIGGER append_only')
    return [tenant.slug for tenant in samples]


def _business_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if issubclass(model, TenantModel)]
