"""What managers do with a member's points from the member's page."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.domain.identity import present_member
from customers.enums import Source
from customers.models import Member
from loyalty_saas.lib.errors import DomainError
from programs.domain.accounts import points_program
from programs.domain.adjustments import adjust_points
from programs.domain.redemptions import redeem_reward
from programs.errors import FarBeyondUsual
from programs.forms.rewards import AdjustmentForm
from programs.links import member_url
from programs.models import Reward
from programs.words.unit import in_points
from tenants.access import BusinessRequest, dashboard_page, go_to
from tenants.permissions import Permission


@dashboard_page(Permission.ADJUST_POINTS)
def adjustments(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Give or take points by hand: a form in a dialog of the member's page, or on a page of its own."""
    member = present_member(get_object_or_404(Member, pk=pk))
    form = AdjustmentForm(request.POST or None, initial={"direction": "give", "key": uuid4().hex})
    asking = 0
    if request.method == "POST" and form.is_valid():
        points = form.signed()
        try:
            adjust_points(
                member,
                points=points,
                reason=form.cleaned_data["reason"],
                by=request.actor,
                key=form.cleaned_data["key"],
                source=Source.DASHBOARD,
                sure=request.POST.get("sure") == str(points),
            )
        except DomainError as error:
            asking = points if isinstance(error, FarBeyondUsual) else 0
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _adjusted(points, member))
            return go_to(request, member_url(member.pk))
    part = request.htmx  # type: ignore[attr-defined]
    template = "programs/member/adjust_form.html" if part else "programs/member/adjust.html"
    program = points_program()
    context = {"form": form, "member": member, "program": program, "back": member_url(member.pk), "asking": asking}
    return render(request, template, context, status=422 if form.errors else 200)


@require_POST
@dashboard_page(Permission.ADJUST_POINTS)
def redemptions(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Redeem a reward for the member; the voucher waits on their page and in their portal."""
    member = present_member(get_object_or_404(Member, pk=pk))
    reward_id = request.POST.get("reward", "")
    reward = get_object_or_404(Reward, pk=reward_id) if _is_uuid(reward_id) else None
    if reward is None:
        return redirect(member_url(member.pk))
    redeemed = redeem_reward(
        member, reward=reward, by=request.actor, key=request.POST.get("key", "")[:100], source=Source.DASHBOARD
    )
    voucher = redeemed.vouchers.get()
    said = _("“%(reward)s” is redeemed. The voucher is %(code)s.") % {"reward": reward.name, "code": voucher.code}
    messages.success(request, said)
    return redirect(member_url(member.pk))


def _adjusted(points: int, member: Member) -> str:
    program = points_program()
    amount = in_points(program, abs(points)) if program else str(abs(points))
    sentence = _("%(amount)s for %(member)s.") if points > 0 else _("%(amount)s taken from %(member)s.")
    return sentence % {"amount": amount, "member": member}


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
