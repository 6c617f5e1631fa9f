"""Codes of the business's own: brought as a list, and how many of them are left. And the draws of a surprise."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from loyalty_saas.lib.errors import DomainError
from programs.domain.own_codes import add_codes, read_codes, remove_free_codes
from programs.domain.prizes import chances
from programs.enums import RewardKind
from programs.models import Draw, OwnCode, Prize, Reward
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission

MOST_BYTES = 2 * 1024 * 1024


@dashboard_page(Permission.EDIT_PROGRAM)
def codes(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Paste or upload a list, and see how many were given."""
    reward = get_object_or_404(Reward, pk=pk, uses_own_codes=True)
    error = ""
    if request.method == "POST":
        try:
            count = add_codes(reward, read_codes(_typed(request)), by=request.actor)
        except DomainError as refusal:
            error = str(refusal)
        else:
            said = ngettext("%(n)d code was added.", "%(n)d codes were added.", count)
            messages.success(request, said % {"n": count})
            return redirect("programs:reward_codes", reward.pk)
    counts = OwnCode.objects.filter(reward=reward).aggregate(
        free=Count("pk", filter=Q(given_at__isnull=True)), given=Count("pk", filter=Q(given_at__isnull=False))
    )
    latest = OwnCode.objects.filter(reward=reward, given_at__isnull=False).select_related("voucher__account__member")
    context = {
        "reward": reward,
        "counts": counts,
        "latest": latest.order_by("-given_at")[:20],
        "error": error,
        "typed": request.POST.get("codes", ""),
    }
    return render(request, "programs/rewards/codes.html", context, status=422 if error else 200)


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def removal(request: BusinessRequest, pk: UUID) -> HttpResponse:
    reward = get_object_or_404(Reward, pk=pk, uses_own_codes=True)
    count = remove_free_codes(reward, by=request.actor)
    said = ngettext("%(n)d code was taken away.", "%(n)d codes were taken away.", count)
    messages.success(request, said % {"n": count})
    return redirect("programs:reward_codes", reward.pk)


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def draws(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """What came out so far beside what was to be expected, and every draw with its seed."""
    reward = get_object_or_404(Reward, pk=pk, kind=RewardKind.MYSTERY)
    drawn = Draw.objects.filter(reward_of(reward)).select_related("redemption__account__member", "prize")
    prizes = list(Prize.objects.filter(reward=reward, removed_at__isnull=True))
    came = dict(drawn.order_by().values_list("prize").annotate(Count("pk")))
    context = {
        "reward": reward,
        "rows": [(prize, chance, came.get(prize.pk, 0)) for prize, chance in chances(prizes)],
        "page": Paginator(drawn.order_by("-pk"), 50).get_page(request.GET.get("page")),
        "count": sum(came.values()),
    }
    return render(request, "programs/rewards/draws.html", context)


def reward_of(reward: Reward) -> Q:
    return Q(redemption__reward=reward)


def _typed(request: BusinessRequest) -> str:
    """What was pasted, and what stands in the file."""
    file = request.FILES.get("file")
    text = file.read(MOST_BYTES).decode("utf-8-sig", errors="replace") if file is not None else ""
    return f"{request.POST.get('codes', '')}\n{text}".replace("\x00", "")
