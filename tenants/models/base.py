"""What every business table is made of."""

from typing import ClassVar, TypeVar
from uuid import UUID

from django.db import models
from django.db.models.fields.related_lookups import RelatedExact
from django.db.models.sql.where import AND

from loyalty_saas.lib.ids import uuid7
from tenants.isolation import current_tenant_id

M = TypeVar("M", bound=models.Model, covariant=True)


class TenantManager(models.Manager[M]):
    """Every query names the business: it gives the planner the constant, and fails loudly outside of a context."""

    def get_queryset(self) -> models.QuerySet[M]:
        """As `.filter(tenant_id=...)`, put there by hand: resolving the name took a sixth of what most queries cost."""
        queryset = super().get_queryset()
        query = queryset.query
        column = self.model._meta.get_field("tenant").get_col(query.get_initial_alias())  # type: ignore[union-attr]
        query.where.add(RelatedExact(column, current_tenant_id()), AND)
        return queryset


class TenantModel(models.Model):
    """A row of one business.

    The database backend makes `(tenant_id, id)` its key, forces row-level security on its table and
    makes its foreign keys to other business tables composite. Ids are made here rather than by the
    database, so that rows that belong together can be linked before any is written.
    """

    # A ledger: the application's role may not UPDATE or DELETE (see loyalty_saas.postgres.roles).
    append_only: ClassVar[bool] = False

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(
        "tenants.Tenant",
        on_delete=models.PROTECT,
        default=current_tenant_id,
        db_index=False,
        editable=False,
        related_name="+",
    )
    tenant_id: UUID

    objects = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
        default_manager_name = "objects"


class TenantPart(TenantModel):
    """A row that is a part of another row of the business and cannot be without it, of which there are very many.

    Its composite reference to the whole names the business already, and the whole's own reference proves that it is
    there: a second check of the same for every row would be a quarter of the cost of writing it.
    """

    tenant = models.ForeignKey(
        "tenants.Tenant",
        on_delete=models.PROTECT,
        default=current_tenant_id,
        db_index=False,
        db_constraint=False,
        editable=False,
        related_name="+",
    )

    class Meta(TenantModel.Meta):
        abstract = True
