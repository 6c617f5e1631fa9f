"""The code of a member who recommends the business, and traces of the browser in which they look at it."""

from django.conf import settings
from django.utils.crypto import salted_hmac

from customers.domain.identity import ids_of, present_member
from customers.models import Member
from loyalty_saas.lib.ids import short_code, tidy_code
from programs.models import Advocate
from tenants.isolation import current_tenant_id
from tenants.rows import insert_row

# Of the browsers and networks of one advocate the last so many are remembered.
REMEMBERED = 8


def advocate_for(member: Member) -> Advocate:
    """The member's code, made at the first asking; it stays theirs."""
    there = Advocate.objects.filter(member__in=ids_of(member)).order_by("pk").first()
    while there is None:
        made = Advocate(member=member, code=short_code())
        # Somebody else may have this code, or another page of theirs may have made one.
        there = made if insert_row(made, unless_there=True) else Advocate.objects.filter(member=member).first()
    found: Advocate = there
    return found


def find_advocate(code: str) -> Advocate | None:
    """Whose code it is, as typed or from a link; None for nobody's, or of one who has left or rests."""
    tidied = tidy_code(code)
    if not tidied or len(tidied) > 16:
        return None
    found = Advocate.objects.select_related("member").filter(code=tidied).first()
    if found is None or present_member(found.member).status != "active":
        return None
    return found


def trace_of(value: str) -> str:
    """A hash by which two visits are compared, and nothing else: of one business, and not to be turned back."""
    if not value:
        return ""
    return salted_hmac(f"trace:{current_tenant_id()}", value, secret=settings.SECRET_KEY).hexdigest()[:24]


def remember_browser(advocate: Advocate, *, device: str, network: str) -> None:
    """Keep where the advocate looked at their code, as hashes; written only when it is new."""
    devices, networks = _with(advocate.devices, trace_of(device)), _with(advocate.networks, trace_of(network))
    if devices != advocate.devices or networks != advocate.networks:
        advocate.devices, advocate.networks = devices, networks
        advocate.save(update_fields=["devices", "networks"])


def _with(known: list[str], one: str) -> list[str]:
    return known if not one or one in known else [*known, one][-REMEMBERED:]
