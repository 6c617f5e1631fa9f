"""Earning rules: what members earn on top of the program's own rate, and what was given by each."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from programs.models.accounts import Account, Entry
from programs.models.programs import Program
from tenants.models import TenantModel, TenantPart


class EarningRule(TenantModel):
    """`draft` is what the owner is composing (programs.domain.rules.definition), null when nothing is being changed.

    What counts are the published versions; none does after `ended_at`. `given_to_all` is what its awards add up to,
    kept from the first version with a budget on (programs.domain.rules.budgets); null before.
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="earning_rules")
    name = models.CharField(_("Name"), max_length=60)
    draft = models.JSONField(null=True)
    ended_at = models.DateTimeField(null=True)
    given_to_all = models.BigIntegerField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class EarningRuleVersion(TenantModel):
    """A rule as it was published. Of those that have begun, the one with the highest number counts."""

    append_only = True

    rule = models.ForeignKey(EarningRule, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    definition = models.JSONField()
    starts_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["tenant", "rule", "number"], name="rule_version_number")]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"


class RuleAward(TenantPart):
    """What an entry gave by a rule, in points rounded up; a return takes back with a minus sign.

    `cause_id` is the purchase, so that its rows add up to what it still holds.
    """

    append_only = True

    # Versions never go, so the rule is there: to prove it would lock the rows of twenty rules with every sale.
    rule = models.ForeignKey(
        EarningRule, on_delete=models.PROTECT, related_name="awards", db_index=False, db_constraint=False
    )
    # Its entry proves that it is there.
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="rule_awards", db_index=False)
    version = models.PositiveSmallIntegerField()
    points = models.BigIntegerField()
    cause_id = models.UUIDField()
    occurred_at = models.DateTimeField()

    class Meta(TenantPart.Meta):
        # A sale writes a row for each rule that counted: none of these has its rows all over the index.
        constraints = [models.UniqueConstraint(fields=["tenant", "cause_id", "entry", "rule"], name="rule_award_once")]
        indexes = [
            models.Index(fields=["tenant", "occurred_at"], name="rule_award_of_day"),
            models.Index(fields=["tenant", "account", "rule"], name="rule_award_of_account"),
        ]

    def __str__(self) -> str:
        return f"{self.points}"
