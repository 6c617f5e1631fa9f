"""What imports bring to the shared places of the dashboard."""

import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.imports.flow import forget_old_files
from customers.models import Import, Member
from tenants import jobs
from tenants.home import Step, checklist
from tenants.navigation import Place
from tenants.navigation import register as register_place
from tenants.permissions import Permission

# A file full of people is kept only while its import may be looked into.
KEEP_FILES = datetime.timedelta(days=30)


def register() -> None:
    register_place(
        Place(
            "imports",
            _("Import"),
            "customers:imports",
            "upload",
            Permission.RUN_IMPORTS,
            "customers",
            40,
            keywords=_("bring in upload CSV Excel spreadsheet file"),
        )
    )
    checklist.register(
        Step(
            name="import",
            title=_("Bring in what you have"),
            about=_(
                "Customers and sales from a spreadsheet, your till or your shop. You see everything before it counts."
            ),
            url_name="customers:imports",
            action=_("Import a file"),
            is_done=lambda: Import.objects.exists() or Member.objects.exists(),
            order=30,
            permission=Permission.RUN_IMPORTS,
        )
    )
    jobs.register(jobs.DailyJob("import-files", 3, _forget))


def _forget(day: datetime.date) -> int:
    return forget_old_files(timezone.now() - KEEP_FILES)
