"""The one table of who may open what. Letters are roles: Owner, Manager, Staff, Analyst.

A route of a business's dashboard that is missing here fails `test_routes`. `thing` says whose id stands in its address
(an attribute of `Things`), so that a stranger can be sent there with it.
"""

from dataclasses import dataclass
from typing import Any

ALL, LEADERS, LOOKERS, OWNER = "OMSA", "OM", "OMA", "O"


@dataclass(frozen=True)
class Route:
    """`roles` may; `post` when the address only takes POST; `query` is what a GET needs to answer at all."""

    roles: str
    thing: str = ""
    post: bool = False
    query: str = ""


DASHBOARD: dict[str, Route] = {
    "home": Route(LOOKERS),
    "palette": Route("OMS"),
    "team": Route(LEADERS),
    "team_person": Route(LEADERS, "membership"),
    "team_removal": Route(LEADERS, "membership", post=True),
    "team_withdrawal": Route(LEADERS, "invitation", post=True),
    "settings_business": Route(LEADERS),
    "settings_brand": Route(LEADERS),
    "settings_logo_removal": Route(LEADERS, post=True),
    "settings_locations": Route(LEADERS),
    "settings_location": Route(LEADERS, "location"),
    "settings_location_state": Route(LEADERS, "location", post=True),
    "settings_keys": Route(OWNER),
    "settings_key_revocation": Route(OWNER, "api_key", post=True),
    "settings_audit": Route(LOOKERS),
    "programs:program": Route(LOOKERS),
    "programs:draft": Route(LEADERS, post=True),
    "programs:terms": Route(LEADERS, post=True),
    "programs:example": Route(LOOKERS, post=True),
    "programs:exclusions": Route(LEADERS, post=True),
    "programs:publication": Route(LEADERS, post=True),
    "programs:pause": Route(LEADERS, post=True),
    "programs:tiers": Route(LOOKERS),
    "programs:tier_measure": Route(LEADERS, post=True),
    "programs:tier_preview": Route(LOOKERS, post=True),
    "programs:new_tier": Route(LEADERS),
    "programs:tier": Route(LEADERS, "tier"),
    "programs:tier_removal": Route(LEADERS, "tier", post=True),
    "programs:books": Route(LOOKERS),
    "programs:books_export": Route(LOOKERS),
    "programs:entries": Route(LOOKERS),
    "programs:entries_export": Route(LOOKERS),
    "programs:entry": Route(LOOKERS, "entry"),
    "programs:rewards": Route(LOOKERS),
    "programs:new_reward": Route(LEADERS),
    "programs:reward_preview": Route(LEADERS, post=True),
    "programs:reward_example": Route(LEADERS, post=True),
    "programs:reward": Route(LEADERS, "reward"),
    "programs:reward_withdrawal": Route(LEADERS, "reward", post=True),
    "programs:reward_reactivation": Route(LEADERS, "reward", post=True),
    "programs:redemptions": Route(LOOKERS),
    "programs:redemptions_export": Route(LOOKERS),
    "programs:redemption": Route(LOOKERS, "redemption"),
    "programs:redemption_void": Route(LEADERS, "redemption", post=True),
    "programs:slipping": Route(LOOKERS),
    "programs:slipping_export": Route(LOOKERS),
    "programs:member_points": Route(LEADERS, "member"),
    "programs:member_redemptions": Route(LEADERS, "member", post=True),
    "customers:members": Route(LOOKERS),
    "customers:members_export": Route(LOOKERS),
    "customers:members_tagging": Route(LEADERS, post=True),
    "customers:member_new": Route(LEADERS),
    "customers:member_duplicates": Route(LEADERS, post=True),
    "customers:member_fields": Route(LEADERS),
    "customers:member_field_removal": Route(LEADERS, "custom_field", post=True),
    "customers:member": Route(LOOKERS, "member"),
    "customers:member_timeline": Route(LOOKERS, "member"),
    "customers:member_edit": Route(LEADERS, "member"),
    "customers:member_status": Route(LEADERS, "member", post=True),
    "customers:member_notes": Route(LEADERS, "member"),
    "customers:note_removal": Route(LEADERS, "note", post=True),
    "customers:note_restoration": Route(LEADERS, "note", post=True),
    "customers:purchases": Route(LOOKERS),
    "customers:purchases_export": Route(LOOKERS),
    "customers:purchase": Route(LOOKERS, "purchase"),
    "customers:purchase_returns": Route(LEADERS, "purchase"),
    "customers:purchase_return_preview": Route(LEADERS, "purchase", post=True),
    "customers:products": Route(LEADERS),
    "customers:product_new": Route(LEADERS),
    "customers:product": Route(LEADERS, "product"),
    "customers:product_state": Route(LEADERS, "product", post=True),
    "customers:categories": Route(LEADERS),
    "customers:category": Route(LEADERS, "category"),
    "customers:category_removal": Route(LEADERS, "category", post=True),
}


@dataclass(frozen=True)
class Things:
    """One of everything in a business. Every text in it holds the `canary`, which nobody else may ever read."""

    canary: str
    slug: str
    membership: Any
    invitation: Any
    location: Any
    api_key: Any
    member: Any
    note: Any
    custom_field: Any
    tag: Any
    category: Any
    product: Any
    purchase: Any
    return_record: Any
    import_record: Any
    program: Any
    tier: Any
    reward: Any
    account: Any
    entry: Any
    redemption: Any
    voucher: Any

    def ids(self) -> list[Any]:
        return [thing.pk for thing in vars(self).values() if hasattr(thing, "pk")]
