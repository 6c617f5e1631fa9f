"""Who did it: one shape for staff, members, connected systems and Regulars itself."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from tenants.enums import ActorKind

if TYPE_CHECKING:
    from tenants.models import ApiKey, Membership


@dataclass(frozen=True, slots=True)
class Actor:
    """Named in every write. `label` is what a person reads beside the act ("Mara", "Till system", "Regulars").

    `device` is the counter's device at which it happens, where it is known.
    """

    kind: ActorKind
    label: str
    id: UUID | None = None
    location_id: UUID | None = None
    device: str = ""

    @classmethod
    def staff(cls, membership: "Membership", location_id: UUID | None = None, device: str = "") -> "Actor":
        return cls(ActorKind.STAFF, membership.name, membership.pk, location_id, device)

    @classmethod
    def member(cls, member_id: UUID) -> "Actor":
        """The member in person, through the portal. Their name stays out: an act outlives an erasure."""
        return cls(ActorKind.MEMBER, "", member_id)

    @classmethod
    def api(cls, key: "ApiKey") -> "Actor":
        return cls(ActorKind.API, key.name, key.pk)

    @classmethod
    def importing(cls, membership: "Membership | None") -> "Actor":
        return cls(ActorKind.IMPORT, membership.name if membership else "", membership.pk if membership else None)

    @classmethod
    def system(cls) -> "Actor":
        return cls(ActorKind.SYSTEM, "Regulars")
