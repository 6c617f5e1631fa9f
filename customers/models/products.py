"""What the business sells."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from tenants.models import TenantModel


class Category(TenantModel):
    name = models.CharField(max_length=80)

    class Meta(TenantModel.Meta):
        ordering = ["name"]
        verbose_name_plural = "categories"
        constraints = [models.UniqueConstraint("tenant", Lower("name"), name="category_name")]

    def __str__(self) -> str:
        return self.name


class Product(TenantModel):
    """`price` is what one costs, tax included, in minor units of the business's currency; unknown is null."""

    sku = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=160)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="products")
    price = models.BigIntegerField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "sku"], condition=~Q(sku=""), name="product_sku"),
            models.CheckConstraint(name="product_price_positive", condition=Q(price__isnull=True) | Q(price__gte=0)),
        ]
        indexes = [models.Index("tenant", Lower("name"), name="product_name")]

    def __str__(self) -> str:
        return self.name
