"""Taking back what was just done."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from customers.domain.identity import ids_of
from customers.enums import Source
from loyalty_saas.lib.errors import NotFound
from programs.counter.access import CounterRequest, counter_page
from programs.counter.keys import ids_of as asked_ids
from programs.counter.keys import key_of
from programs.counter.pages import stage
from programs.counter.screens import member_named, member_screen
from programs.domain.goodwill.undoing import undo_gesture
from programs.domain.serving import undo_visit
from programs.models import Entry, Gesture, Voucher


@counter_page()
@require_POST
def undo(request: CounterRequest, member_id: UUID) -> HttpResponse:
    member = member_named(member_id)
    entries = list(
        Entry.objects.select_related("account__member", "account__program").filter(
            account__member__in=ids_of(member), pk__in=asked_ids(request.POST.getlist("entry"))
        )
    )
    vouchers = list(
        Voucher.objects.select_related("account").filter(
            account__member=member, pk__in=asked_ids(request.POST.getlist("voucher"))
        )
    )
    gestures = list(
        Gesture.objects.select_related("account__member", "account__program", "entry").filter(
            account__member__in=ids_of(member), pk__in=asked_ids(request.POST.getlist("gesture"))
        )
    )
    if not entries and not vouchers and not gestures:
        raise NotFound
    key = key_of(request)
    for number, gesture in enumerate(gestures):
        undo_gesture(gesture, by=request.actor, key=f"{key}:gesture:{number}", source=Source.COUNTER)
    undo_visit(member, entries=entries, vouchers=vouchers, by=request.actor, key=key)
    return stage(request, "counter/member/stage.html", {"screen": member_screen(member), "undone": True})
