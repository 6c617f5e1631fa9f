"""How somebody proves in one business who they are in another: signed in there, or by the card fresh on the phone.

Nobody is ever matched by a name, a phone number or an address. A proof is sealed, so that whoever carries it (the
member's browser, the counter's page) reads nothing in it; it is meant for one business, and good for half an hour.
"""

import json
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from customers.domain.cards import verify_card
from customers.domain.identity import member_by_id
from customers.enums import MemberStatus
from customers.errors import CardNotReadable, CardOutdated, CardUsed
from customers.models import Member
from loyalty_saas.lib.secrets import decrypt, encrypt
from programs.domain.networks.people import join_network, person_of, required_seat
from programs.models import NetworkPerson
from programs.network_errors import NoPartnerCard, ProofOver
from tenants.actors import Actor
from tenants.crossing import cross_into, visitor
from tenants.domain.networks.reading import open_partners
from tenants.isolation import current_tenant, current_tenant_id

GOOD_FOR = 30 * 60


@dataclass(frozen=True, slots=True)
class Proof:
    """A member of `issuer` who was there in person, for the business `meant_for` of the network."""

    network_id: UUID
    issuer: UUID
    meant_for: UUID
    member_id: UUID

    def sealed(self) -> str:
        values = [str(self.network_id), str(self.issuer), str(self.meant_for), str(self.member_id)]
        return encrypt(json.dumps(["network", *values, int(timezone.now().timestamp())]))


def proof_for(member: Member, partner: UUID) -> str:
    """A sealed proof of a member who is signed in here, to be carried to another business. Raises NotInNetwork."""
    return Proof(required_seat().network_id, current_tenant_id(), partner, member.pk).sealed()


def open_proof(sealed: str) -> Proof:
    """Raises ProofOver for one that is too old, not meant for this business, or no proof at all."""
    try:
        topic, *ids, moment = json.loads(decrypt(sealed))
        network, issuer, meant_for, member = (UUID(one) for one in ids)
    except (ValueError, TypeError) as error:
        raise ProofOver from error
    age = timezone.now().timestamp() - int(moment)
    seat = required_seat()
    if topic != "network" or not 0 <= age <= GOOD_FOR or (network, meant_for) != (seat.network_id, current_tenant_id()):
        raise ProofOver
    return Proof(network, issuer, meant_for, member)


@dataclass(frozen=True, slots=True)
class PartnerCard:
    """A card of another business that was shown here: `own` is the member who is linked to it here already."""

    partner: str
    sealed: str
    own: Member | None


def read_partner_card(payload: str) -> PartnerCard:
    """Read the card of another business of the network, fresh from the phone. Raises NotInNetwork, NoPartnerCard.

    A printed number proves nothing here. Each code counts once, as it does at home.
    """
    seat, here = required_seat(), current_tenant_id()
    if payload.count(".") == 2:
        for partner in open_partners(seat):
            with cross_into(partner.pk, network=seat.network_id, why="card"):
                member = _read(payload)
                person = person_of(member) if member is not None else None
            if member is not None:
                sealed = Proof(seat.network_id, partner.pk, here, member.pk).sealed()
                return PartnerCard(partner.name, sealed, _own(person))
    raise NoPartnerCard


def _own(person: NetworkPerson | None) -> Member | None:
    if person is None:
        return None
    linked = NetworkPerson.objects.select_related("member").filter(person_id=person.person_id, ended_at=None).first()
    return linked.member if linked is not None else None


def _read(payload: str) -> Member | None:
    try:
        read = verify_card(payload)
    except (CardNotReadable, CardOutdated, CardUsed):
        return None
    return read.member if read.is_live and read.member.status == MemberStatus.ACTIVE else None


def is_linked_by(member: Member, proof: Proof) -> bool:
    """Whether this member and the one whom an opened proof is of are one person in the network already."""
    own = person_of(member)
    if own is None or own.network_id != proof.network_id:
        return False
    with cross_into(proof.issuer, network=proof.network_id, why="look"):
        return NetworkPerson.objects.filter(
            member_id=proof.member_id, network_id=proof.network_id, person_id=own.person_id, ended_at=None
        ).exists()


@transaction.atomic
def join_by_proof(member: Member, sealed: str, *, agreed: bool, by: Actor, source: str) -> NetworkPerson:
    """Let a member's points count here and in the business that the proof is of, as those of one person.

    Where they had not agreed there, the same yes counts there too: it stands in that business's books, with this
    business as who asked, and can be taken back there. Raises ProofOver and what `join_network` raises.
    """
    proof = open_proof(sealed)
    here = current_tenant()
    with cross_into(proof.issuer, network=proof.network_id, why="consent", audit="network.member_linked"):
        theirs = member_by_id(proof.member_id)
        if theirs is None:
            raise ProofOver
        person = person_of(theirs)
        if person is None or person.network_id != proof.network_id:
            person = join_network(theirs, agreed=agreed, by=visitor(here), source=source)
    return join_network(member, agreed=agreed, by=by, source=source, person_id=person.person_id)
