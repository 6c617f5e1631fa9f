"""A voucher by its code, typed or scanned: it opens the member with the voucher chosen.

The counter itself shows no codes: who has one was given it by the member.
"""

from django.http import HttpResponse
from django.shortcuts import resolve_url

from programs.counter.access import CounterRequest, counter_page
from programs.domain.vouchers import find_voucher, refuse_closed
from programs.enums import RedemptionStatus
from tenants.access import go_to


@counter_page()
def voucher(request: CounterRequest, code: str) -> HttpResponse:
    found = find_voucher(code)
    if found.status != RedemptionStatus.OPEN:
        refuse_closed(found)
    request.station.show_voucher(found.pk)
    member = found.account.member
    return go_to(request, f"{resolve_url('counter:member', member.pk)}?voucher={found.code}")
