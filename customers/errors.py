"""The refusals of this app."""

from typing import TYPE_CHECKING, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import DomainError, Invalid, NotFound

if TYPE_CHECKING:
    from customers.models import Member


class Conflict(DomainError):
    """The same key or receipt came before, with something else in it."""

    code = "conflict"
    sentence = _("This was already recorded with other details.")


class BillExceeded(Invalid):
    """A part of a bill is more than what is `left` of it, in words."""

    code = "bill_exceeded"
    sentence = _("Only %(left)s of this bill are left.")

    def __init__(self, left: str) -> None:
        super().__init__(field="amount", params={"left": left})


class ReceiptConflict(Conflict):
    """The number of a receipt stands on another purchase or return."""

    sentence = _("Receipt %(number)s was already recorded with other details. Look at the number again.")

    def __init__(self, number: str) -> None:
        super().__init__(field="receipt_number", params={"number": number})


class SegmentNameTaken(DomainError):
    code = "segment_name_taken"
    sentence = _("There is a segment of this name.")

    def __init__(self) -> None:
        super().__init__(field="name")


class SegmentInUse(DomainError):
    """`names` are what needs it."""

    code = "segment_in_use"
    sentence = _("It is used by %(names)s. Change that first.")

    def __init__(self, names: list[str]) -> None:
        super().__init__(params={"names": ", ".join(names)})


class Taken(DomainError):
    """Another member has this e-mail, phone, card or outside id: `member` says who. Never shown to members."""

    code = "taken"
    sentences: ClassVar[dict[str, str | Promise]] = {
        "email": _("%(name)s has this e-mail."),
        "phone": _("%(name)s has this phone number."),
        "number": _("%(name)s has this card number."),
        "external_id": _("%(name)s has this number of your other system."),
    }

    def __init__(self, field: str, member: "Member") -> None:
        super().__init__(self.sentences[field], field=field, params={"name": str(member)})
        self.member = member
        self.facts = {"member": str(member.pk)}


class SameRecord(Invalid):
    code = "same_record"
    sentence = _("These are one record already.")


class MergedElsewhere(DomainError):
    """One of the two was merged with a third record meanwhile."""

    code = "merged_elsewhere"
    sentence = _("One of these records was merged with another one meanwhile. Please look at the list again.")


class MergeTooOld(DomainError):
    code = "merge_too_old"
    sentence = _("A merge can be undone for %(days)d days, and they are over.")

    def __init__(self, days: int) -> None:
        super().__init__(params={"days": days})


class NewerMergeFirst(DomainError):
    """Merges that build on each other are undone from the last to the first."""

    code = "newer_merge_first"
    sentence = _("This member was merged again later. Undo the later merge first, then this one.")


class BeingServed(DomainError):
    """Somebody is at work on one of the two records, and went on for longer than we wait."""

    code = "being_served"
    sentence = _("One of these members is being served right now. Please try again in a moment.")


class NothingToCallThem(Invalid):
    code = "nameless"
    sentence = _("Write a name, an e-mail or a phone number, so that you find them again.")


class DoesNotAddUp(Invalid):
    code = "does_not_add_up"
    sentence = _("The amounts do not add up.")


class TooMuchReturned(Invalid):
    code = "too_much_returned"
    sentence = _("That is more than was bought.")


class AlreadyReturned(DomainError):
    code = "already_returned"
    sentence = _("All of this purchase has been returned already.")


class TooManyCodes(DomainError):
    """Counted by who asks, whether or not the address is a member's."""

    code = "too_many_codes"
    status = 429
    sentence = _(
        "That was too often from this connection. Please wait %(minutes)d minutes, use another connection,"
        " or ask at the counter."
    )

    def __init__(self, minutes: int = 0) -> None:
        super().__init__(params={"minutes": minutes})


class TooManyGuesses(TooManyCodes):
    """Counted for the address, by all who guess."""

    code = "too_many_guesses"
    sentence = _(
        "Somebody typed too many wrong codes for this address. To keep it safe it takes none until tomorrow."
        " At the counter we can help you without your phone."
    )


class AddressTaken(DomainError):
    """For members: says nothing of whose it is."""

    code = "address_taken"
    sentence = _("This cannot be used here. Please ask at the counter, and they will put it right.")


class CardNotReadable(NotFound):
    code = "card_not_readable"
    sentence = _("This is not a card of yours. Try again, or search by name or phone.")


class CardOutdated(DomainError):
    code = "card_outdated"
    sentence = _("This code has run out. Ask for the card on the phone to be opened again.")


class CardUsed(DomainError):
    code = "card_used"
    sentence = _("This code was shown already. The phone shows a new one in a few seconds.")


class ConsentMissing(Invalid):
    code = "consent_missing"
    sentence = _("Please tick that you want to take part: without it we may not keep your card.")
