"""A worker in a process of its own that is killed in the middle of sending."""

import os
import subprocess
import sys
from pathlib import Path

from django.db import connection

from tenants.models import Tenant
from tests.mailbox import Mailbox

ROOT = Path(__file__).resolve().parents[1]
WORKER = """
import sys
import django
django.setup()
from importlib import import_module
from uuid import UUID
from tenants.isolation import tenant_context
with tenant_context(UUID(sys.argv[3])) as tenant:
    pass
getattr(import_module(sys.argv[1]), sys.argv[2])(tenant)
"""


def killed_while_sending(module: str, verb: str, business: Tenant, mailbox: Mailbox, where: str) -> None:
    """Let `module.verb(business)` send to the mailbox, which holds at `where` of the conversation; kill it there."""
    here = connection.settings_dict
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "loyalty_saas.settings",
        "DATABASE_APP_URL": f"postgres://{here['USER']}:{here['PASSWORD']}@/{here['NAME']}?host={here['HOST']}",
        "EMAIL_URL": f"smtp://127.0.0.1:{mailbox.port}",
    }
    mailbox.holds = where
    command = [sys.executable, "-c", WORKER, module, verb, str(business.pk)]
    worker = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        assert mailbox.held.wait(120)
    finally:
        worker.kill()
        worker.wait(60)
    mailbox.holds = ""
