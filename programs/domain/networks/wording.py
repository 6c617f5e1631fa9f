"""What a member agrees to when their points count in the network, in exactly these words wherever they are asked."""

from django.utils.translation import gettext as _

from customers.agreements import Agreement
from customers.enums import ConsentChannel, Purpose
from tenants.domain.networks.reading import partners_of
from tenants.isolation import current_tenant
from tenants.models import NetworkSeat


def agreement_for(seat: NetworkSeat) -> Agreement:
    """The question, with the businesses as they are now; what was asked is kept word by word with the answer."""
    names = ", ".join([current_tenant().name, *(partner.name for partner in partners_of(seat))])
    text = _(
        "What I earn in one business of %(network)s I can spend in the others: %(names)s, and those who join them."
        " They tell each other how many points I have there and spend, and nothing else about me: no name, no contact,"
        " no purchases. I can stop this at any time, and keep my points where I earned them."
    )
    return Agreement(
        Purpose.NETWORK,
        ConsentChannel.ANY,
        _("My points count in all of them"),
        text % {"network": seat.name, "names": names},
    )
