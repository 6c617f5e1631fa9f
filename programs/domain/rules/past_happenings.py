"""What else happened than purchases, for trying rules on it: with what was true of the members, as far as is known."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from customers.models import Member
from loyalty_saas.lib.days import local_day, start_of_day
from programs.domain.polls.happening import happening_of
from programs.domain.rules.happenings import Happening
from programs.domain.rules.judging import Circumstances, Standing
from programs.domain.rules.past import members_of_segments, tags_of, tiers_of
from programs.enums import ClaimState, ReferralState, RuleOccasion
from programs.models import AdvocacyClaim, Event, PollAnswer, Program, Referral, Tier
from tenants.isolation import current_tenant


@dataclass(frozen=True, slots=True)
class PastHappening:
    """Something that happened to a member, with what was true of them, as far as that is known today."""

    member: Member
    happening: Happening
    circumstances: Circumstances


def past_happenings(
    program: Program, now: datetime, *, days: int, most: int, rules: Sequence[Standing]
) -> list[PastHappening]:
    """The newest that `rules` are about, in the order of time: events, friends who bought, recommendations approved."""
    zone = current_tenant().zone
    since = start_of_day(local_day(now, zone) - timedelta(days=days), zone)
    asked = [one for one in rules if not one.definition.is_for_purchases]
    occasions = {one.definition.occasion for one in asked}
    found: list[tuple[Member, Happening]] = []
    if RuleOccasion.EVENT in occasions:
        found += _past_events({one.definition.subject for one in asked}, since, now, most)
    if occasions & {RuleOccasion.FRIEND, RuleOccasion.BROUGHT}:
        found += _past_friends(occasions, since, now, most)
    if RuleOccasion.ADVOCACY in occasions:
        found += _past_claims(since, now, most)
    if RuleOccasion.POLL in occasions:
        found += _past_answers(since, now, most)
    found = sorted(found, key=lambda pair: pair[1].when)[-most:]
    ids = {member.pk for member, _happening in found}
    tags, tiers, segments = tags_of(ids), tiers_of(program, ids), members_of_segments(asked)
    return [
        PastHappening(member, happening, _truth(member, happening, tags, tiers, segments))
        for member, happening in found
    ]


def _truth(
    member: Member,
    happening: Happening,
    tags: Mapping[UUID, set[UUID]],
    tiers: Mapping[UUID, Tier],
    segments: Mapping[UUID, frozenset[UUID]],
) -> Circumstances:
    zone = current_tenant().zone
    known = member.birth_month is not None and member.birth_day is not None
    return Circumstances(
        when=happening.when.astimezone(zone),
        location=happening.location,
        tier=tiers[member.pk].pk if member.pk in tiers else None,
        tags=frozenset(tags.get(member.pk, ())),
        segments=frozenset(pk for pk, inside in segments.items() if member.pk in inside),
        birthday=(member.birth_month, member.birth_day) if known else None,  # type: ignore[arg-type]
        joined_on=local_day(member.joined_at, zone),
    )


def _past_events(kinds: Iterable[str], since: datetime, now: datetime, most: int) -> list[tuple[Member, Happening]]:
    rows = Event.objects.filter(occurred_at__gte=since, occurred_at__lte=now, counts=True, undone_at__isnull=True)
    rows = rows.filter(type__in=[UUID(one) for one in kinds if one]).select_related("member__merged_into")
    return [
        (
            one.member.merged_into or one.member,
            Happening(RuleOccasion.EVENT, one.occurred_at, one.type_id, payload=one.payload, location=one.location_id),
        )
        for one in rows.order_by("-occurred_at")[:most]
    ]


def _past_friends(
    occasions: Iterable[str], since: datetime, now: datetime, most: int
) -> list[tuple[Member, Happening]]:
    rows = Referral.objects.filter(earned_at__gte=since, earned_at__lte=now, state=ReferralState.REWARDED)
    rows = rows.select_related("advocate__member__merged_into", "friend__merged_into", "purchase")
    found = []
    for one in rows.order_by("-earned_at")[:most]:
        sides = {RuleOccasion.FRIEND: one.advocate.member, RuleOccasion.BROUGHT: one.friend}
        for occasion in sorted(set(occasions) & set(sides)):
            member = sides[RuleOccasion(occasion)]
            paid, place = (one.purchase.kept, one.purchase.location_id) if one.purchase else (0, None)
            found.append(
                (member.merged_into or member, Happening(occasion, one.earned_at or now, paid=paid, location=place))
            )
    return found


def _past_claims(since: datetime, now: datetime, most: int) -> list[tuple[Member, Happening]]:
    rows = AdvocacyClaim.objects.filter(decided_at__gte=since, decided_at__lte=now, state=ClaimState.APPROVED)
    rows = rows.select_related("member__merged_into", "entry")
    return [
        (
            one.member.merged_into or one.member,
            Happening(
                RuleOccasion.ADVOCACY,
                one.decided_at or now,
                one.action_id,
                location=one.entry.location_id if one.entry else None,
            ),
        )
        for one in rows.order_by("-decided_at")[:most]
    ]


def _past_answers(since: datetime, now: datetime, most: int) -> list[tuple[Member, Happening]]:
    rows = PollAnswer.objects.filter(answered_at__gte=since, answered_at__lte=now, withdrawn_at__isnull=True)
    rows = rows.select_related("member__merged_into", "poll")
    return [(one.member.merged_into or one.member, happening_of(one)) for one in rows.order_by("-answered_at")[:most]]
