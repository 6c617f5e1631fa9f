"""A member's activities in sentences. Each app says how its own kinds are told."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.domain.identity import ids_of
from customers.enums import ActivityKind, ConsentChannel, Purpose, Source
from customers.models import Activity, Member
from loyalty_saas.lib.ids import is_card_number, show_card_number
from loyalty_saas.lib.money import format_money
from tenants.enums import ActorKind
from tenants.isolation import current_tenant

PAGE = 20


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a timeline: a sentence, an icon of Lucide, its tone (good, accent, honey, bad), more, and where."""

    sentence: str
    icon: str = "circle"
    tone: str = ""
    detail: str = ""
    url: str = ""


Teller = Callable[[Activity], Told]
_tellers: dict[str, Teller] = {}

# What a person filters by: a few groups rather than every kind.
GROUPS: dict[str, tuple[str | Promise, tuple[str, ...]]] = {
    "purchases": (gettext_lazy("Purchases"), ("purchase.",)),
    "loyalty": (
        gettext_lazy("Points and rewards"),
        ("points.", "reward.", "redemption.", "voucher.", "tier.", "event.", "poll."),
    ),
    "details": (gettext_lazy("Details and agreements"), ("member.", "consent.")),
}


def tell_kind(kind: str, teller: Teller) -> None:
    """Say how activities of a kind are told (in AppConfig.ready). Raises ValueError when somebody says so already."""
    if kind in _tellers:
        raise ValueError(f"{kind} is told already.")
    _tellers[kind] = teller


def tell(activity: Activity) -> Told:
    teller = _tellers.get(activity.kind)
    return teller(activity) if teller else Told(activity.get_kind_display())


def who(activity: Activity) -> str:
    """Who did it and where it came in: "Mara · Counter"."""
    name = _("The member") if activity.actor_kind == ActorKind.MEMBER else activity.actor_label
    shown = [] if activity.actor_kind == ActorKind.SYSTEM and activity.source == Source.SYSTEM else [name]
    return " · ".join(part for part in [*shown, activity.get_source_display()] if part)


