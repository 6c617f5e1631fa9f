"""The one table of who may open what. Letters are roles: Owner, Manager, Staff, Analyst.

A route of the dashboard or the counter that is missing here fails `test_routes`. `thing` says what stands in its
address (an attribute of `Things`, its id unless named), so that a stranger can be sent there with it.
"""

from dataclasses import dataclass
from typing import Any

LEADERS, LOOKERS, TILL, OWNER = "OM", "OMA", "OMS", "O"


@dataclass(frozen=True)
class Route:
    """`roles` may; nobody else. `fixed` stands in the address where nobody's thing does."""

    roles: str
    thing: str = ""
    fixed: str = ""


DASHBOARD: dict[str, Route] = {
    "home": Route(LOOKERS),
    "palette": Route("OMSA"),
    "team": Route(LEADERS),
    "team_person": Route(LEADERS, "membership"),
    "team_removal": Route(LEADERS, "membership"),
    "team_pin_reset": Route(LEADERS, "membership"),
    "team_withdrawal": Route(LEADERS, "invitation"),
    "settings_business": Route(LEADERS),
    "settings_data": Route(OWNER),
    "settings_archive": Route(OWNER),
    "settings_brand": Route(LEADERS),
    "settings_logo_removal": Route(LEADERS),
    "settings_locations": Route(LEADERS),
    "settings_location": Route(LEADERS, "location"),
    "settings_location_state": Route(LEADERS, "location"),
    "settings_domains": Route(LEADERS),
    "settings_domain_check": Route(LEADERS, "domain"),
    "settings_domain_primary": Route(LEADERS, "domain"),
    "settings_domain_removal": Route(LEADERS, "domain"),
    "settings_keys": Route(OWNER),
    "settings_key_revocation": Route(OWNER, "api_key"),
    "settings_audit": Route(LOOKERS),
    "programs:program": Route(LOOKERS),
    "programs:draft": Route(LEADERS),
    "programs:sheets": Route(LOOKERS),
    "programs:poster_sheet": Route(LOOKERS),
    "programs:card_sheet": Route(LOOKERS),
    "programs:recipes": Route(LOOKERS),
    "programs:recipe": Route(LOOKERS, fixed="cafe-plain"),
    "programs:recipe_cost": Route(LOOKERS, fixed="cafe-plain"),
    "programs:recipe_beginning": Route(LEADERS, fixed="cafe-plain"),
    "programs:terms": Route(LEADERS),
    "programs:example": Route(LOOKERS),
    "programs:exclusions": Route(LEADERS),
    "programs:publication": Route(LEADERS),
    "programs:pause": Route(LEADERS),
    "programs:tiers": Route(LOOKERS),
    "programs:tier_measure": Route(LEADERS),
    "programs:tier_preview": Route(LOOKERS),
    "programs:new_tier": Route(LEADERS),
    "programs:tier": Route(LEADERS, "tier"),
    "programs:tier_movers": Route(LOOKERS, "tier"),
    "programs:tier_removal": Route(LEADERS, "tier"),
    "programs:challenges": Route(LOOKERS),
    "programs:new_challenge": Route(LEADERS),
    "programs:challenge": Route(LOOKERS, "challenge"),
    "programs:challenge_removal": Route(LEADERS, "challenge"),
    "programs:challenge_ending": Route(LEADERS, "challenge"),
    "programs:challenge_copy": Route(LEADERS, "challenge"),
    "programs:rules": Route(LOOKERS),
    "programs:rule_stacking": Route(LEADERS),
    "programs:rule_stacking_example": Route(LOOKERS),
    "programs:new_rule": Route(LEADERS),
    "programs:rule_preview": Route(LEADERS),
    "programs:rule_goods": Route(LEADERS),
    "programs:rule_tags": Route(LEADERS),
    "programs:rule": Route(LEADERS, "rule"),
    "programs:rule_event": Route(LEADERS),
    "programs:polls": Route(LOOKERS),
    "programs:new_poll": Route(LEADERS),
    "programs:poll_answer_withdrawal": Route(LEADERS, "poll_answer"),
    "programs:poll": Route(LOOKERS, "poll"),
    "programs:poll_removal": Route(LEADERS, "poll"),
    "programs:poll_ending": Route(LEADERS, "poll"),
    "programs:poll_copy": Route(LEADERS, "poll"),
    "programs:poll_export": Route(LOOKERS, "poll"),
    "programs:poll_sheet": Route(LOOKERS, "poll"),
    "programs:event_types": Route(LOOKERS),
    "programs:new_event_type": Route(LEADERS),
    "programs:event": Route(LOOKERS, "event"),
    "programs:event_undo": Route(LEADERS, "event"),
    "programs:event_type": Route(LEADERS, "event_type"),
    "programs:event_type_state": Route(LEADERS, "event_type"),
    "programs:rule_rehearsal": Route(LEADERS, "rule"),
    "programs:rule_publication": Route(LEADERS, "rule"),
    "programs:rule_draft_removal": Route(LEADERS, "rule"),
    "programs:rule_ending": Route(LEADERS, "rule"),
    "programs:rule_resumption": Route(LEADERS, "rule"),
    "programs:credit": Route(LOOKERS),
    "programs:credit_terms": Route(LEADERS),
    "programs:credit_preview": Route(LEADERS),
    "programs:credit_limits": Route(LEADERS),
    "programs:credit_undo": Route(LEADERS, "entry"),
    "programs:member_credit": Route(LEADERS, "member"),
    "programs:credit_goods": Route(LEADERS),
    "programs:credit_publication": Route(LEADERS),
    "programs:credit_draft_removal": Route(LEADERS),
    "programs:credit_pause": Route(LEADERS),
    "programs:credit_resumption": Route(LEADERS),
    "programs:memberships": Route(LOOKERS),
    "programs:new_membership_plan": Route(LEADERS),
    "programs:membership_plan": Route(LEADERS, "membership_plan"),
    "programs:membership_plan_offer": Route(LEADERS, "membership_plan"),
    "programs:member_membership": Route(LEADERS, "member"),
    "programs:payment_refund": Route(LEADERS, "membership_payment"),
    "programs:stamp_cards": Route(LOOKERS),
    "programs:new_stamp_card": Route(LEADERS),
    "programs:stamp_preview": Route(LEADERS),
    "programs:stamp_rehearsal": Route(LEADERS),
    "programs:stamp_goods": Route(LEADERS),
    "programs:stamp_card": Route(LEADERS, "stamp_card"),
    "programs:stamp_publication": Route(LEADERS, "stamp_card"),
    "programs:stamp_draft_removal": Route(LEADERS, "stamp_card"),
    "programs:stamp_pause": Route(LEADERS, "stamp_card"),
    "programs:stamp_resumption": Route(LEADERS, "stamp_card"),
    "programs:stamp_sheet": Route(LOOKERS, "stamp_card"),
    "programs:network": Route(LOOKERS),
    "programs:network_rules": Route(OWNER),
    "programs:network_invitations": Route(OWNER),
    "programs:network_invitation_withdrawal": Route(OWNER, "network_invitation"),
    "programs:network_letter_again": Route(OWNER, "network_letter"),
    "programs:network_offer": Route(OWNER, fixed="nothing"),
    "programs:network_leaving": Route(OWNER),
    "programs:network_proposal": Route(OWNER),
    "programs:network_proposal_drop": Route(OWNER),
    "programs:network_exclusion": Route(OWNER, fixed="01900000-0000-7000-8000-000000000000"),
    "programs:network_payment": Route(OWNER, "network_line"),
    "programs:network_statement": Route(LOOKERS, "network_statement"),
    "programs:network_statement_export": Route(LOOKERS, "network_statement"),
    "programs:books": Route(LOOKERS),
    "programs:books_export": Route(LOOKERS),
    "programs:places": Route(LOOKERS),
    "programs:places_export": Route(LOOKERS),
    "programs:closures": Route(LEADERS),
    "programs:closure_withdrawal": Route(LEADERS, "closure"),
    "programs:liability": Route(LOOKERS),
    "programs:expiring": Route(LOOKERS),
    "programs:breakage": Route(LOOKERS),
    "programs:journal": Route(LOOKERS),
    "programs:journal_export": Route(LOOKERS),
    "programs:bookkeeping": Route(LEADERS),
    "programs:entries": Route(LOOKERS),
    "programs:entries_export": Route(LOOKERS),
    "programs:entry": Route(LOOKERS, "entry"),
    "programs:goodwill": Route(LOOKERS),
    "programs:gestures": Route(LOOKERS),
    "programs:gestures_export": Route(LOOKERS),
    "programs:gesture": Route(LOOKERS, "gesture"),
    "programs:gesture_undo": Route(LEADERS, "gesture"),
    "programs:goodwill_settings": Route(LEADERS),
    "programs:goodwill_reasons": Route(LEADERS),
    "programs:goodwill_reason": Route(LEADERS, "goodwill_reason"),
    "programs:goodwill_reason_position": Route(LEADERS, "goodwill_reason"),
    "programs:goodwill_reason_state": Route(LEADERS, "goodwill_reason"),
    "programs:surprises": Route(LOOKERS),
    "programs:new_surprise": Route(LEADERS),
    "programs:surprise_preview": Route(LEADERS),
    "programs:surprise": Route(LOOKERS, "surprise"),
    "programs:surprise_ending": Route(LEADERS, "surprise"),
    "programs:surprise_removal": Route(LEADERS, "surprise"),
    "programs:sharing": Route(LOOKERS),
    "programs:sharing_export": Route(LOOKERS),
    "programs:sharing_settings": Route(LEADERS),
    "programs:sharing_preview": Route(LEADERS),
    "programs:transfer_undo": Route(LEADERS, "transfer"),
    "programs:families": Route(LOOKERS),
    "programs:family": Route(LOOKERS, "family"),
    "programs:referrals": Route(LOOKERS),
    "programs:referrals_export": Route(LOOKERS),
    "programs:referral_settings": Route(LEADERS),
    "programs:referral_example": Route(LEADERS),
    "programs:advocate": Route(LOOKERS, "advocate"),
    "programs:recommendations": Route(LEADERS),
    "programs:recommendation_answer": Route(LEADERS, "claim"),
    "programs:recommendation_photo": Route(LEADERS, "claim"),
    "programs:new_advocacy_action": Route(LEADERS),
    "programs:advocacy_action": Route(LEADERS, "advocacy_action"),
    "programs:advocacy_action_state": Route(LEADERS, "advocacy_action"),
    "programs:review_suggestion": Route(LEADERS),
    "programs:reviews": Route(LEADERS),
    "programs:review_settings": Route(LEADERS),
    "programs:review": Route(LEADERS, "review"),
    "programs:review_decision": Route(LEADERS, "review"),
    "programs:rewards": Route(LOOKERS),
    "programs:new_reward": Route(LEADERS),
    "programs:reward_preview": Route(LEADERS),
    "programs:reward_example": Route(LEADERS),
    "programs:reward": Route(LEADERS, "reward"),
    "programs:voucher_rule": Route(LEADERS),
    "programs:reward_products": Route(LEADERS),
    "programs:reward_places": Route(LOOKERS, "reward"),
    "programs:reward_places_export": Route(LOOKERS, "reward"),
    "programs:reward_codes": Route(LEADERS, "coded_reward"),
    "programs:reward_codes_removal": Route(LEADERS, "coded_reward"),
    "programs:reward_draws": Route(LOOKERS, "mystery"),
    "programs:charities": Route(LOOKERS),
    "programs:charity": Route(LOOKERS, "charity"),
    "programs:charity_export": Route(LOOKERS, "charity"),
    "programs:charity_change": Route(LEADERS, "charity"),
    "programs:charity_state": Route(LEADERS, "charity"),
    "programs:reward_position": Route(LEADERS, "reward"),
    "programs:reward_withdrawal": Route(LEADERS, "reward"),
    "programs:reward_reactivation": Route(LEADERS, "reward"),
    "programs:redemptions": Route(LOOKERS),
    "programs:redemptions_export": Route(LOOKERS),
    "programs:redemption": Route(LOOKERS, "redemption"),
    "programs:redemption_void": Route(LEADERS, "redemption"),
    "programs:slipping": Route(LOOKERS),
    "programs:slipping_export": Route(LOOKERS),
    "programs:member_tier": Route(LEADERS, "member"),
    "programs:member_tier_removal": Route(LEADERS, "member"),
    "programs:member_events": Route(LEADERS, "member"),
    "programs:member_points": Route(LEADERS, "member"),
    "customers:members": Route(LOOKERS),
    "customers:members_export": Route(LOOKERS),
    "customers:members_tagging": Route(LEADERS),
    "customers:segment_new": Route(LEADERS),
    "customers:segment_removal": Route(LEADERS, "segment"),
    "customers:member_new": Route(LEADERS),
    "customers:member_duplicates": Route(LEADERS),
    "customers:member_fields": Route(LEADERS),
    "customers:member_field_removal": Route(LEADERS, "custom_field"),
    "customers:merging": Route(LEADERS),
    "customers:member_merge": Route(LEADERS, "member"),
    "customers:member_apart": Route(LEADERS, "member"),
    "customers:merge": Route(LOOKERS, "merge"),
    "customers:merge_undoing": Route(LEADERS, "merge"),
    "customers:member": Route(LOOKERS, "member"),
    "customers:member_timeline": Route(LOOKERS, "member"),
    "customers:member_edit": Route(LEADERS, "member"),
    "customers:member_status": Route(LEADERS, "member"),
    "customers:member_phone": Route(LEADERS, "member"),
    "customers:member_notes": Route(LEADERS, "member"),
    "customers:note_removal": Route(LEADERS, "note"),
    "customers:note_restoration": Route(LEADERS, "note"),
    "customers:purchases": Route(LOOKERS),
    "customers:purchases_export": Route(LOOKERS),
    "customers:purchase": Route(LOOKERS, "purchase"),
    "customers:purchase_returns": Route(LEADERS, "purchase"),
    "customers:purchase_return_preview": Route(LEADERS, "purchase"),
    "customers:products": Route(LEADERS),
    "customers:product_new": Route(LEADERS),
    "customers:product": Route(LEADERS, "product"),
    "customers:product_state": Route(LEADERS, "product"),
    "customers:categories": Route(LEADERS),
    "customers:category": Route(LEADERS, "category"),
    "customers:category_removal": Route(LEADERS, "category"),
    "programs:member_redemptions": Route(LEADERS, "member"),
    "customers:imports": Route(LEADERS),
    "customers:import": Route(LEADERS, "import_record"),
    "customers:import_columns": Route(LEADERS, "import_record"),
    "customers:import_reopening": Route(LEADERS, "import_record"),
    "customers:import_beginning": Route(LEADERS, "import_record"),
    "customers:import_continuation": Route(LEADERS, "import_record"),
    "customers:import_removal": Route(LEADERS, "import_record"),
    "customers:import_progress": Route(LEADERS, "import_record"),
    "customers:import_refused_rows": Route(LEADERS, "import_record"),
}

