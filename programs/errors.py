"""What the ledger, the rewards and the vouchers refuse, in sentences for the person at the counter."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from loyalty_saas.lib.errors import DomainError, Forbidden, Invalid, NotFound


class NoProgram(NotFound):
    code = "no_program"
    sentence = _("There is no points program yet. Set one up first.")


class ProgramBegun(DomainError):
    code = "program_begun"
    sentence = _("This program has begun already. Change it, instead of beginning anew.")


class ProgramNotLive(DomainError):
    code = "program_not_live"
    sentence = _("The program is not running right now, so nothing can be given or taken.")


class MemberNotActive(DomainError):
    code = "member_not_active"
    sentence = _("This membership is paused or has ended. Make it active again first.")


class IdempotencyConflict(DomainError):
    """The key was used before, for something else."""

    code = "idempotency_conflict"
    sentence = _("This was sent before with other details. Please start again.")


class KeyTooLong(Invalid):
    code = "key_too_long"
    sentence = _("The key may have at most 100 characters.")


class NotEnoughPoints(DomainError):
    """`missing` points are lacking; `said` is that amount in the program's own words."""

    code = "not_enough_points"
    sentence: str | Promise = ngettext_lazy("%(points)s is missing.", "%(points)s are missing.", "missing")

    def __init__(self, missing: int, said: str) -> None:
        super().__init__(params={"missing": missing, "points": said})
        self.missing = missing
        self.facts = {"missing": missing}


class HasMembership(DomainError):
    code = "has_membership"
    sentence = _("This member has a membership already. Let it end, or renew it.")


class NoMembership(NotFound):
    code = "no_membership"
    sentence = _("There is no running membership.")


class PlanNotOffered(Invalid):
    code = "plan_not_offered"
    sentence = _("This membership is not offered any more.")


class PaidEnough(DomainError):
    """The next period is paid already."""

    code = "paid_enough"
    sentence = _("It is paid up to %(day)s already. It can be renewed again in its last period.")

    def __init__(self, day: str) -> None:
        super().__init__(params={"day": day})


class NoCredit(Invalid):
    code = "no_credit"
    sentence = _("There is no store credit to pay with.")


class NotEnoughCredit(DomainError):
    """`available` minor units are there; `said` is that amount as a person reads it."""

    code = "not_enough_credit"
    sentence = _("There is less credit than that: %(credit)s.")

    def __init__(self, available: int, said: str) -> None:
        super().__init__(field="credit", params={"credit": said})
        self.facts = {"available": available}


class RewardNotAvailable(DomainError):
    """The reward itself cannot be had now: switched off, outside its dates."""

    code = "reward_not_available"
    sentence: str | Promise = _("This reward is not available right now.")


class OutOfStock(RewardNotAvailable):
    code = "out_of_stock"
    sentence = _("This reward has just run out.")


class TierTooLow(RewardNotAvailable):
    code = "tier_too_low"
    sentence = _("This reward is for members from %(tier)s upwards.")

    def __init__(self, tier: str) -> None:
        super().__init__(params={"tier": tier})


class LimitReached(RewardNotAvailable):
    code = "limit_reached"
    sentence: str | Promise = ngettext_lazy(
        "Each member can have this reward once.", "Each member can have this reward %(limit)d times.", "limit"
    )

    def __init__(self, limit: int) -> None:
        super().__init__(params={"limit": limit})


class VoucherNotFound(NotFound):
    code = "voucher_not_found"
    sentence = _("We know no voucher with this code. Please check it letter by letter.")


class VoucherUsed(DomainError):
    code = "voucher_used"
    sentence = _("This voucher has been used already.")


class VoucherExpired(DomainError):
    code = "voucher_expired"
    sentence = _("This voucher has expired.")


class VoucherVoided(DomainError):
    code = "voucher_voided"
    sentence = _("This voucher was undone, and what it cost was given back.")


class AdjustmentTooLarge(DomainError):
    """Beyond `limit` points at a time; `said` is that limit in the program's own words."""

    code = "adjustment_too_large"
    status = 403
    sentence: str | Promise = ngettext_lazy(
        "You may give or take %(points)s at a time. Ask a manager for more.",
        "You may give or take up to %(points)s at a time. Ask a manager for more.",
        "limit",
    )

    def __init__(self, limit: int, said: str) -> None:
        super().__init__(params={"limit": limit, "points": said})