def timeline_of(member: Member, *, group: str = "", before: UUID | None = None) -> tuple[list[Activity], bool]:
    """A page of what happened, the latest first, beginning after the activity `before`; and whether there is more."""
    ids = ids_of(member)
    activities = activities_of(ids)
    if group in GROUPS:
        activities = activities.filter(kind__in=kinds_of(group))
    if before is not None and (last := activities_of(ids).filter(pk=before).first()):
        earlier = activities.filter(occurred_at__lte=last.occurred_at)
        activities = earlier.exclude(occurred_at=last.occurred_at, pk__gte=last.pk)
    found = list(activities.order_by("-occurred_at", "-pk")[: PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def activities_of(ids: Sequence[UUID]) -> QuerySet[Activity]:
    """Of one id by equality, which the index of timelines gives in order."""
    return Activity.objects.filter(member=ids[0]) if len(ids) == 1 else Activity.objects.filter(member__in=ids)


def kinds_of(group: str) -> list[str]:
    beginnings = GROUPS[group][1]
    return [kind for kind in ActivityKind.values if kind.startswith(beginnings)]


def money(amount: Any) -> str:
    """An amount of a payload in the business's currency and manner."""
    tenant = current_tenant()
    return format_money(int(amount or 0), tenant.currency, tenant.locale)


def _joined(activity: Activity) -> Told:
    return Told(_("Joined"), "user-plus", "accent")


_FIELDS: dict[str, str | Promise] = {
    "given_name": gettext_lazy("first name"),
    "family_name": gettext_lazy("last name"),
    "email": gettext_lazy("e-mail"),
    "phone": gettext_lazy("phone"),
    "birth_month": gettext_lazy("birthday"),
    "birth_day": gettext_lazy("birthday"),
    "birth_year": gettext_lazy("birthday"),
    "language": gettext_lazy("language"),
    "preferences": gettext_lazy("preferences"),
    "number": gettext_lazy("card number"),
    "location": gettext_lazy("location"),
    "tags": gettext_lazy("tags"),
    "custom": gettext_lazy("own fields"),
    "external_id": gettext_lazy("outside number"),
}
_STATUS: dict[str, str | Promise] = {
    "active": gettext_lazy("Takes part again"),
    "paused": gettext_lazy("Paused"),
    "left": gettext_lazy("Left the program"),
}


def _changed(activity: Activity) -> Told:
    if now := activity.payload.get("now"):
        return Told(str(_STATUS.get(now, now)), "pause" if now == "paused" else "log-out" if now == "left" else "play")
    names = dict.fromkeys(str(_FIELDS.get(name, name)) for name in activity.payload.get("fields", ()))
    return Told(_("Details changed"), "pencil", detail=", ".join(names))


def _noted(activity: Activity) -> Told:
    return Told(_("A note was added"), "sticky-note")


def _merged(activity: Activity) -> Told:
    payload = activity.payload
    sentence = _("Merged with the record of card %(card)s") % {"card": shown_card(payload.get("card", ""))}
    url = reverse("customers:merge", args=[payload["merge"]]) if payload.get("merge") else ""
    return Told(sentence, "merge", "accent", url=url)


def _parted(activity: Activity) -> Told:
    card = shown_card(activity.payload.get("card", ""))
    return Told(_("Parted again from the record of card %(card)s") % {"card": card}, "split")


def shown_card(number: str) -> str:
    """The number of a card in groups, as it is printed."""
    return show_card_number(number) if is_card_number(number) else number


def _consented(activity: Activity) -> Told:
    given = activity.kind == ActivityKind.CONSENT_GIVEN
    sentence = _("Agreed") if given else _("Took back an agreement")
    return Told(sentence, "circle-check" if given else "circle-x", "good" if given else "bad", _about(activity.payload))


def _about(payload: dict[str, Any]) -> str:
    purpose, channel = payload.get("purpose", ""), payload.get("channel", "")
    words = [str(Purpose(purpose).label)] if purpose in Purpose.values else []
    if channel in ConsentChannel.values and channel != ConsentChannel.ANY:
        words.append(str(ConsentChannel(channel).label))
    return " · ".join(words)


def _bought(activity: Activity) -> Told:
    payload = activity.payload
    lines = payload.get("lines", 0)
    parts = [
        ngettext("%(count)s item", "%(count)s items", lines) % {"count": lines} if lines else "",
        _("receipt %(number)s") % {"number": payload["receipt"]} if payload.get("receipt") else "",
    ]
    return Told(
        _("Bought for %(amount)s") % {"amount": money(payload.get("total"))},
        "shopping-bag",
        "good",
        " · ".join(part for part in parts if part),
        _purchase_url(payload),
    )


def _returned(activity: Activity) -> Told:
    sentence = _("Returned goods for %(amount)s") % {"amount": money(activity.payload.get("total"))}
    return Told(sentence, "undo-2", "bad", url=_purchase_url(activity.payload))


def _purchase_url(payload: dict[str, Any]) -> str:
    return reverse("customers:purchase", args=[payload["purchase"]]) if payload.get("purchase") else ""


def register() -> None:
    """How this app's own kinds are told."""
    for kind, teller in _OWN:
        tell_kind(kind, teller)


_OWN: Iterable[tuple[str, Teller]] = (
    (ActivityKind.MEMBER_JOINED, _joined),
    (ActivityKind.MEMBER_CHANGED, _changed),
    (ActivityKind.MEMBER_NOTED, _noted),
    (ActivityKind.MEMBER_MERGED, _merged),
    (ActivityKind.MEMBER_PARTED, _parted),
    (ActivityKind.CONSENT_GIVEN, _consented),
    (ActivityKind.CONSENT_WITHDRAWN, _consented),
    (ActivityKind.PURCHASE_COMPLETED, _bought),
    (ActivityKind.PURCHASE_RETURNED, _returned),
)
