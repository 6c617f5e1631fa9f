"""The schema against the application: what it promises is what is answered, and nothing breaks.

A bounded run each time; API_FUZZ_EXAMPLES (for each operation) makes it longer.
"""

import os
from functools import cache
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from loyalty_saas.wsgi import application
from tenants.api.schema import openapi
from tests.api import Shop
from tests.api_things import happened_in, looked_at_in, network_of, scarce_in, shared_in, waiting_in

EXAMPLES = int(os.environ.get("API_FUZZ_EXAMPLES", "10"))
# The schema cannot say everything that the domain refuses: a day that is none, amounts that do not add up.
LEFT_OUT = [positive_data_acceptance]


@cache
def shop() -> Shop:
    """A shop with something of everything, made once for all operations."""
    made = Shop()
    made.buys(500_000, lines=[{"unit_price": 250_000, "quantity": 2, "description": "Coffee"}])
    return made


@cache
def known() -> dict[str, str]:
    """Ids that lead somewhere: without them nearly every address ends in a 404."""
    there = shop()
    wanted = {"member": {"id": str(there.member.pk)}, "reward": str(there.reward.pk)}
    redemption = there.till.post("redemptions/", wanted).json()
    return {
        "member_id": str(there.member.pk),
        "purchase_id": there.buys()["purchase"]["id"],
        "redemption_id": redemption["id"],
        "code": redemption["voucher"]["code"],
        "reservation_id": _reservation(there, redemption["voucher"]["code"]),
        **_more(there),
    }


def _more(there: Shop) -> dict[str, str]:
    """Of every other kind of thing one, by the name it has in the addresses."""
    waiting = waiting_in(there)
    found = {**happened_in(there), **shared_in(there), **network_of(there), **scarce_in(there), **looked_at_in(there)}
    names = {"happening": "event_id", "poll": "poll_id", "family": "family_id", "transfer": "transfer_id"}
    names |= {"gift": "gift_code", "review": "review_id", "claim": "claim_id"}
    names |= {"merge": "merge_id", "statement": "statement_id"}
    return {"reward_id": waiting["event"], "waiting_id": waiting["waiting"]} | {
        name: found[short] for short, name in names.items()
    }


def _reservation(there: Shop, code: str) -> str:
    return str(there.till.post(f"vouchers/{code}/reservations/", {}).json()["id"])


# What /api/v1/schema/ serves; asked there, it would need the database while tests are being collected.
schema = schemathesis.openapi.from_dict(openapi())
schema.app, schema.location = application, "/api/v1/schema/"


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_answers_as_the_schema_says(case: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.conf.settings.API_CALLS_PER_MINUTE", 10**6)
    ids = known()
    if case.meta is None or case.meta.generation.mode.is_positive:
        case.path_parameters = {name: ids[name] for name in case.path_parameters or {}}
    # An empty list leaves no trace in a query string: what was to be wrong with it never arrives.
    left_out = [*LEFT_OUT, negative_data_rejection] if [] in (case.query or {}).values() else LEFT_OUT
    case.call_and_validate(headers={"Authorization": f"Bearer {shop().till.token}"}, excluded_checks=left_out)
