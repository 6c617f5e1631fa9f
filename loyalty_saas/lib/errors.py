"""The root of every refusal that a person may read. One HTML and one API translation turn it into an answer."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, cast

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A rule of the business said no; `str(error)` is the sentence for the person, in their language.

    Subclasses set `code` (stable, for machines), `status` (of HTTP) and usually `sentence`. The sentence may
    hold `%(name)s` places that `params` fill, and is translated only when it is shown. `field` names the input
    it is about, if one.
    """

    code: str = "refused"
    status: ClassVar[int] = 409
    sentence: str | Promise = _("That is not possible right now.")
    # What a machine can go on with: ids and numbers, never a name.
    facts: Mapping[str, Any] = MappingProxyType({})

    def __init__(
        self,
        sentence: str | Promise | None = None,
        *,
        code: str | None = None,
        field: str | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(sentence)
        if sentence is not None:
            self.sentence = sentence
        if code is not None:
            self.code = code
        self.field = field
        self.params: dict[str, Any] = dict(params or {})

    def __str__(self) -> str:
        # The promise itself is asked to fill the places: a plural form is chosen by the number in params.
        return str(cast(str, self.sentence) % self.params if self.params else self.sentence)


class NotFound(DomainError):
    """There is no such thing in this business; a stranger's thing is answered the same way."""

    code = "not_found"
    status = 404
    sentence = _("We could not find that.")


class Forbidden(DomainError):
    """The person is known but may not do this."""

    code = "forbidden"
    status = 403
    sentence = _("You are not allowed to do that. Ask the owner if you need to.")


class Invalid(DomainError):
    """What was given cannot be used; name the `field` wherever there is one."""

    code = "invalid"
    status = 422
    sentence: str | Promise = _("Please check what you entered.")
