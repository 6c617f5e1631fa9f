"""Checking an import in the background: its preview, made by one worker at a time."""

from uuid import UUID

import structlog
from django.utils import translation

from customers.enums import ImportStatus
from customers.imports.preview import make_preview
from customers.imports.running import claim
from customers.models import Import
from loyalty_saas.lib.errors import DomainError
from tenants.access import supported
from tenants.isolation import tenant_context
from tenants.models import Tenant

log = structlog.get_logger(__name__)


def check_import(tenant: Tenant, import_id: UUID) -> Import | None:
    """Make the preview of an import that waits for it. None when another worker has it or it cannot be read."""
    record = claim(tenant, import_id, ImportStatus.PREVIEWING)
    return None if record is None else check_claimed(tenant, record)


def check_claimed(tenant: Tenant, record: Import) -> Import | None:
    """Make the preview of an import that this process has claimed. None when another worker took it over meanwhile."""
    error = ""
    with translation.override(supported(tenant.language)):
        try:
            with tenant_context(tenant):
                record.preview = make_preview(record)
        except DomainError as refusal:
            error = str(refusal)
        except Exception:
            log.exception("import.not_checked", import_id=str(record.pk))
            _settle(tenant, record, ImportStatus.FAILED, "")
            raise
    return _settle(tenant, record, ImportStatus.FAILED if error else ImportStatus.PREVIEW, error)


def _settle(tenant: Tenant, record: Import, status: str, error: str) -> Import | None:
    with tenant_context(tenant):
        held = Import.objects.select_for_update(no_key=True).get(pk=record.pk)
        if held.claims != record.claims or held.status != ImportStatus.PREVIEWING:
            return None
        held.status, held.error, held.preview, held.leased_until = status, error, record.preview, None
        held.save(update_fields=["status", "error", "preview", "leased_until"])
        return held
