"""How a member signs in to the portal, and the card on their phone."""

from django.db import models

from customers.enums import CodePurpose
from customers.models.members import Member
from tenants.models import TenantModel


class SignInCode(TenantModel):
    """A code for an address in one browser: three tries and a short life. Who, what and where are kept as hashes.

    A code that was mailed may be entered in other browsers that ask while it works: each has a row with its hash.

    `details` is encrypted: the address, the code until the mail has left, and what a person who joins has told
    us. It is emptied when the code is used; the row stays for a day, because codes are counted.
    """

    purpose = models.CharField(max_length=10, choices=CodePurpose, default=CodePurpose.SIGN_IN)
    destination_hash = models.CharField(max_length=64)
    # The network that asked, for this address: it is what guesses too often.
    asker_hash = models.CharField(max_length=64)
    is_mailed = models.BooleanField(default=False)
    # Only the browser that asked for the code may try it: others cannot use the tries up.
    flow_hash = models.CharField(max_length=64)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, null=True, related_name="+")
    code_hash = models.CharField(max_length=64)
    details = models.TextField(blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "flow_hash"], name="sign_in_code_flow")]
        indexes = [
            models.Index(fields=["tenant", "destination_hash", "-created_at"], name="sign_in_code_newest"),
            models.Index(fields=["tenant", "created_at"], name="sign_in_code_oldest"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class PortalSession(TenantModel):
    """A phone or browser on which a member is signed in; only the hash of its token is kept."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="portal_sessions")
    token_hash = models.CharField(max_length=64)
    device = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "token_hash"], name="portal_session_token")]

    def __str__(self) -> str:
        return self.device


class CardStep(TenantModel):
    """A step of a rotating card that was used: each shows its code once."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    step = models.BigIntegerField()
    used_at = models.DateTimeField(auto_now_add=True)
    # The key of the act for which it proved that the member was there: one act for each step.
    proved = models.CharField(max_length=120, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "member", "step"], name="card_step_once")]

    def __str__(self) -> str:
        return str(self.step)
