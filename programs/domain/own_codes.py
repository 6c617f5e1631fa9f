"""Codes that the business brings along: added as a list, each given to one member, never twice."""

import re
from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.texts import tidy_text
from programs.errors import OutOfStock
from programs.models import OwnCode, Reward, Voucher
from programs.voucher_errors import CodesAreTaken
from tenants.actors import Actor
from tenants.domain.audit import record_audit

MOST_AT_ONCE = 20_000
_SHOWN = 5
# Locked rows are another till's: the next free code is found without waiting for it.
_NEXT = """
UPDATE programs_owncode SET given_at = %s WHERE tenant_id = %s AND id = (
 SELECT id FROM programs_owncode WHERE tenant_id = %s AND reward_id = %s AND given_at IS NULL
 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id, code"""


def read_codes(text: str) -> list[str]:
    """The codes of a list, one a line (or with commas between them), without empty ones and repetitions.

    Raises Invalid at `codes`.
    """
    return tidy_codes(part.strip().strip('"') for part in re.split(r"[\n\r,;\t]+", text))


def tidy_codes(given: Iterable[str]) -> list[str]:
    """Codes that are known one by one, without empty ones and repetitions. Raises Invalid at `codes`."""
    found = dict.fromkeys(code.strip() for code in given)
    codes = [tidy_text(code, field="codes", longest=60) for code in found if code]
    if not codes:
        raise Invalid(_("Paste at least one code."), field="codes")
    if len(codes) > MOST_AT_ONCE:
        raise Invalid(_("Add up to 20,000 codes at a time."), field="codes")
    return codes


@transaction.atomic
def add_codes(reward: Reward, codes: list[str], *, by: Actor) -> int:
    """Add codes to a reward that gives the business's own; its stock is how many are left. Returns how many were added.

    Raises CodesAreTaken, and then adds none. Locks the reward.
    """
    reward = Reward.objects.select_for_update(no_key=True).get(pk=reward.pk)
    if not reward.uses_own_codes:
        raise Invalid(_("This reward makes its codes by itself."), field="codes")
    known = list(OwnCode.objects.filter(code__in=codes).order_by("code").values_list("code", flat=True)[: _SHOWN + 1])
    if known:
        raise CodesAreTaken([*known[:_SHOWN], "…"] if len(known) > _SHOWN else known)
    OwnCode.objects.bulk_create([OwnCode(reward=reward, code=code) for code in codes], batch_size=2000)
    Reward.objects.filter(pk=reward.pk).update(stock=(reward.stock or 0) + len(codes))
    record_audit("reward.codes_added", by=by, subject=reward, count=len(codes))
    return len(codes)


@transaction.atomic
def remove_free_codes(reward: Reward, codes: list[str] | None = None, *, by: Actor) -> int:
    """Take away the codes that nobody was given: those named, or all of them. Returns how many.

    What was given stays, and so does a code that another till gives at this moment. Raises Invalid for a reward that
    makes its codes by itself. Locks the reward.
    """
    reward = Reward.objects.select_for_update(no_key=True).get(pk=reward.pk)
    if not reward.uses_own_codes:
        raise Invalid(_("This reward makes its codes by itself."), field="codes")
    free = OwnCode.objects.filter(reward=reward, given_at__isnull=True)
    removed, _by_model = (free if codes is None else free.filter(code__in=codes)).delete()
    if removed:
        Reward.objects.filter(pk=reward.pk).update(stock=F("stock") - removed)
        record_audit("reward.codes_removed", by=by, subject=reward, count=removed)
    return removed


def give_code(reward: Reward, voucher: Voucher) -> str:
    """The next code of the list, marked as given. Raises OutOfStock. The voucher is tied to it by `tie_code`."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [timezone.now(), reward.tenant_id, reward.tenant_id, reward.pk])
        row = cursor.fetchone()
    if row is None:
        raise OutOfStock
    voucher.own_code = row[1]
    return str(row[0])


def tie_code(code_id: str, voucher: Voucher) -> None:
    """Write down which voucher a given code belongs to, once the voucher is there."""
    OwnCode.objects.filter(pk=code_id).update(voucher=voucher)