class FarBeyondUsual(DomainError):
    """So much by hand that it may be a slip of the finger: to be asked once more. All in words a person reads."""

    code = "far_beyond_usual"
    status = 422
    sentence = _(
        "That is %(amount)s, far more than usual: the fullest card has %(fullest)s. If you mean it, say yes below."
    )
    with_worth = _(
        "That is %(amount)s, worth about %(worth)s, far more than usual: the fullest card has %(fullest)s. If you mean"
        " it, say yes below."
    )

    def __init__(self, amount: str, fullest: str, *, worth: str, field: str) -> None:
        params = {"amount": amount, "fullest": fullest, "worth": worth}
        super().__init__(self.with_worth if worth else None, field=field, params=params)


class MemberDayLimit(DomainError):
    """`most` that staff may give a member in a day, and what it `would` come to, in the program's own words."""

    code = "member_day_limit"
    status = 403
    sentence = _(
        "Staff may give one member up to %(most)s in a day; with this it would be %(would)s."
        " Ask a manager to take over with their PIN."
    )

    def __init__(self, most: str, would: str) -> None:
        super().__init__(params={"most": most, "would": would})


class StaffDayLimit(DomainError):
    """`most` that one of the staff may give in a day, and what it `would` come to, in the program's own words."""

    code = "staff_day_limit"
    status = 403
    sentence = _(
        "You may give up to %(most)s in a day; with this it would be %(would)s."
        " Ask a manager to take over with their PIN."
    )

    def __init__(self, most: str, would: str) -> None:
        super().__init__(params={"most": most, "would": would})


class DeviceDayLimit(DomainError):
    """`most` that staff may give at one device in a day, and what it `would` come to, in the program's own words."""

    code = "device_day_limit"
    status = 403
    sentence = _(
        "At this device up to %(most)s may be given in a day; with this it would be %(would)s."
        " Ask a manager to take over with their PIN."
    )

    def __init__(self, most: str, would: str) -> None:
        super().__init__(params={"most": most, "would": would})


class ReviewClosed(DomainError):
    code = "review_closed"
    sentence = _("Somebody has decided this already.")


class ClaimAnswered(DomainError):
    code = "claim_answered"
    sentence = _("Somebody has answered this already.")


class ThankedEnough(DomainError):
    code = "thanked_enough"
    sentence = _("Thank you! This has counted for you as often as it can for now.")


class OwnReview(Forbidden):
    code = "own_review"
    sentence = _("This is about what you did yourself: another manager or the owner decides it.")


class NothingToHold(DomainError):
    code = "nothing_to_hold"
    sentence = _("There is nothing left of it that could be held.")


class OwnAccount(Forbidden):
    code = "own_account"
    sentence = _("You cannot give or take anything on your own card. Ask a colleague to serve you.")


class PresenceNotProved(Forbidden):
    code = "presence_not_proved"
    sentence = _("Before anything is redeemed: scan the code on their phone, or enter your PIN.")

    def __init__(self) -> None:
        super().__init__(field="pin")


class ReasonMissing(Invalid):
    code = "reason_missing"
    sentence = _("Say why, in a few words.")

    def __init__(self) -> None:
        super().__init__(field="reason")


class CannotUndo(DomainError):
    code = "cannot_undo"
    sentence: str | Promise = _("This cannot be undone.")


class UndoTooLate(CannotUndo):
    code = "undo_too_late"
    sentence: str | Promise = ngettext_lazy(
        "This can be undone for %(minutes)d minute. Ask a manager to put it right.",
        "This can be undone for %(minutes)d minutes. Ask a manager to put it right.",
        "minutes",
    )

    def __init__(self, minutes: int) -> None:
        super().__init__(params={"minutes": minutes})


class AlreadyUndone(CannotUndo):
    code = "already_undone"
    sentence = _("This has been undone already.")


class LedgerConflict(DomainError):
    """Somebody else moved the account between our lock and our write: cannot happen while the lock is held."""

    code = "ledger_conflict"
    sentence = _("Somebody changed this account at the same moment. Please try again.")


class TierNameTaken(Invalid):
    code = "tier_name_taken"
    sentence = _("There is already a tier with this name.")

    def __init__(self) -> None:
        super().__init__(field="name")


class TierThresholdTaken(Invalid):
    code = "tier_threshold_taken"
    sentence = _("Two tiers cannot begin at the same amount.")

    def __init__(self) -> None:
        super().__init__(field="threshold")


class TierHasMembers(DomainError):
    """`count` members hold the tier that should go."""

    code = "tier_has_members"
    sentence: str | Promise = ngettext_lazy(
        "%(count)d member is in this tier. Say that they move one step down, or keep the tier.",
        "%(count)d members are in this tier. Say that they move one step down, or keep the tier.",
        "count",
    )

    def __init__(self, count: int) -> None:
        super().__init__(params={"count": count})
        self.count = count


