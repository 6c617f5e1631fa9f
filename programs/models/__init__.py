from programs.models.accounts import Account, Entry, Lot, LotUse
from programs.models.bookkeeping import Bookkeeping
from programs.models.brought import BroughtFact
from programs.models.challenges import Challenge, ChallengeResult
from programs.models.credit import CashBack, CashBackVersion
from programs.models.events import Event, EventType
from programs.models.extending import Closure, LotExtension, Rest
from programs.models.goodwill import Gesture, GestureUndo, GoodwillReason
from programs.models.memberships import MembershipPayment, MembershipPlan, PaidMembership
from programs.models.networks import (
    NetworkCrossing,
    NetworkPayment,
    NetworkPerson,
    NetworkStatement,
    NetworkStatementLine,
)
from programs.models.placements import TierPlacement
from programs.models.polls import Poll, PollAnswer
from programs.models.presents import Present
from programs.models.programs import Program, ProgramExclusion
from programs.models.referrals import AdvocacyAction, AdvocacyClaim, Advocate, ClaimPhoto, Referral, ReferralOffer
from programs.models.reviews import Review
from programs.models.rewards import Charity, Redemption, Reward, Voucher
from programs.models.rules import EarningRule, EarningRuleVersion, RuleAward
from programs.models.scarce import Draw, OwnCode, Prize, WaitingPlace
from programs.models.sharing import Family, FamilyInvitation, FamilyMember, PointTransfer, SharingTerms
from programs.models.stamps import StampCard, StampCardVersion
from programs.models.surprises import Surprise, SurpriseDraw
from programs.models.tiers import Qualification, Tier, TierBenefit
from programs.models.vouchers import Gift, VoucherHold, VoucherUse

__all__ = [
    "Account",
    "AdvocacyAction",
    "AdvocacyClaim",
    "Advocate",
    "Bookkeeping",
    "BroughtFact",
    "CashBack",
    "CashBackVersion",
    "Challenge",
    "ChallengeResult",
    "Charity",
    "ClaimPhoto",
    "Closure",
    "Draw",
    "EarningRule",
    "EarningRuleVersion",
    "Entry",
    "Event",
    "EventType",
    "Family",
    "FamilyInvitation",
    "FamilyMember",
    "Gesture",
    "GestureUndo",
    "Gift",
    "GoodwillReason",
    "Lot",
    "LotExtension",
    "LotUse",
    "MembershipPayment",
    "MembershipPlan",
    "NetworkCrossing",
    "NetworkPayment",
    "NetworkPerson",
    "NetworkStatement",
    "NetworkStatementLine",
    "OwnCode",
    "PaidMembership",
    "PointTransfer",
    "Poll",
    "PollAnswer",
    "Present",
    "Prize",
    "Program",
    "ProgramExclusion",
    "Qualification",
    "Redemption",
    "Referral",
    "ReferralOffer",
    "Rest",
    "Review",
    "Reward",
    "RuleAward",
    "SharingTerms",
    "StampCard",
    "StampCardVersion",
    "Surprise",
    "SurpriseDraw",
    "Tier",
    "TierBenefit",
    "TierPlacement",
    "Voucher",
    "VoucherHold",
    "VoucherUse",
    "WaitingPlace",
]
