"""Who takes part in the network: by their own word, and linked from one business to another only by a proof."""

from collections.abc import Callable, Collection
from typing import NamedTuple, TypeVar
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from customers.domain.consents import record_consent
from customers.domain.identity import lock_member
from customers.enums import MemberStatus
from customers.models import Member, Merge
from loyalty_saas.lib.ids import uuid7
from loyalty_saas.postgres.prepared import execute_prepared
from programs.domain.guards import acting_membership
from programs.domain.networks.wording import agreement_for
from programs.enums import PersonEnd
from programs.errors import MemberNotActive
from programs.models import NetworkPerson
from programs.network_errors import CrossingUnexpected, LinkedElsewhere
from tenants.actors import Actor
from tenants.crossing import cross_into, lock_network
from tenants.domain.networks.reading import open_partners, own_seat, today_of
from tenants.enums import ActorKind
from tenants.errors import NotInNetwork, RulesNotAgreed
from tenants.isolation import current_tenant_id
from tenants.models import NetworkSeat

PART = "networks"
T = TypeVar("T")


class Held(NamedTuple):
    """A person of a network whom nobody else can spend for until this transaction ends."""

    network_id: UUID
    person_id: UUID
    member_id: UUID
    # The members here whose persons are held: this one, and those of the same family.
    together: frozenset[UUID] = frozenset()


_HOLD = """
SELECT network_id, person_id, member_id, pg_advisory_xact_lock(hashtextextended(person_id::text, 8))::text FROM (
 SELECT network_id, person_id, member_id FROM programs_networkperson
 WHERE tenant_id = %s AND ended_at IS NULL AND member_id = ANY(ARRAY(
  SELECT %s::uuid UNION SELECT f.member_id FROM programs_account o
   JOIN programs_account f ON f.tenant_id = o.tenant_id AND f.family_id = o.family_id
   WHERE o.tenant_id = %s AND o.member_id = %s))
 ORDER BY person_id OFFSET 0) AS here"""


def hold_person(member_id: UUID) -> Held | None:
    """Whom a member is in the network, held before any account is locked; None for those who take no part.

    Whoever crosses locks accounts of several businesses, in no order that suits all of them; so all that is done
    across businesses for one person waits here, one after the other, and nothing else does. A family is locked
    together, so everybody of it is held, in the order of their numbers: otherwise two of them, each at another
    business, could wait for the account of the other.
    """
    tenant = current_tenant_id()
    with connection.cursor() as cursor:
        execute_prepared(cursor, _HOLD, [tenant, member_id, tenant, member_id])
        rows = cursor.fetchall()
    own = next((row for row in rows if row[2] == member_id), None)
    return Held(own[0], own[1], own[2], frozenset(row[2] for row in rows)) if own else None


_HOLD_ALL = """
SELECT pg_advisory_xact_lock(hashtextextended(person_id::text, 8))::text FROM (
 SELECT DISTINCT person_id FROM programs_networkperson WHERE tenant_id = %s AND ended_at IS NULL
  AND member_id IN (SELECT o.member_id FROM programs_account o WHERE o.tenant_id = %s AND o.member_id = ANY(%s)
   UNION SELECT f.member_id FROM programs_account o
    JOIN programs_account f ON f.tenant_id = o.tenant_id AND f.family_id = o.family_id
    WHERE o.tenant_id = %s AND o.member_id = ANY(%s))
 ORDER BY person_id OFFSET 0) AS here"""


def hold_persons(member_ids: Collection[UUID]) -> None:
    """`hold_person` of several members, in the order of everybody, for work that crosses for one after the other."""
    tenant, ids = current_tenant_id(), list(member_ids)
    with connection.cursor() as cursor:
        cursor.execute(_HOLD_ALL, [tenant, tenant, ids, tenant, ids])


