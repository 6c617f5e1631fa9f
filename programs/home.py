"""What this app shows on the home page, and in the palette."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.enums import ActivityKind
from customers.models import Member
from customers.timeline import tell, who
from loyalty_saas.lib.slots import Panel
from programs.domain.accounts import points_program
from programs.domain.reviews.suggesting import is_settled
from programs.enums import Cause, EntryKind, ProgramKind, ProgramStatus, ReviewState
from programs.figures import glance, slipping_sample, today_so_far
from programs.models import Entry, Program, Review, Reward
from programs.words.reviews import row as review_row
from programs.words.unit import in_points
from tenants.home import (
    Action,
    Hit,
    Source,
    Step,
    checklist,
    home_figures,
    home_panels,
    palette_actions,
    palette_sources,
)
from tenants.models import AuditEvent
from tenants.permissions import Permission

_GIVEN = (Cause.PURCHASE, Cause.ADJUSTMENT)


def figures(request: Any) -> dict[str, Any]:
    """The figures at the top; what a business without a program has of them."""
    return {"glance": glance(), "program": points_program()}


def slipping(request: Any) -> dict[str, Any] | None:
    """The regulars who stay away, when there are regulars at all."""
    count, members = slipping_sample()
    return {"count": count, "members": members} if count else None


def today(request: Any) -> dict[str, Any]:
    so_far = today_so_far()
    return {
        "today": so_far,
        "told": [(one, tell(one), who(one)) for one in so_far.activities],
        "kinds": _kinds(so_far.counts),
    }


def _kinds(counts: dict[str, int]) -> list[tuple[str, int]]:
    """What is worth a number of its own."""
    redeemed, returned = counts.get(ActivityKind.REWARD_REDEEMED, 0), counts.get(ActivityKind.PURCHASE_RETURNED, 0)
    named = (
        (_("joined"), counts.get(ActivityKind.MEMBER_JOINED, 0)),
        (ngettext("reward redeemed", "rewards redeemed", redeemed), redeemed),
        (ngettext("return", "returns", returned), returned),
    )
    return [(name, count) for name, count in named if count]


def to_look_at(request: Any) -> dict[str, Any] | None:
    """What looks wrong and is not decided."""
    waiting = Review.objects.filter(state=ReviewState.OPEN)
    if not (count := waiting.count()):
        return None
    latest = waiting.select_related("member", "staff").order_by("-is_held", "-seen_at")[:3]
    return {"count": count, "rows": [review_row(one) for one in latest]}


def find_rewards(text: str) -> Iterable[Hit]:
    """Rewards whose name holds the words, for the palette."""
    found = (
        Reward.objects.filter(name__icontains=text.replace("\x00", ""), program__kind=ProgramKind.POINTS)
        .select_related("program")
        .order_by("-is_active", "cost")[:5]
    )
    for reward in found:
        note = in_points(reward.program, reward.cost)
        yield Hit(reward.name, reverse("programs:reward", args=[reward.pk]), "gift", note)


def register() -> None:
    home_figures.register(Panel("programs.glance", "programs/home/figures.html", figures, order=10))
    home_panels.register(Panel("programs.today", "programs/home/today.html", today, order=20))
    home_panels.register(
        Panel("programs.reviews", "programs/home/reviews.html", to_look_at, 15, Permission.ADJUST_POINTS)
    )
    home_panels.register(Panel("programs.slipping", "programs/home/slipping.html", slipping, order=30))
    for step in _STEPS:
        checklist.register(step)
    for action in _ACTIONS:
        palette_actions.register(action)
    palette_sources.register(Source("rewards", gettext_lazy("Rewards"), find_rewards, 40, Permission.EDIT_PROGRAM))


_STEPS = (
    Step(
        name="program",
        title=gettext_lazy("Say how members earn"),
        about=gettext_lazy("We have filled it in for your trade. Read it, change it, publish it."),
        url_name="programs:program",
        action=gettext_lazy("See the program"),
        is_done=lambda: Program.objects.filter(status=ProgramStatus.LIVE).exists(),
        order=10,
        permission=Permission.EDIT_PROGRAM,
    ),
    Step(
        name="reward",
        title=gettext_lazy("Offer a first reward"),
        about=gettext_lazy("Something small that people come back for. Three ideas wait for you."),
        url_name="programs:rewards",
        action=gettext_lazy("Choose a reward"),
        is_done=lambda: Reward.objects.filter(program__kind=ProgramKind.POINTS).exists(),
        order=20,
        permission=Permission.EDIT_PROGRAM,
    ),
    Step(
        name="members",
        title=gettext_lazy("Welcome your first members"),
        about=gettext_lazy("Enrol them at the counter, or bring the customers you know already."),
        url_name="customers:members",
        action=gettext_lazy("See the members"),
        is_done=lambda: Member.objects.exists(),
        order=30,
        permission=Permission.EDIT_MEMBERS,
    ),
    Step(
        name="points",
        title=gettext_lazy("Give the first points"),
        about=gettext_lazy("Find a member at the counter and type what they paid."),
        url_name="counter:home",
        action=gettext_lazy("Open the counter"),
        is_done=lambda: Entry.objects.filter(kind=EntryKind.ACCRUE, cause__in=_GIVEN).exists(),
        order=35,
        permission=Permission.USE_COUNTER,
    ),
    Step(
        name="watching",
        title=gettext_lazy("Have misuse noticed"),
        about=gettext_lazy(
            "What one person gives one member too often, after hours or for cards long away is held or listed for you. "
            "We suggest what is usual in your trade."
        ),
        url_name="programs:review_settings",
        action=gettext_lazy("Look first"),
        is_done=lambda: is_settled(points_program()),
        order=40,
        permission=Permission.EDIT_PROGRAM,
        does="programs:review_suggestion",
        doing=gettext_lazy("Watch what is usual"),
    ),
    Step(
        name="sheets",
        title=gettext_lazy("Print your poster"),
        about=gettext_lazy("A code at the counter and on the tables: most people join while they wait."),
        url_name="programs:sheets",
        action=gettext_lazy("See poster and cards"),
        is_done=lambda: AuditEvent.objects.filter(action="sheet.printed").exists(),
        order=45,
        permission=Permission.EDIT_PROGRAM,
    ),
)
_ACTIONS = (
    Action(
        "reward",
        gettext_lazy("Add a reward"),
        "programs:new_reward",
        "gift",
        20,
        Permission.EDIT_PROGRAM,
        keywords=gettext_lazy("new voucher coupon prize"),
    ),
    Action(
        "tier",
        gettext_lazy("Add a tier"),
        "programs:new_tier",
        "star",
        25,
        Permission.EDIT_PROGRAM,
        keywords=gettext_lazy("new level status gold silver"),
    ),
    Action(
        "sheets",
        gettext_lazy("Print a poster or table cards"),
        "programs:sheets",
        "printer",
        28,
        Permission.VIEW_PROGRAM,
        keywords=gettext_lazy("QR code sign flyer join"),
    ),
    Action(
        "entries",
        gettext_lazy("See all entries"),
        "programs:entries",
        "list",
        30,
        Permission.VIEW_PROGRAM,
        keywords=gettext_lazy("points history ledger bookings"),
    ),
    Action(
        "rule",
        gettext_lazy("Add a rule for earning"),
        "programs:new_rule",
        "sparkles",
        31,
        Permission.EDIT_PROGRAM,
        keywords=gettext_lazy("new bonus double multiplier promotion campaign"),
        at_once=False,
    ),
    Action(
        "terms",
        gettext_lazy("Change how members earn"),
        "programs:terms",
        "sparkles",
        32,
        Permission.EDIT_PROGRAM,
        keywords=gettext_lazy("points per euro expiry program settings"),
        at_once=False,
    ),
    Action(
        "tiers",
        gettext_lazy("See the tiers"),
        "programs:tiers",
        "star",
        33,
        Permission.VIEW_PROGRAM,
        keywords=gettext_lazy("levels status gold silver"),
        at_once=False,
    ),
    Action(
        "challenges",
        gettext_lazy("See the challenges"),
        "programs:challenges",
        "trophy",
        34,
        Permission.VIEW_PROGRAM,
        keywords=gettext_lazy("missions badges goals play"),
        at_once=False,
    ),
    Action(
        "credit",
        gettext_lazy("Store credit"),
        "programs:credit",
        "wallet",
        36,
        Permission.VIEW_PROGRAM,
        keywords=gettext_lazy("cash back gift cards balance money"),
        at_once=False,
    ),
    Action(
        "polls",
        gettext_lazy("Ask members something"),
        "programs:polls",
        "message-circle-question-mark",
        37,
        Permission.VIEW_PROGRAM,
        keywords=gettext_lazy("questions poll survey"),
        at_once=False,
    ),
    Action(
        "redemptions",
        gettext_lazy("See what was redeemed"),
        "programs:redemptions",
        "gift",
        38,
        Permission.VIEW_PROGRAM,
        keywords=gettext_lazy("vouchers used redemptions"),
        at_once=False,
    ),
    Action(
        "slipping",
        gettext_lazy("Regulars who stay away"),
        "programs:slipping",
        "user-round-x",
        39,
        Permission.VIEW_PROGRAM,
        keywords=gettext_lazy("lost churn inactive slipping win back"),
        at_once=False,
    ),
)
