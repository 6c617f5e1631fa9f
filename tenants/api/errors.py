"""What the API refuses before a rule of the business is asked."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import DomainError, Forbidden, Invalid, NotFound


class FieldError(NamedTuple):
    """One field and what is wrong with it; `field` is a path such as `lines.0.quantity`, empty for the whole."""

    field: str
    code: str
    detail: str | Promise


class WrongShape(Invalid):
    """What was sent does not have the shape that the schema describes: every field that does not is named."""

    code = "invalid"
    sentence = _("Some fields cannot be used as they are: see `errors`.")

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__()
        self.errors = errors


class Unauthenticated(DomainError):
    code = "unauthenticated"
    status = 401
    sentence = _("Send the key of your business as “Authorization: Bearer reg_…”. This key is missing or not valid.")


class MissingScope(Forbidden):
    code = "missing_scope"
    sentence = _("This key may not do that: it lacks “%(scope)s”. Make a key that has it in the settings.")

    def __init__(self, scope: str) -> None:
        super().__init__(params={"scope": scope})
        self.facts = {"scope": scope}


class NothingHere(NotFound):
    sentence = _("There is nothing at this address. The documentation is at /api/v1/docs/; addresses end with “/”.")


class WrongMethod(DomainError):
    code = "method_not_allowed"
    status = 405
    sentence = _("This address does not answer to that method.")

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__()
        self.allowed = allowed


class Unreadable(DomainError):
    code = "unreadable"
    status = 400
    sentence = _("The body is not JSON that can be read.")


class TooLarge(DomainError):
    code = "too_large"
    status = 413
    sentence = _("This is too much for one call.")


class NotJson(DomainError):
    code = "not_json"
    status = 415
    sentence = _("Send JSON, and say so: “Content-Type: application/json”.")


class TooManyCalls(DomainError):
    code = "too_many_calls"
    status = 429
    sentence = _("This key has made its %(limit)d calls of this minute. Go on in %(seconds)d seconds.")

    def __init__(self, limit: int, seconds: int) -> None:
        super().__init__(params={"limit": limit, "seconds": seconds})
        self.seconds = seconds


class KeyMissing(DomainError):
    code = "idempotency_key_missing"
    status = 400
    sentence = _(
        "Send an “Idempotency-Key” header: a text of your own, new for each thing that happens and the same for "
        "each time you try to send it. A retry can then never count twice."
    )


class KeyUnusable(DomainError):
    code = "idempotency_key_unusable"
    status = 400
    sentence = _("An “Idempotency-Key” has 1 to 120 letters, digits and signs, without blanks.")


class KeyReused(DomainError):
    code = "idempotency_key_reused"
    sentence = _("This “Idempotency-Key” was used before, for another request.")


class AnswerForgotten(DomainError):
    code = "idempotency_answer_forgotten"
    sentence = _("This call was made and answered long ago; the answer is not kept any more.")


class Broken(DomainError):
    """An error of ours, said so."""

    code = "internal_error"
    status = 500
    sentence = _("Something went wrong on our side. Nothing was saved; you can send it again with the same key.")
