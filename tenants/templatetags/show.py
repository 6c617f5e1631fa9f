"""Filters that show amounts, days and phones the way the business's people write them."""

import datetime

from babel.dates import (
    format_date,
    format_skeleton,
    format_time,
    format_timedelta,
    get_datetime_format,
)
from babel.numbers import format_decimal
from django import template
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.locales import babel_locale
from loyalty_saas.lib.money import format_money
from loyalty_saas.lib.names import initials as name_initials
from loyalty_saas.lib.phones import format_phone
from tenants.isolation import current_tenant
from tenants.models import Membership
from tenants.permissions import Permission

register = template.Library()


@register.filter
def money(minor: int | None, currency: str = "") -> str:
    """Minor units as an amount: `1240|money` is "€12.40" in a business that counts in euros."""
    if minor is None:
        return "–"
    tenant = current_tenant()
    return format_money(minor, currency or tenant.currency, tenant.locale)


@register.filter
def number(value: int | float | None) -> str:
    return "–" if value is None else format_decimal(value, locale=current_tenant().locale)


@register.filter
def day(moment: datetime.date | datetime.datetime | None, style: str = "medium") -> str:
    """A day in the business's time zone and manner: "3 Mar 2026"; style "short", "medium", "long" or "full"."""
    if moment is None:
        return "–"
    if isinstance(moment, datetime.datetime):
        moment = timezone.localtime(moment, current_tenant().zone).date()
    return format_date(moment, format=style, locale=current_tenant().locale)


@register.filter
def day_month(moment: datetime.date | None) -> str:
    return "–" if moment is None else format_skeleton("MMMd", moment, locale=current_tenant().locale)


@register.filter
def moment(value: datetime.datetime | None) -> str:
    """A time in the business's time zone, in the same way wherever it stands: "3 Mar 2026, 14:05"."""
    if value is None:
        return "–"
    tenant = current_tenant()
    # The medium form of a time has seconds, which nobody asks for.
    day = format_date(value.astimezone(tenant.zone), format="medium", locale=tenant.locale)
    clock = format_time(value, format="short", tzinfo=tenant.zone, locale=tenant.locale)
    joined = str(get_datetime_format("medium", locale=tenant.locale))
    return joined.replace("'", "").format(clock, day)


@register.filter
def clock(value: datetime.datetime | None) -> str:
    """The time of day in the business's time zone: "14:05"."""
    tenant = current_tenant()
    return "–" if value is None else format_time(value, format="short", tzinfo=tenant.zone, locale=tenant.locale)


@register.filter
def ago(value: datetime.datetime | None) -> str:
    """How long ago: "3 days ago", in the language of the page around it."""
    if value is None:
        return "–"
    return format_timedelta(value - timezone.now(), add_direction=True, locale=babel_locale())


@register.filter
def phone(e164: str | None) -> str:
    return format_phone(e164, current_tenant().country) if e164 else ""


@register.filter
def initials(name: str) -> str:
    return name_initials(name)