# What a member and the family have here, as it stands; whoever crosses would need more.
_AT_HAND = """
SELECT coalesce(sum(a.balance), 0) FROM programs_account a
JOIN programs_program p ON p.tenant_id = a.tenant_id AND p.id = a.program_id AND p.kind = 'points'
WHERE a.tenant_id = %s AND (a.member_id = %s OR a.family_id IN (
 SELECT o.family_id FROM programs_account o WHERE o.tenant_id = %s AND o.member_id = %s))"""


def expect_crossing(person: Held | None, points: int, *, surely: bool = False) -> None:
    """Before any account is locked: wait for the turn to cross, where so many points look like more than are here.

    Or `surely`, where that has turned out already (`crossing_in_turn`).

    One at a time crosses in a network. Whoever crosses holds an account and wants one behind another wall, where
    somebody who gives points, a batch or a nightly job may hold it and want one that a second crossing holds: in a
    ring, over two businesses, all would wait. With one crossing there is no way back, and so no ring, whatever else
    locks accounts of one business in the order of their ids.
    """
    if person is None:
        return
    if surely:
        lock_crossings(person.network_id)
        return
    tenant = current_tenant_id()
    with connection.cursor() as cursor:
        execute_prepared(cursor, _AT_HAND, [tenant, person.member_id, tenant, person.member_id])
        (at_hand,) = cursor.fetchone()
    if at_hand < points:
        lock_crossings(person.network_id)


def crossing_in_turn(act: Callable[[bool], T]) -> T:
    """Run `act(False)`, and where it came to cross while somebody else does, take it back whole and run `act(True)`.

    `act` locks no account before it has told `expect_crossing`, with what it is given as `surely`. What it had locked
    is let go of with its savepoint, so the second time it waits for its turn with empty hands, in the order of
    everybody; then the turn is its own, and nothing is left to be refused for. Once: who is taken aback again, because
    somebody came to the family at that moment, is refused.
    """
    try:
        with transaction.atomic():
            return act(False)
    except CrossingUnexpected:
        with transaction.atomic():
            return act(True)


def lock_crossings(network_id: UUID, *, wait: bool = True) -> bool:
    """Whether it is this transaction's turn to cross in the network, until it ends. Whoever holds accounts does not
    `wait` for it.
    """
    function = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 9))", [str(network_id)])
        (got,) = cursor.fetchone()
    return wait or bool(got)


def person_of(member: Member) -> NetworkPerson | None:
    """Whom this member is in the network, while they take part."""
    found: NetworkPerson | None = NetworkPerson.objects.filter(member=member, ended_at=None).first()
    return found


def required_seat() -> NetworkSeat:
    """The current business's seat, while points cross. Raises NotInNetwork."""
    seat = own_seat()
    if seat is None or not seat.is_open_on(today_of(seat)):
        raise NotInNetwork
    return seat


@transaction.atomic
def join_network(
    member: Member, *, agreed: bool, by: Actor, source: str, person_id: UUID | None = None
) -> NetworkPerson:
    """Write down that the member agrees, and let their points count; once, however often it is sent.

    `person_id` is whom they proved to be in another business of the network (`programs.domain.networks.proofs`); who
    took part here before under another number becomes that one everywhere. Raises NotInNetwork, RulesNotAgreed without
    a yes, MemberNotActive, LinkedElsewhere where another member here is that person. Locks the member.
    """
    seat = required_seat()
    if not agreed:
        raise RulesNotAgreed(field="agreed")
    member = lock_member(member.pk)
    if member.status != MemberStatus.ACTIVE:
        raise MemberNotActive
    before = person_of(member)
    if before is not None and before.network_id != seat.network_id:
        _end(before, PersonEnd.NETWORK)
        before = None
    if before is not None and person_id in (None, before.person_id):
        return before
    if person_id is not None and NetworkPerson.objects.filter(person_id=person_id, ended_at=None).exists():
        raise LinkedElsewhere
    if before is not None and person_id is not None:
        return _become(before, person_id, seat)
    asked = agreement_for(seat)
    consent = record_consent(
        member, purpose=asked.purpose, channel=asked.channel, given=True, text=asked.wording, by=by, source=source
    )
    person: NetworkPerson = NetworkPerson.objects.create(
        network_id=seat.network_id,
        person_id=person_id or uuid7(),
        member=member,
        consent=consent,
        source=source,
        staff=acting_membership(by) if by.kind == ActorKind.STAFF else None,
        joined_at=timezone.now(),
    )
    return person


