"""What the facts of the customers' app do to points, in the same transaction. Registered when the app starts."""

from customers.effects import member_joined, purchase_completed, purchase_returned
from customers.enums import Source
from customers.models import Member, Purchase, Return
from programs.domain.awards import award_joining, award_purchase
from programs.domain.reversals import reverse_purchase
from tenants.actors import Actor


def welcome(member: Member, /, *, by: Actor, source: str, silent: bool) -> None:
    """The bonus for joining. Members brought along from elsewhere have not joined now, and get none."""
    if source != Source.IMPORT:
        award_joining(member, by=by, source=source, silent=silent)


def award(purchase: Purchase, /, *, by: Actor, source: str, silent: bool) -> None:
    award_purchase(purchase, by=by, silent=silent)


def take_back(return_record: Return, /, *, by: Actor, source: str, silent: bool) -> None:
    reverse_purchase(return_record, by=by, source=source, silent=silent)


def register() -> None:
    member_joined.register(welcome)
    purchase_completed.register(award)
    purchase_returned.register(take_back)