class TierHasRewards(DomainError):
    code = "tier_has_rewards"
    sentence = _("Rewards are kept for this tier: %(names)s. Open them to everybody, or to another tier, first.")

    def __init__(self, names: list[str]) -> None:
        super().__init__(params={"names": ", ".join(names)})


class TooManyRules(DomainError):
    code = "too_many_rules"
    sentence = _("%(most)d rules are as many as anybody can keep in mind. End one first.")

    def __init__(self, most: int) -> None:
        super().__init__(params={"most": most})


class NothingToPublish(DomainError):
    code = "nothing_to_publish"
    sentence = _("Nothing was changed since this was published.")


class RuleEnded(DomainError):
    code = "rule_ended"
    sentence = _("This rule has ended. Take it up again to change it.")


class RewardWithoutWorth(Invalid):
    code = "reward_without_worth"
    sentence = _("Say how much it takes off.")


class RewardWindow(Invalid):
    code = "reward_window"
    sentence = _("It cannot end before it begins.")


class BudgetSpent(DomainError):
    """A gesture goes beyond what staff may give by themselves; a manager may approve it."""

    code = "budget_spent"
    status = 403

    def __init__(self, **params: str) -> None:
        super().__init__(field="pin", params=params)


class GestureTooLarge(BudgetSpent):
    sentence: str | Promise = _(
        "This counts as %(cost)s; by yourself you may give up to %(most)s at a time."
        " A manager can approve it with their PIN."
    )


class StaffBudgetSpent(BudgetSpent):
    sentence: str | Promise = _(
        "This counts as %(cost)s, and you have %(left)s left to give today. A manager can approve it with their PIN."
    )


class LocationBudgetSpent(BudgetSpent):
    sentence: str | Promise = _(
        "This counts as %(cost)s, and %(left)s is left to be given here today. A manager can approve it with their PIN."
    )


class NotAnApprover(Forbidden):
    """Whoever should approve is no manager or owner here, or it is the person who asks."""

    code = "not_an_approver"
    sentence = _("This needs the PIN of another person: a manager or an owner.")

    def __init__(self) -> None:
        super().__init__(field="pin")


class OneTimePin(DomainError):
    code = "one_time_pin"
    status = 403
    sentence: str | Promise = _(
        "%(name)s has a one-time PIN, which opens the counter only. They choose their own first."
    )

    def __init__(self, name: str) -> None:
        super().__init__(field="pin", params={"name": name})


class WithoutPrice(Invalid):
    code = "without_price"
    sentence = _("This product has no price, so nobody knows what it counts as. A manager can enter it under Products.")

    def __init__(self) -> None:
        super().__init__(field="product")


class ReasonNameTaken(Invalid):
    code = "reason_name_taken"
    sentence = _("There is already a reason with this name.")

    def __init__(self) -> None:
        super().__init__(field="name")


class LastReason(DomainError):
    code = "last_reason"
    sentence = _("Keep at least one reason: without one, nothing can be made right at the counter.")


class ClosureIsOver(Invalid):
    code = "closure_is_over"
    sentence = _("These days are over. What has expired on them stays expired.")


class ClosuresOverlap(Invalid):
    code = "closures_overlap"
    sentence = _("You are closed on some of these days already.")


class CardFullToday(DomainError):
    """Staff gave as many stamps today as the card allows; `most` in a day."""

    code = "card_full_today"
    sentence: str | Promise = ngettext_lazy(
        "This card takes %(most)d stamp a day, and that was given. A manager can give more.",
        "This card takes %(most)d stamps a day, and they were given. A manager can give more.",
        "most",
    )

    def __init__(self, most: int) -> None:
        super().__init__(params={"most": most})
        self.facts = {"most": most}


class CardWasUsed(DomainError):
    code = "card_was_used"
    sentence = _("This stamp filled a card, and its reward has been used. It cannot be undone any more.")


class ChallengePublished(DomainError):
    code = "challenge_published"
    sentence = _("This challenge is running: what was promised stays. End it and begin another one.")


class TooManyChallenges(DomainError):
    code = "too_many_challenges"
    sentence = _("%(most)d challenges at once are as many as anybody can keep in mind. End one first.")

    def __init__(self, most: int) -> None:
        super().__init__(params={"most": most})


