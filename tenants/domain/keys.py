"""Keys for a shop's own systems."""

from django.utils import timezone

from loyalty_saas.lib.secrets import hash_token, new_token
from tenants import platform
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.models import ApiKey, Membership

PREFIX = "reg_"


def create_key(*, name: str, scopes: list[str], by: Membership) -> tuple[ApiKey, str]:
    """Make a key and return it with the text that is shown this once: 128 random bits."""
    token = PREFIX + new_token()
    key = ApiKey.objects.create(
        name=name, prefix=token[:8], token_hash=hash_token(token), scopes=sorted(scopes), created_by=by
    )
    record_audit("key.created", by=Actor.staff(by), subject=key, scopes=key.scopes)
    return key, token


def revoke_key(key: ApiKey, *, by: Membership) -> None:
    key.revoked_at = timezone.now()
    key.save(update_fields=["revoked_at"])
    record_audit("key.revoked", by=Actor.staff(by), subject=key)


def find_key(token: str) -> ApiKey | None:
    """The live key that this text is, with its business loaded."""
    return platform.find_api_key(hash_token(token)) if token.startswith(PREFIX) else None
