"""What rewards of every kind and their vouchers refuse, in sentences for members and for the counter."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from loyalty_saas.lib.errors import DomainError, Forbidden, Invalid, NotFound
from programs.errors import OutOfStock, RewardNotAvailable, VoucherUsed


class NotForThisMember(RewardNotAvailable):
    code = "not_for_this_member"
    sentence: str | Promise = _("This reward is for certain members only.")


class PeriodLimitReached(RewardNotAvailable):
    """`limit` times in a `period`, named as in "a week"."""

    code = "limit_reached"
    sentence: str | Promise = ngettext_lazy(
        "Each member can have this reward once %(period)s.",
        "Each member can have this reward %(limit)d times %(period)s.",
        "limit",
    )

    def __init__(self, limit: int, period: str) -> None:
        super().__init__(params={"limit": limit, "period": period})


class EventBegun(RewardNotAvailable):
    code = "event_begun"
    sentence: str | Promise = _("This has begun already.")


class OpenToEverybody(RewardNotAvailable):
    code = "open_to_everybody"
    sentence: str | Promise = _("Everybody can have this by now.")


class FullyBooked(OutOfStock):
    code = "fully_booked"
    sentence = _("All places are taken.")


class NoWaitingList(DomainError):
    code = "no_waiting_list"
    sentence = _("There is no waiting list for this.")


class PlacesLeft(DomainError):
    code = "places_left"
    sentence = _("There are places left: take one, there is no need to wait.")


class ChoiceNotThere(Invalid):
    code = "choice_not_there"
    sentence = _("Choose one of the products of this reward.")

    def __init__(self) -> None:
        super().__init__(field="product")


class VoucherNotYet(DomainError):
    code = "voucher_not_yet"
    sentence: str | Promise = _("This voucher works from %(day)s.")

    def __init__(self, day: str) -> None:
        super().__init__(params={"day": day})


class VoucherNotHere(DomainError):
    code = "voucher_not_here"
    sentence = _("This cannot be used at this location.")


class VoucherNotToday(DomainError):
    code = "voucher_not_today"
    sentence = _("This cannot be used today.")


class PurchaseTooSmall(DomainError):
    code = "purchase_too_small"
    sentence: str | Promise = _("This voucher is for purchases from %(minimum)s.")

    def __init__(self, minimum: str) -> None:
        super().__init__(field="amount", params={"minimum": minimum})


class VoucherHeld(DomainError):
    code = "voucher_held"
    sentence = _("This voucher is part of an order that is being paid at this moment. Try again in a few minutes.")


class VoucherWrapped(DomainError):
    code = "voucher_wrapped"
    sentence = _("This voucher is wrapped as a present for somebody. They take it back in their portal first.")


class NotEnoughLeft(DomainError):
    code = "not_enough_left"
    sentence: str | Promise = _("There is %(left)s left on this voucher.")

    def __init__(self, left: str) -> None:
        super().__init__(field="voucher", params={"left": left})


class VoucherPartlyUsed(VoucherUsed):
    code = "voucher_partly_used"
    sentence = _("A part of this voucher has been used already.")


class VouchersTogether(DomainError):
    """The owner's rule lets fewer vouchers be used on one purchase."""

    code = "vouchers_together"
    sentence = _("These cannot be used together on one purchase. Take one of them now and keep the others.")


class HoldOver(DomainError):
    code = "hold_over"
    sentence = _("This reservation is over. Reserve the voucher again.")


class CannotGive(Forbidden):
    code = "cannot_give"
    sentence = _("This cannot be handed on.")


class CodeSeen(Forbidden):
    code = "code_seen"
    sentence = _("Its code was shown already, and another till takes it from whoever knows it: it cannot be handed on.")


class CannotGiveBack(Forbidden):
    code = "cannot_give_back"
    sentence = _("This cannot be given back: it has shown what it holds.")


class GiftGone(NotFound):
    code = "gift_gone"
    sentence = _("This present is not here any more: it was opened, or taken back.")


class GiftForOthers(DomainError):
    code = "gift_for_others"
    sentence = _("This present is from you. Send the link to somebody else.")


class NoPrizeLeft(OutOfStock):
    code = "no_prize_left"
    sentence = _("Nothing is left to come out of this surprise.")


class PrizesMissing(Invalid):
    code = "prizes_missing"
    sentence = _("Say what can come out: at least two different things.")

    def __init__(self) -> None:
        super().__init__(field="prizes")


class CodesAreTaken(Invalid):
    """`codes` were brought before."""

    code = "codes_are_taken"
    sentence: str | Promise = _("These were brought before, so nothing was added: %(codes)s")

    def __init__(self, codes: list[str]) -> None:
        super().__init__(field="codes", params={"codes": ", ".join(codes)})


class CharityNameTaken(Invalid):
    code = "charity_name_taken"
    sentence = _("There is already a charity with this name.")

    def __init__(self) -> None:
        super().__init__(field="name")


class CharityInUse(DomainError):
    code = "charity_in_use"
    sentence: str | Promise = _("Rewards give to it: %(names)s. Stop offering them first.")

    def __init__(self, names: list[str]) -> None:
        super().__init__(params={"names": ", ".join(names)})
