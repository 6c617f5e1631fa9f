from programs.models.accounts import Account, Entry, Lot, LotUse
from programs.models.bookkeeping import Bookkeeping
from programs.models.extending import Closure, LotExtension, Rest
from programs.models.goodwill import Gesture, GestureUndo, GoodwillReason
from programs.models.programs import Program, ProgramExclusion
from programs.models.reviews import Review
from programs.models.rewards import Redemption, Reward, Voucher
from programs.models.rules import EarningRule, EarningRuleVersion, RuleAward
from programs.models.tiers import Qualification, Tier

__all__ = [
    "Account",
    "Bookkeeping",
    "Closure",
    "EarningRule",
    "EarningRuleVersion",
    "Entry",
    "Gesture",
    "GestureUndo",
    "GoodwillReason",
    "Lot",
    "LotExtension",
    "LotUse",
    "Program",
    "ProgramExclusion",
    "Qualification",
    "Redemption",
    "Rest",
    "Review",
    "Reward",
    "RuleAward",
    "Tier",
    "Voucher",
]
