"""Purchases that were keyed while the counter had no connection, sent when it came back."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.domain.identity import member_by_id
from customers.models import Member, Purchase
from customers.queries import member_by_card, member_by_contact
from loyalty_saas.lib.errors import Invalid
from programs.domain.serving import Served, Visit, serve_member
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.models import Location

# A shift; what is older is entered by somebody who may say when a purchase was.
KEPT_FOR = timedelta(hours=24)


class NobodyHasThis(Invalid):
    code = "nobody_has_this"
    sentence = _("No member has this card, phone or e-mail. Correct it, or enrol them first.")


class KeyedTooLongAgo(Invalid):
    code = "keyed_too_long_ago"
    sentence = _("This was keyed more than a day ago. A manager can enter it on the member's page.")


def member_meant(typed: str) -> Member:
    """Whose card (also what was read from a phone, however long ago), phone or e-mail this is. Raises NobodyHasThis."""
    number = typed.strip().partition(".")[0] if "@" not in typed else ""
    member = (member_by_card(number) if number else None) or member_by_contact(typed.strip())
    if member is None:
        raise NobodyHasThis(field="who")
    return member


@transaction.atomic
def serve_late(
    who: UUID | str,
    *,
    amount: int,
    receipt_number: str = "",
    keyed_at: datetime,
    by: Actor,
    key: str,
    location: Location | None = None,
) -> Served:
    """Record a purchase of the moment at which it was keyed; the same key again gives the first result.

    `who` is a member's id or what was typed. A purchase that did arrive then under this key, without the device having
    heard of it, stays as it is. The device's clock is believed for the past day, never for the future. Raises
    NobodyHasThis, KeyedTooLongAgo, and what `serve_member` raises.
    """
    known = Purchase.objects.filter(key=key).first()
    now = timezone.now()
    if known is None and keyed_at < now - KEPT_FOR:
        raise KeyedTooLongAgo(field="amount")
    member = member_by_id(who) if isinstance(who, UUID) else member_meant(who)
    if member is None:
        raise NobodyHasThis(field="who")
    moment = known.occurred_at if known is not None else min(keyed_at, now)
    visit = Visit(amount=amount, receipt_number=receipt_number, occurred_at=moment)
    served = serve_member(member, visit, by=by, key=key, location=location)
    if known is None and served.purchase is not None and not served.is_known_receipt:
        record_audit("purchase.late", by=by, subject=served.purchase, keyed_at=moment.isoformat())
    return served
