"""The one way a call goes: key, scope, limit, shape, then the view inside the walls of its business, once."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import structlog
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from rest_framework.views import APIView

from loyalty_saas.lib.errors import DomainError
from tenants.access import Access, public_page, supported, working_for
from tenants.actors import Actor
from tenants.api import idempotency
from tenants.api.authentication import authenticate, note_use, require_scope
from tenants.api.bodies import checked, read_body, read_query, shown
from tenants.api.errors import AnswerForgotten, Broken, KeyReused, NothingHere, WrongMethod
from tenants.api.operations import Call, Existing, Operation
from tenants.api.problems import JSON, json_text, problem
from tenants.api.schema import OperationSchema
from tenants.api.throttling import throttle

log = structlog.get_logger(__name__)
Handler = Callable[..., Any]


class BusinessView(APIView):
    """An address of the API. Its methods are declared with `operation`, take a Call and the ids of the address,
    and return what the operation's shape shows. `section` is where the documentation lists it.
    """

    schema = OperationSchema()
    section = ""

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        view: Any = super().as_view(**initkwargs)
        view.access = Access("api")
        return view

    def dispatch(self, request: HttpRequest, *args: Any, **ids: Any) -> HttpResponse:
        self.language = translation.get_language()
        try:
            return self._answer(request, ids)
        except DomainError as error:
            refusal = error
        except Exception:
            got_request_exception.send(sender=type(self), request=request)
            log.exception("api.broken")
            refusal = Broken()
        with translation.override(self.language):
            return problem(refusal)

    def again(self, call: Call, pk: UUID) -> Any:
        """For operations whose answers are personal: the subject of the first answer as it is now."""
        raise NotImplementedError

    def _answer(self, request: HttpRequest, ids: dict[str, Any]) -> HttpResponse:
        handler = self._handler(request.method or "")
        asked: Operation = handler.operation  # type: ignore[attr-defined]
        key = authenticate(request)
        request.tenant = key.tenant  # type: ignore[attr-defined]
        self.language = supported(key.tenant.language)
        note_use(key)
        require_scope(key, asked.scope)
        throttle(key)
        idempotency_key = idempotency.read_key(request, asked.keyed)
        with translation.override(self.language):
            query = read_query(request, asked.query)
            body = read_body(request) if asked.body else {}
            values = checked(asked.body, body) if asked.body else {}
        call = Call(
            request,
            key,
            Actor.api(key),
            values,
            query,
            idempotency_key,
            idempotency.domain_key(idempotency_key),
        )
        if idempotency_key:
            return self._once(call, asked, handler, ids, body)
        with working_for(key.tenant):
            return self._done(asked, handler(call, **ids))

    def _once(self, call: Call, asked: Operation, handler: Handler, ids: dict[str, Any], body: Any) -> HttpResponse:
        """The work and the memory of its answer, in one transaction."""
        key, fingerprint = call.idempotency_key, idempotency.request_hash(call.request, body)
        try:
            with working_for(call.tenant):
                first = idempotency.claim(key, fingerprint)
                if isinstance(first, idempotency.Kept):
                    return self._replayed(call, asked, first)
                subject = handler(call, **ids)
                response = self._done(asked, subject)
                idempotency.keep(first, _kept(asked, subject, response))
                return response
        except (KeyReused, AnswerForgotten):
            raise
        except DomainError as refusal:
            if refusal.status not in idempotency.KEPT_REFUSALS or asked.personal:
                raise
            with working_for(call.tenant):
                return idempotency.keep_refusal(key, fingerprint, refusal)

    def _replayed(self, call: Call, asked: Operation, first: idempotency.Kept) -> HttpResponse:
        if not asked.personal:
            return idempotency.replayed(first)
        response = self._done(asked, self.again(call, UUID(first.body)))
        response["Idempotent-Replayed"] = "true"
        return response

    def _done(self, asked: Operation, subject: Any) -> HttpResponse:
        status = asked.status
        if isinstance(subject, Existing):
            subject, status = subject.subject, 200
        if asked.answer is None:
            return HttpResponse(subject, content_type=asked.media, status=status)
        return HttpResponse(json_text(shown(asked.answer, subject)), content_type=JSON, status=status)

    def _handler(self, method: str) -> Handler:
        name = "get" if method == "HEAD" else method.lower()
        handler = getattr(self, name, None)
        if handler is None or not hasattr(handler, "operation"):
            raise WrongMethod(declared_methods(type(self)))
        found: Handler = handler
        return found


def declared_methods(view: type[APIView]) -> list[str]:
    methods = ("get", "post", "patch", "put", "delete")
    return [name.upper() for name in methods if hasattr(getattr(view, name, None), "operation")]


@public_page
def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Every address below the API's that is none of its own."""
    return problem(NothingHere())


nothing_here.csrf_exempt = True  # type: ignore[attr-defined]


def _kept(asked: Operation, subject: Any, response: HttpResponse) -> idempotency.Kept:
    text = str(subject.pk) if asked.personal else response.content.decode()
    return idempotency.Kept(response.status_code, text)