class EventTypeInUse(DomainError):
    """A field that is to go is looked at by a rule."""

    code = "event_type_in_use"
    sentence = _("The rule “%(rule)s” looks at this field. Change or end the rule first.")

    def __init__(self, rule: str, *, field: str | None = None) -> None:
        super().__init__(params={"rule": rule}, field=field)


class EventTypeGone(DomainError):
    code = "event_type_gone"
    sentence = _("Events of this kind are not recorded any more.")


class EventNotByHand(Forbidden):
    code = "event_not_by_hand"
    sentence = _("Events of this kind come from another system. They are not recorded by hand.")


class SharingOff(DomainError):
    code = "sharing_off"
    sentence = _("Members cannot give points to each other here.")


class FamiliesOff(DomainError):
    code = "families_off"
    sentence = _("There are no families in this program.")


class TransferTooSmall(Invalid):
    """`said` is the least that may be given, in the program's words."""

    code = "transfer_too_small"
    sentence = _("At least %(points)s can be given at a time.")

    def __init__(self, least: int, said: str) -> None:
        super().__init__(params={"least": least, "points": said}, field="points")
        self.facts = {"least": least}


class TransferMonthFull(DomainError):
    """`left` points may still be given this month."""

    code = "transfer_month_full"
    sentence = _("That is more than one may give in a month: %(points)s are left until the first.")

    def __init__(self, left: int, said: str) -> None:
        super().__init__(params={"left": left, "points": said})
        self.facts = {"left": left}


class TooNewToGive(DomainError):
    code = "too_new_to_give"
    sentence = _("New members can give something away from %(day)s.")

    def __init__(self, day: str) -> None:
        super().__init__(params={"day": day})


class NotInFamily(DomainError):
    code = "not_in_family"
    sentence = _("Points can only be given within one’s own family.")


class GiveToOneself(Invalid):
    code = "give_to_oneself"
    sentence = _("That is the member’s own card.")


class TransferSpent(DomainError):
    code = "transfer_spent"
    sentence = _("These points have been spent or have expired. There is nothing left to give back.")


class TransferNeedsManager(DomainError):
    """Staff give so many at a time for a member; `most`."""

    code = "transfer_needs_manager"
    sentence = _("More than %(points)s at a time need a manager’s PIN.")

    def __init__(self, most: int, said: str) -> None:
        super().__init__(params={"most": most, "points": said}, field="pin")
        self.facts = {"most": most}


class InFamilyAlready(DomainError):
    code = "in_family_already"
    sentence = _("Nobody can be in two families. Leave the other one first.")


class NoFamily(DomainError):
    code = "no_family"
    sentence = _("This member is in no family.")


class FamilyFull(DomainError):
    code = "family_full"
    sentence = _("This family is full: %(most)d people belong to it.")

    def __init__(self, most: int) -> None:
        super().__init__(params={"most": most})
        self.facts = {"most": most}


class FamilyTooSoon(DomainError):
    code = "family_too_soon"
    sentence = _("One can change family again from %(day)s.")

    def __init__(self, day: str) -> None:
        super().__init__(params={"day": day})


class NotTheHead(Forbidden):
    code = "not_the_head"
    sentence = _("Only the head of the family can do this.")


class InvitationGone(DomainError):
    code = "invitation_gone"
    sentence = _("This invitation is no longer good. Ask for a new one.")


class OwesForFamily(DomainError):
    """The family's points do not pay what one of them owes."""

    code = "owes_for_family"
    sentence = _("Something is still owed from a return. Until it is repaid, somebody else of the family can redeem.")


class PollPublished(DomainError):
    code = "poll_published"
    sentence = _("This is published, and a promise: it is not changed any more. End it, or copy it.")


class TooManyPolls(DomainError):
    code = "too_many_polls"
    sentence = _("%(most)d can run at a time. End one first.")

    def __init__(self, most: int) -> None:
        super().__init__(params={"most": most})


class PollClosed(DomainError):
    code = "poll_closed"
    sentence = _("This cannot be answered any more.")


class PollNotForYou(DomainError):
    code = "poll_not_for_you"
    sentence = _("These questions are for other members.")


class NothingToCorrect(DomainError):
    code = "nothing_to_correct"
    sentence = _("There are no answers that could be changed.")


class SurprisePublished(DomainError):
    code = "surprise_published"
    sentence = _("This surprise is running, and its draws are settled. End it and begin another one.")


class SurpriseWithoutPrice(DomainError):
    code = "surprise_without_price"
    sentence = _("This product has no price yet, so no budget could hold it. Enter its price first.")
