"""Store credit as JSON. Amounts are minor units of the business's currency."""

from rest_framework import serializers

from tenants.api.shapes import Day, Id, Moment, Shape, Text, Whole, page_of


class CreditDay(Shape):
    """So much on a day."""

    day = Day()
    amount = Whole()


class ShownCredit(Shape):
    """How a member stands. `balance` can be spent now, `pending` later, `owed` is repaid by what comes next."""

    name = Text()
    is_running = serializers.BooleanField()
    balance = Whole()
    pending = Whole()
    owed = Whole()
    earning = Text(help_text="What comes back, in words.")
    coming = CreditDay(many=True)
    expiring = CreditDay(many=True)


class CreditEntry(Shape):
    """A line of the ledger: `amount` of what can be spent, `pending` of what waits."""

    id = Id()
    kind = Text()
    cause = Text()
    cause_id = Id(allow_null=True)
    amount = Whole()
    pending = Whole()
    balance_after = Whole()
    owed_after = Whole()
    occurred_at = Moment()
    title = Text()
    why = serializers.ListField(child=serializers.CharField(), help_text="In words.")


CreditEntryPage = page_of(CreditEntry)


class NewCreditAdjustment(Shape):
    """Credit given (plus) or taken (minus) by hand, and why."""

    amount = Whole(min_value=-(10**9), max_value=10**9, help_text="Minor units. Not 0.")
    reason = Text(300, help_text="In words that the member may read.")


class CreditDone(Shape):
    """What a purchase did to store credit: `paid` came from it, `given` is its cash-back, `pending` of it for later."""

    paid = Whole()
    given = Whole()
    pending = Whole()
    balance = Whole()
    why = serializers.ListField(child=serializers.CharField(), help_text="In words.")


class CreditReturned(Shape):
    """What a return did to store credit: `refunded` went back to it, `taken` is cash-back that was taken back."""

    refunded = Whole()
    taken = Whole()
    balance = Whole()
    owed = Whole()


class CreditPreview(Shape):
    """What a return would do: `money` is paid back, `refunded` goes back to credit, `anew` of it with new dates.

    `taken` is cash-back that comes off, `owed` of it was spent already; `expired` is gone and not taken twice.
    """

    money = Whole()
    refunded = Whole()
    anew = Whole()
    taken = Whole()
    owed = Whole()
    expired = Whole()
    before = Whole()
    after = Whole()
