from programs.models.accounts import Account, Entry, Lot, LotUse
from programs.models.bookkeeping import Bookkeeping
from programs.models.challenges import Challenge, ChallengeResult
from programs.models.extending import Closure, LotExtension, Rest
from programs.models.goodwill import Gesture, GestureUndo, GoodwillReason
from programs.models.placements import TierPlacement
from programs.models.presents import Present
from programs.models.programs import Program, ProgramExclusion
from programs.models.referrals import AdvocacyAction, AdvocacyClaim, Advocate, Referral, ReferralOffer
from programs.models.reviews import Review
from programs.models.rewards import Charity, Redemption, Reward, Voucher
from programs.models.rules import EarningRule, EarningRuleVersion, RuleAward
from programs.models.scarce import Draw, OwnCode, Prize, WaitingPlace
from programs.models.stamps import StampCard, StampCardVersion
from programs.models.tiers import Qualification, Tier, TierBenefit
from programs.models.vouchers import Gift, VoucherHold, VoucherUse

__all__ = [
    "Account",
    "AdvocacyAction",
    "AdvocacyClaim",
    "Advocate",
    "Bookkeeping",
    "Challenge",
    "ChallengeResult",
    "Charity",
    "Closure",
    "Draw",
    "EarningRule",
    "EarningRuleVersion",
    "Entry",
    "Gesture",
    "GestureUndo",
    "Gift",
    "GoodwillReason",
    "Lot",
    "LotExtension",
    "LotUse",
    "OwnCode",
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
    "StampCard",
    "StampCardVersion",
    "Tier",
    "TierBenefit",
    "TierPlacement",
    "Voucher",
    "VoucherHold",
    "VoucherUse",
    "WaitingPlace",
]