AUDIT_WORDS = {
    "business.created": _("opened the business"),
    "business.changed": _("changed the settings of"),
    "business.closed": _("closed the business"),
    "business.reopened": _("opened again the business"),
    "brand.logo_changed": _("changed the logo of"),
    "brand.logo_removed": _("removed the logo of"),
    "location.added": _("added the location"),
    "location.changed": _("changed the location"),
    "location.closed": _("closed the location"),
    "location.reopened": _("opened again the location"),
    "team.invited": _("invited"),
    "network.founded": _("founded the network"),
    "network.rules_changed": _("changed the rules of the network"),
    "network.rules_proposed": _("proposed other rules for the network"),
    "network.rules_agreed": _("agreed to other rules of the network"),
    "network.rules_refused": _("said no to other rules of the network"),
    "network.rules_withdrawn": _("took the proposed rules back of the network"),
    "network.rules_settled": _("agreed on other rules of the network, as everybody did"),
    "network.rules_lapsed": _("let proposed rules lapse that not everybody agreed to of the network"),
    "network.excluded": _("gave notice to your business in the network"),
    "network.partner_excluded": _("gave notice to another business in the network"),
    "network.readmitted": _("took the notice to your business back in the network"),
    "network.partner_readmitted": _("took the notice to another business back in the network"),
    "network.payment_received": _("marked a statement as received of the network"),
    "network.payment_noted": _("received what you owed them in the network"),
    "network.payment_undone": _("took back that a statement was received of the network"),
    "network.payment_taken_back": _("took back that they received what you owed them in the network"),
    "network.letter_again": _("had a letter sent again of the network"),
    "network.invited": _("offered a seat in the network to"),
    "network.invitation_withdrawn": _("withdrew the offered seat of"),
    "network.joined": _("joined the network"),
    "network.partner_joined": _("accepted your invitation to the network"),
    "network.notice_given": _("gave notice to the network"),
    "network.notice_taken_back": _("took the notice back to the network"),
    "network.left": _("left the network"),
    "network.member_linked": _("linked a card of a member to one of theirs in the network"),
    "network.points_spent": _("took points of a member for a reward in the network"),
    "network.points_home": _("sent points of a member home in the network"),
    "network.lead_passed_on": _("passed on to you the lead of the network"),
    "team.invitation_withdrawn": _("withdrew the invitation to"),
    "team.joined": _("joined the team:"),
    "team.role_changed": _("changed the role of"),
    "team.removed": _("removed from the team"),
    "pin.set": _("set the PIN of"),
    "pin.reset": _("made a one-time PIN for"),
    "pin.blocked": _("stopped guesses at the PIN of"),
    "domain.added": _("added the web address"),
    "domain.proven": _("proved the web address"),
    "domain.made_primary": _("made the main web address"),
    "domain.lapsed": _("no longer answers at"),
    "domain.removed": _("removed the web address"),
    "domain.released": _("released the web addresses of"),
    "card.namesake": _("served a card with their own name:"),
    "card.namesake_signed_up": _("served a card with their own name that they had signed up:"),
    "key.created": _("made the API key"),
    "key.revoked": _("revoked the API key"),
    "program.drafted": _("began the program"),
    "program.begun": _("began the program with a recipe"),
    "data.taken_out": _("took out everything"),
    "sheet.printed": _("printed a poster or cards"),
    "program.changed": _("changed the program"),
    "program.published": _("published the program"),
    "program.paused": _("paused the program"),
    "rule.composed": _("began the rule"),
    "rule.redrafted": _("changed the draft of the rule"),
    "rule.draft_dropped": _("threw away the draft of the rule"),
    "rule.published": _("published the rule"),
    "rule.ended": _("ended the rule"),
    "poll.composed": _("began the questions"),
    "poll.redrafted": _("changed the draft of the questions"),
    "poll.dropped": _("threw away the draft of the questions"),
    "poll.published": _("published the questions"),
    "poll.ended": _("ended the questions"),
    "poll.answer_withdrawn": _("took back an answer to"),
    "event_type.defined": _("added the kind of event"),
    "event_type.changed": _("changed the kind of event"),
    "event_type.archived": _("put away the kind of event"),
    "event_type.restored": _("took up again the kind of event"),
    "stamp_card.drafted": _("began the stamp card"),
    "stamp_card.redrafted": _("changed the draft of the stamp card"),
    "stamp_card.draft_dropped": _("threw away the draft of the stamp card"),
    "stamp_card.published": _("published the stamp card"),
    "stamp_card.paused": _("paused the stamp card"),
    "stamp_card.resumed": _("went on with the stamp card"),
    "cash_back.drafted": _("changed the draft of"),
    "cash_back.draft_dropped": _("threw away the draft of"),
    "cash_back.published": _("published store credit:"),
    "cash_back.paused": _("paused store credit:"),
    "cash_back.limited": _("changed what staff may give by hand of"),
    "cash_back.resumed": _("went on with store credit:"),
    "membership_plan.added": _("offers the membership"),
    "membership_plan.changed": _("changed the membership"),
    "membership_plan.offered": _("offers again the membership"),
    "membership_plan.withdrawn": _("no longer offers the membership"),
    "membership.refunded": _("paid back a membership of"),
    "closure.announced": _("announced closed days:"),
    "closure.withdrawn": _("withdrew closed days:"),
    "goodwill.reason_added": _("added the reason for goodwill"),
    "goodwill.reason_renamed": _("renamed the reason for goodwill"),
    "goodwill.reason_archived": _("took away the reason for goodwill"),
    "goodwill.reason_restored": _("brought back the reason for goodwill"),
    "goodwill.reasons_ordered": _("changed the place of the reason for goodwill"),
    "goodwill.pin_blocked": _("had too many wrong tries for a gesture, at the PIN of"),
    "review.held": _("held for a look:"),
    "review.released": _("found in order:"),
    "review.reversed": _("took back after a look:"),
    "surprise.composed": _("drafted the surprise"),
    "surprise.redrafted": _("changed the draft of the surprise"),
    "surprise.published": _("published the surprise"),
    "surprise.ended": _("ended the surprise"),
    "surprise.dropped": _("threw away the draft of the surprise"),
    "sharing.changed": _("changed what members may do with each other’s points in"),
    "points.transfer_undone": _("undid the giving of points to"),
    "points.transfer_approved": _("had a manager approve the giving of points of"),
    "family.joined": _("let join a family"),
    "referrals.changed": _("changed what bringing a friend gives in"),
    "advocacy.action_added": _("added a way to recommend us:"),
    "advocacy.action_changed": _("changed a way to recommend us:"),
    "advocacy.action_ended": _("ended a way to recommend us:"),
    "advocacy.action_resumed": _("brought back a way to recommend us:"),
    "bookkeeping.changed": _("changed how points are booked in"),
    "tiers.measured": _("changed what tiers ask for in"),
    "tier.added": _("added the tier"),
    "tier.changed": _("changed the tier"),
    "challenge.composed": _("began the challenge"),
    "challenge.redrafted": _("changed the draft of the challenge"),
    "challenge.dropped": _("threw away the draft of the challenge"),
    "challenge.published": _("published the challenge"),
    "challenge.ended": _("ended the challenge"),
    "tier.benefits_changed": _("changed what is brought by the tier"),
    "tier.placed": _("gave a tier to"),
    "tier.placement_undone": _("took back the tier given to"),
    "tier.removed": _("removed the tier"),
    "reward.created": _("added the reward"),
    "reward.changed": _("changed the reward"),
    "reward.codes_added": _("added codes to the reward"),
    "reward.codes_removed": _("took unused codes away from the reward"),
    "charity.added": _("added the charity"),
    "charity.changed": _("changed the charity"),
    "charity.archived": _("no longer gives to the charity"),
    "charity.restored": _("gives again to the charity"),
    "reward.moved": _("changed the place of the reward"),
    "reward.withdrawn": _("withdrew the reward"),
    "reward.reactivated": _("offered again the reward"),
    "import.started": _("uploaded the file"),
    "import.begun": _("began the import of"),
    "import.continued": _("went on with the import of"),
    "import.discarded": _("put away the file"),
    "import.done": _("brought in the file"),
    "members.exported": _("exported members"),
    "segment.kept": _("kept the segment"),
    "segment.removed": _("removed the segment"),
    "members.known_apart": _("said that somebody else looks only like"),
    "members.merged": _("merged a record into that of"),
    "members.parted": _("parted a record again from that of"),
    "members.tagged": _("gave members the tag"),
    "members.untagged": _("took from members the tag"),
    "purchases.exported": _("exported purchases"),
    "purchase.late": _("keyed without a connection the purchase"),
    "custom_field.added": _("added the field"),
    "custom_field.removed": _("removed the field"),
    "product.added": _("added the product"),
    "product.changed": _("changed the product"),
    "category.renamed": _("renamed the category"),
    "category.removed": _("removed the category"),
    "voucher.reopened": _("took back that this voucher was used:"),
}


@register.filter
def audit_words(action: str) -> str:
    """An audit topic as a verb; one without words of its own is shown as it is, without the dot."""
    return str(AUDIT_WORDS.get(action, action.replace(".", ": ").replace("_", " ")))


@register.filter
def may(membership: Membership, permission: str) -> bool:
    """Whether the person may do something: `request.membership|may:"points.adjust"`."""
    return membership.may(Permission(permission))
