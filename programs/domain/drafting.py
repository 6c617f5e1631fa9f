"""What is composed as a draft, published once as a promise that changes no more, and ended: each time on the record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Product
from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.errors import DomainError, Invalid, NotFound
from programs.domain.chosen import names_of
from programs.models import Challenge, Poll, Program, Surprise
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.isolation import current_tenant

Promise = TypeVar("Promise", Challenge, Poll, Surprise)
# What the audit log says of them, after the word for the kind.
ACTIONS = ("composed", "redrafted", "dropped", "published", "ended")


@dataclass(frozen=True, slots=True)
class Drafting(Generic[Promise]):
    """The life that all of one kind share. `word` begins its lines in the audit log; `is_promise` is raised where
    something would be changed that is published. Every verb locks the row it is given."""

    model: type[Promise]
    word: str
    is_promise: type[DomainError]

    @transaction.atomic
    def compose(self, draft: Promise, *, by: Actor) -> Promise:
        """Write a new draft, which nobody sees."""
        draft.save(force_insert=True)
        self._record("composed", draft, by)
        return draft

    @transaction.atomic
    def redraft(self, promise: Promise, *, name: str, definition: dict[str, Any], by: Actor) -> Promise:
        """Raises NotFound, `is_promise`."""
        draft = self.lock_draft(promise)
        draft.name, draft.definition = name, definition
        draft.save(update_fields=["name", "definition"])
        self._record("redrafted", draft, by)
        return draft

    @transaction.atomic
    def drop(self, promise: Promise, *, by: Actor) -> None:
        """Throw a draft away. Raises NotFound, `is_promise`."""
        draft = self.lock_draft(promise)
        self._record("dropped", draft, by)
        draft.delete()

    def publish(self, draft: Promise, *, by: Actor, changed: Sequence[str] = (), **details: Any) -> Promise:
        """Publish a locked draft, checked by its own kind; `changed` are other fields that were set for it."""
        draft.published_at = timezone.now()
        draft.save(update_fields=["published_at", *changed])
        self._record("published", draft, by, **details)
        return draft

    @transaction.atomic
    def end(self, promise: Promise, *, by: Actor) -> Promise:
        """Nothing more from now on; what it gave stays. A draft and what has ended stay as they are."""
        found = self.lock(promise)
        if found.published_at is not None and found.ended_at is None:
            found.ended_at = timezone.now()
            found.save(update_fields=["ended_at"])
            self._record("ended", found, by)
        return found

    def lock(self, promise: Promise) -> Promise:
        """As it is now, with its program. Raises NotFound."""
        rows = self.model.objects.select_for_update(no_key=True, of=("self",)).select_related("program")
        found: Promise | None = rows.filter(pk=promise.pk).first()
        if found is None:
            raise NotFound
        return found

    def lock_draft(self, promise: Promise) -> Promise:
        """Raises NotFound, `is_promise`."""
        found = self.lock(promise)
        if found.published_at is not None:
            raise self.is_promise
        return found

    def lock_to_publish(self, promise: Promise) -> Promise:
        """The draft, with its program locked before it, so that two cannot become one too many at once."""
        Program.objects.select_for_update(no_key=True).get(pk=promise.program_id)
        return self.lock_draft(promise)

    def _record(self, action: str, promise: Promise, by: Actor, **details: Any) -> None:
        record_audit(f"{self.word}.{action}", by=by, subject=promise, **details)


def refuse_past(last_day: date | None) -> None:
    """Raises Invalid when the last day of what is to be published is over."""
    if last_day and last_day < local_day(timezone.now(), current_tenant().zone):
        raise Invalid(_("This day is over. Choose today or a later one."), field="last_day")


def names_with_product(product: str, chosen: Mapping[str, Sequence[str]], *, field: str = "") -> dict[str, str]:
    """What the chosen are called now, and the `product` that is given. Raises Invalid where one is not there."""
    names = names_of(chosen, field=field)
    if product:
        found = Product.objects.filter(pk=UUID(product)).first()
        if found is None:
            raise Invalid(_("Choose a product."), field="product")
        names["product"] = str(found)
    return names