@transaction.atomic
def leave_network(member: Member, *, by: Actor, source: str) -> None:
    """Take the agreement back: points count only where they were earned. What was spent stays. Locks the member."""
    member = lock_member(member.pk)
    person = person_of(member)
    if person is None:
        return
    consent = person.consent
    record_consent(
        member,
        purpose=consent.purpose,
        channel=consent.channel,
        given=False,
        text=consent.text,
        by=by,
        source=source,
    )
    _end(person, PersonEnd.MEMBER)


def end_all(reason: PersonEnd) -> int:
    """Nobody of this business takes part any more: it has left the network. Returns how many did."""
    return NetworkPerson.objects.filter(ended_at=None).update(ended_at=timezone.now(), ended_by=reason)


def follow_status(member: Member, /, *, by: Actor, source: str, silent: bool) -> None:
    """Who leaves the program takes no part; whose membership is paused does again afterwards."""
    if member.status == MemberStatus.LEFT and (person := person_of(member)) is not None:
        _end(person, PersonEnd.LEFT)


def follow_merge(merge: Merge, /, *, by: Actor, source: str, silent: bool) -> None:
    """The kept member is who the absorbed one was, unless they take part themselves: their own word counts then.

    Two numbers are not made one by a merge: that the businesses agree on who somebody is takes a proof of that person.
    """
    person = person_of(merge.absorbed)
    if person is None:
        return
    if person_of(merge.kept) is None:
        person.member = merge.kept
        person.save(update_fields=["member"])
        merge.effects[PART] = {"moved": str(person.pk)}
    else:
        _end(person, PersonEnd.MERGED)
        merge.effects[PART] = {"ended": str(person.pk)}


def follow_parting(merge: Merge, /, *, by: Actor, source: str, silent: bool) -> None:
    """As it was before the merge, where nothing else was decided since."""
    kept = merge.effects.get(PART, {})
    if person := NetworkPerson.objects.filter(pk=kept.get("moved"), ended_at=None, member=merge.kept).first():
        person.member = merge.absorbed
        person.save(update_fields=["member"])
    if (person := NetworkPerson.objects.filter(pk=kept.get("ended"), ended_by=PersonEnd.MERGED).first()) is None:
        return
    if not NetworkPerson.objects.filter(person_id=person.person_id, ended_at=None).exists():
        person.ended_at, person.ended_by = None, ""
        person.save(update_fields=["ended_at", "ended_by"])


def _become(person: NetworkPerson, person_id: UUID, seat: NetworkSeat) -> NetworkPerson:
    """One person who took part under two numbers, and has proved it: the second counts everywhere."""
    lock_network(seat.network_id, alone=False)
    before, person.person_id = person.person_id, person_id
    person.save(update_fields=["person_id"])
    for partner in sorted(open_partners(seat), key=lambda one: one.pk):
        with cross_into(partner.pk, network=seat.network_id, why="link"):
            _renumber(before, person_id)
    return person


def _renumber(before: UUID, now: UUID) -> None:
    person = NetworkPerson.objects.filter(person_id=before, ended_at=None).first()
    if person is None:
        return
    if NetworkPerson.objects.filter(person_id=now, ended_at=None).exists():
        _end(person, PersonEnd.MERGED)
        return
    person.person_id = now
    person.save(update_fields=["person_id"])


def _end(person: NetworkPerson, reason: PersonEnd) -> None:
    person.ended_at, person.ended_by = timezone.now(), reason
    person.save(update_fields=["ended_at", "ended_by"])
