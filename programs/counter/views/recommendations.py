"""What a member says they did to recommend the business, answered where they stand."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from loyalty_saas.lib.errors import NotFound
from programs.claim_photos import photo_answer
from programs.counter.access import CounterRequest, counter_page
from programs.counter.keys import ids_of
from programs.counter.pages import stage
from programs.counter.screens import member_named, member_screen
from programs.domain.referrals.advocacy import approve_claim, claims_of, photo_of, refuse_claim
from programs.models import AdvocacyClaim


@counter_page()
@require_POST
def recommendations(request: CounterRequest, member_id: UUID) -> HttpResponse:
    """Thank them, or say why it does not count."""
    member = member_named(member_id)
    (wanted,) = ids_of([request.POST.get("claim", "")])
    claim = claims_of(member).select_related("member").filter(pk=wanted).first()
    if claim is None:
        raise NotFound
    if request.POST.get("answer") == "refuse":
        refuse_claim(claim, answer=request.POST.get("why", ""), by=request.actor)
    else:
        approve_claim(claim, by=request.actor)
    return stage(request, "counter/member/stage.html", {"screen": member_screen(member)})


@counter_page()
@require_safe
def photo(request: CounterRequest, claim_id: UUID) -> HttpResponse:
    """What the member sent to be looked at."""
    claim = AdvocacyClaim.objects.filter(pk=claim_id).first()
    if claim is None:
        raise NotFound
    return photo_answer(photo_of(claim))
