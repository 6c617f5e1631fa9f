"""Nobody is shown a way that is closed to them: every link of every page a role can reach is followed."""

import re
from collections import deque

import pytest

from tenants.enums import Role
from tenants.isolation import tenant_context
from tests.cast import Cast, sign_in
from tests.programs.shop import buy, make_member, make_program, make_reward, make_tier

HREF = re.compile(r'href="(/[^"#]*)"')
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER, Role.ANALYST])
def test_every_link_that_is_shown_may_be_followed(cast: Cast, role: Role) -> None:
    with tenant_context(cast.business):
        program = make_program()
        make_tier(program, "Gold", 4000)
        make_reward(program, cost=20)
        buy(make_member(), 5000)
    browser = sign_in(getattr(cast, role.value))
    waiting, seen, closed = deque([("/", "")]), set(), []
    while waiting:
        path, on = waiting.popleft()
        # One page of each kind is enough, with any choice of its filters.
        kind = ID.sub("…", path.partition("?")[0])
        if kind in seen or kind.startswith(("/static/", f"/{cast.business.slug}/", "/account/")):
            continue
        seen.add(kind)
        answer = browser.get(path)
        if answer.status_code in (403, 404, 405):
            closed.append((path, on, answer.status_code))
        if answer.status_code == 200 and not answer.streaming and "html" in answer["Content-Type"]:
            waiting += [(link.replace("&amp;", "&"), path) for link in HREF.findall(answer.content.decode())]
    assert closed == []
    assert len(seen) > 30