COUNTER: dict[str, Route] = {
    "counter:home": Route(TILL),
    "counter:search": Route(TILL),
    "counter:scans": Route(TILL),
    "counter:member_new": Route(TILL),
    "counter:duplicates": Route(TILL),
    "counter:member": Route(TILL, "member"),
    "counter:preview": Route(TILL, "member"),
    "counter:bill": Route(TILL, "member"),
    "counter:visits": Route(TILL, "member"),
    "counter:undos": Route(TILL, "member"),
    "counter:adjustments": Route(TILL, "member"),
    "counter:credit": Route(TILL, "member"),
    "counter:events": Route(TILL, "member"),
    "counter:give_points": Route(TILL, "member"),
    "counter:family": Route(TILL, "member"),
    "counter:stamps": Route(TILL, "member"),
    "counter:membership": Route(TILL, "member"),
    "counter:recommendations": Route(TILL, "member"),
    "counter:recommendation_photo": Route(TILL, "claim"),
    "counter:gestures": Route(TILL, "member"),
    "counter:gesture_preview": Route(TILL, "member"),
    "counter:network": Route(TILL, "member"),
    "counter:partner_card": Route(TILL),
    "counter:notes": Route(TILL, "member"),
    "counter:phone": Route(TILL, "member"),
    "counter:returns": Route(TILL, "member"),
    "counter:late": Route(TILL),
    "counter:today": Route(TILL),
    "counter:receipts": Route(TILL),
    "counter:purchase_returns": Route(TILL, "purchase"),
    "counter:voucher": Route(TILL, "voucher.code"),
    "counter:people": Route(TILL),
    "counter:pin_pad": Route(TILL, "membership"),
    "counter:lock": Route(TILL),
    "counter:locations": Route(TILL),
    "counter:pin": Route(TILL),
}


@dataclass(frozen=True)
class Things:
    """One of everything in a business. Every text in it holds the `canary`, which nobody else may ever read."""

    canary: str
    slug: str
    membership: Any
    invitation: Any
    location: Any
    domain: Any
    api_key: Any
    member: Any
    note: Any
    merge: Any
    custom_field: Any
    tag: Any
    category: Any
    product: Any
    network_invitation: Any
    network_letter: Any
    network_statement: Any
    network_line: Any
    purchase: Any
    return_record: Any
    import_record: Any
    program: Any
    segment: Any
    closure: Any
    tier: Any
    rule: Any
    challenge: Any
    stamp_card: Any
    membership_plan: Any
    membership_payment: Any
    reward: Any
    coded_reward: Any
    mystery: Any
    charity: Any
    account: Any
    entry: Any
    event: Any
    event_type: Any
    poll: Any
    poll_answer: Any
    redemption: Any
    gesture: Any
    goodwill_reason: Any
    review: Any
    advocate: Any
    advocacy_action: Any
    claim: Any
    voucher: Any
    family: Any
    transfer: Any
    surprise: Any

    def ids(self) -> list[Any]:
        return [thing.pk for thing in vars(self).values() if hasattr(thing, "pk")]
