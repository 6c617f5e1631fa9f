"""A member: one record for each customer, and what it is found and described by."""

import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.enums import CustomFieldKind, MemberStatus, SearchKind, Source
from loyalty_saas.lib.days import birthday_on
from tenants.models import Location, Membership, TenantModel, TenantPart


class Member(TenantModel):
    """A customer in the program. `number` is the card's; phone is E.164; the birthday's year may be unknown."""

    number = models.CharField(_("Card number"), max_length=24)
    given_name = models.CharField(_("First name"), max_length=80, blank=True)
    family_name = models.CharField(_("Last name"), max_length=80, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    phone = models.CharField(_("Phone"), max_length=16, blank=True)
    # What the member typed in the portal, until somebody has asked them: people are shown it, nothing else goes by it,
    # and any number of members may have typed the same.
    claimed_phone = models.CharField(max_length=16, blank=True, default="")
    birth_month = models.PositiveSmallIntegerField(null=True, blank=True)
    birth_day = models.PositiveSmallIntegerField(null=True, blank=True)
    birth_year = models.PositiveSmallIntegerField(null=True, blank=True)
    language = models.CharField(_("Language"), max_length=10, blank=True)
    location = models.ForeignKey(
        Location, verbose_name=_("Joined at"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    preferences = models.CharField(
        _("Preferences"), max_length=300, blank=True, help_text=_("Such as “oat milk” or “size 40”.")
    )
    custom = models.JSONField(default=dict, blank=True)
    status = models.CharField(max_length=10, choices=MemberStatus, default=MemberStatus.ACTIVE)
    # The record of the same person that is kept. Whatever names this one means that one (customers.domain.identity);
    # it is never merged itself, so that one step leads there.
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="absorbed")
    source = models.CharField(max_length=10, choices=Source)
    # What the shop's own system calls this customer, from an import or the API.
    external_id = models.CharField(max_length=80, blank=True)
    # Encrypted; the rotating QR of the member's card is made from it (loyalty_saas.lib.secrets).
    card_secret = models.CharField(max_length=200, blank=True)
    joined_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="member_number"),
            models.UniqueConstraint(fields=["tenant", "email"], condition=~Q(email=""), name="member_email"),
            models.UniqueConstraint(fields=["tenant", "phone"], condition=~Q(phone=""), name="member_phone"),
            models.UniqueConstraint(
                fields=["tenant", "external_id"], condition=~Q(external_id=""), name="member_external_id"
            ),
            models.CheckConstraint(
                name="member_merged_somewhere",
                condition=Q(status=MemberStatus.MERGED, merged_into__isnull=False)
                | (~Q(status=MemberStatus.MERGED) & Q(merged_into__isnull=True)),
            ),
            models.CheckConstraint(name="member_email_lower", condition=Q(email=models.functions.Lower("email"))),
            models.CheckConstraint(
                name="member_phone_e164", condition=Q(phone="") | Q(phone__regex=r"^\+[1-9]\d{5,14}$")
            ),
            models.CheckConstraint(
                name="member_claimed_phone",
                condition=Q(claimed_phone="") | Q(phone="", claimed_phone__regex=r"^\+[1-9]\d{5,14}$"),
            ),
            models.CheckConstraint(
                name="member_birthday_whole",
                condition=Q(birth_month__isnull=True, birth_day__isnull=True, birth_year__isnull=True)
                | Q(birth_month__range=(1, 12), birth_day__range=(1, 31)),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-joined_at", "-id"], name="member_newest"),
            models.Index(fields=["tenant", "claimed_phone"], condition=~Q(claimed_phone=""), name="member_claimed"),
            models.Index(fields=["tenant", "birth_month", "birth_day"], name="member_birthday"),
            models.Index(fields=["tenant", "updated_at", "id"], name="member_changed"),
            # The owner's home counts them all, and those of each day, from the index alone.
            models.Index(
                fields=["tenant", "joined_at", "id"], condition=Q(status=MemberStatus.ACTIVE), name="member_active"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.phone or self.external_id or self.number

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    def birthday_in(self, year: int) -> datetime.date | None:
        """The day it is kept in a year: 29 February on the 28th where there is none."""
        if not self.birth_month or not self.birth_day:
            return None
        return birthday_on(self.birth_month, self.birth_day, year)


class SearchKey(TenantPart):
    """A word a member is found by.

    Range comparison (`token >= 'mar' and token < 'mas'`) is leakproof and uses the index behind the wall;
    LIKE is not and reads every row of the business. The collation makes the order that of bytes.
    """

    kind = models.CharField(max_length=5, choices=SearchKind)
    token = models.CharField(max_length=120, db_collation="C")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="search_keys")

    class Meta(TenantPart.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "member", "kind", "token"], name="search_key_once")]
        indexes = [models.Index(fields=["tenant", "kind", "token", "member"], name="search_key_token")]

    def __str__(self) -> str:
        return self.token


class Tag(TenantModel):
    name = models.CharField(max_length=40)

    class Meta(TenantModel.Meta):
        ordering = ["name"]
        constraints = [models.UniqueConstraint("tenant", models.functions.Lower("name"), name="tag_name")]

    def __str__(self) -> str:
        return self.name


class MemberTag(TenantModel):
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="member_tags")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="member_tags")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "member", "tag"], name="member_tag_once")]

    def __str__(self) -> str:
        return str(self.tag_id)


class Note(TenantModel):
    """What staff remember about a member, for each other."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(max_length=2000)
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    # Taken out of sight; it can be brought back.
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.text[:40]


class CustomField(TenantModel):
    """A field the business adds to its members; values are kept under `key` in Member.custom."""

    key = models.SlugField(max_length=40, db_index=False)
    label = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=CustomFieldKind)
    choices = models.JSONField(default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(TenantModel.Meta):
        ordering = ["position", "label"]
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="custom_field_key")]

    def __str__(self) -> str:
        return self.label


class MemberSummary(TenantModel):
    """What a member's activity adds up to, kept by the consumer `summaries` for lists, segments and figures.

    `spent` is net of returns, in minor units of the business's currency; a visit is a day with a purchase.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="summaries")
    purchases = models.PositiveIntegerField(default=0)
    visits = models.PositiveIntegerField(default=0)
    spent = models.BigIntegerField(default=0)
    first_purchase_at = models.DateTimeField(null=True)
    last_purchase_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "member"], name="member_summary_once")]
        indexes = [
            models.Index(fields=["tenant", "-last_purchase_at"], name="member_summary_last"),
            models.Index(fields=["tenant", "-spent"], name="member_summary_spent"),
        ]

    def __str__(self) -> str:
        return str(self.member_id)

    @property
    def average(self) -> int | None:
        """What a purchase came to on average, in minor units; None before the first."""
        return self.spent // self.purchases if self.purchases else None
