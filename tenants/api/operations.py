"""What an address does, said once: the view obeys it and the schema is made from it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar

from django.http import HttpRequest

from tenants.actors import Actor
from tenants.api.shapes import Shape
from tenants.enums import Scope
from tenants.models import ApiKey, Tenant

V = TypeVar("V", bound=Callable[..., Any])


class Keyed(Enum):
    """Whether a call carries an Idempotency-Key."""

    NO = "no"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Operation:
    """`answer` with `status`; `existing` says when 200 is answered instead, because it was there already.

    `personal`: the answer holds a person's details, so a retry is answered from what is stored about them now
    (the view's `again`) and no copy is kept. `refusals` are the statuses beyond those that every address has.
    `media`: the handler returns the bytes of a file of this type, and there is no `answer`.
    """

    scope: Scope
    summary: str
    answer: type[Shape] | None
    status: int = 200
    body: type[Shape] | None = None
    query: type[Shape] | None = None
    keyed: Keyed = Keyed.NO
    personal: bool = False
    existing: str = ""
    refusals: tuple[int, ...] = ()
    media: str = ""


@dataclass(slots=True)
class Call:
    """One call whose key, scope and shape are in order. `values` is the body, `query` the query string."""

    request: HttpRequest
    key: ApiKey
    by: Actor
    values: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    idempotency_key: str = ""
    # What the domain knows the call by; the same for every retry.
    domain_key: str = ""

    @property
    def tenant(self) -> Tenant:
        return self.key.tenant


@dataclass(frozen=True, slots=True)
class Existing:
    """Wraps an answer that was there before: 200 in place of 201."""

    subject: Any


def operation(scope: Scope, summary: str, answer: type[Shape] | None, **rest: Any) -> Callable[[V], V]:
    """Declare what a method of a BusinessView does (see Operation for `rest`)."""

    def declare(handler: V) -> V:
        handler.operation = Operation(scope, summary, answer, **rest)  # type: ignore[attr-defined]
        return handler

    return declare
