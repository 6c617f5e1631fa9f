from programs.models.accounts import Account, Entry, Lot, LotUse
from programs.models.programs import Program, ProgramExclusion
from programs.models.rewards import Redemption, Reward, Voucher
from programs.models.tiers import Qualification, Tier

__all__ = [
    "Account",
    "Entry",
    "Lot",
    "LotUse",
    "Program",
    "ProgramExclusion",
    "Qualification",
    "Redemption",
    "Reward",
    "Tier",
    "Voucher",
]
