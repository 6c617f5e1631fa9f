"""A shop's system that calls the API, over the whole stack of the server."""

import itertools
import json
from typing import Any
from uuid import uuid4

from django.test import Client

from customers.models import Member
from programs.models import Program, Reward
from tenants.domain.keys import create_key
from tenants.enums import Role, Scope
from tenants.isolation import tenant_context
from tenants.models import Membership, Tenant
from tests.cast import make_business, make_membership
from tests.programs.shop import make_member, make_program, make_reward

ALL = [scope.value for scope in Scope]
_numbers = itertools.count(1)


def make_key(owner: Membership, scopes: list[str] | None = None, name: str = "Till") -> str:
    """The text of a new key of this person's business."""
    with tenant_context(owner.tenant_id):
        return create_key(name=name, scopes=ALL if scopes is None else scopes, by=owner)[1]


class Till:
    """Calls with one key. Answers are Django's responses; `.json()` is what was said."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.client = Client()

    def get(self, path: str, query: dict[str, Any] | None = None) -> Any:
        return self.client.get(f"/api/v1/{path}", query or {}, headers=self._headers())

    def post(self, path: str, body: Any = None, *, key: str | None = "new", **headers: str) -> Any:
        """With a new Idempotency-Key, unless one is given or None."""
        if key is not None:
            headers["Idempotency-Key"] = uuid4().hex if key == "new" else key
        return self._send("post", path, body, headers)

    def patch(self, path: str, body: Any) -> Any:
        return self._send("patch", path, body, {})

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        data = body if isinstance(body, str | bytes) else json.dumps({} if body is None else body)
        return getattr(self.client, method)(
            f"/api/v1/{path}", data, content_type="application/json", headers={**self._headers(), **headers}
        )

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


class Shop:
    """A business with a live program, a member and a reward of 10 points, and a till that may do everything."""

    def __init__(self, **program: Any) -> None:
        self.business: Tenant = make_business()
        self.owner = make_membership(self.business, Role.OWNER)
        self.till = Till(make_key(self.owner))
        with tenant_context(self.business):
            self.program: Program = make_program(**program)
            self.member: Member = make_member(email=f"ines-{next(_numbers)}@example.com")
            self.reward: Reward = make_reward(self.program, 10)

    def buys(self, total: int = 2000, **body: Any) -> Any:
        answer = self.till.post("purchases/", {"member": {"id": str(self.member.pk)}, "total": total, **body})
        assert answer.status_code == 201, answer.content
        return answer.json()

    def balance(self) -> dict[str, Any]:
        said: dict[str, Any] = self.till.get(f"members/{self.member.pk}/balance/").json()
        return said
