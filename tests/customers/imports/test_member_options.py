"""What a file of members does to those who are there, and what it proves about consent."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from customers.domain.consents import current_consents
from customers.enums import ConsentChannel, Purpose
from customers.imports.flow import choose_columns
from customers.imports.settings import Existing, Options
from customers.models import Consent, Import, ImportRefusal, Member
from loyalty_saas.lib.errors import Invalid
from tenants.isolation import tenant_context
from tests.customers.imports.shared import MEMBERS, imported, uploaded, write

BEFORE = "Customer ID,First name,Last name,E-mail,Phone\nA1,Ida,,ida@example.com,\nB2,Bert,Brown,bert@example.com,\n"
AFTER = (
    "Customer ID,First name,Last name,E-mail,Phone\n"
    "A1,Ida Maria,Moser,ida@example.com,+43 660 1234567\nB2,Bert,Brown,bert@example.com,\nC3,Cora,,cora@example.com,\n"
)
AGREED = "Customer ID,First name,E-mail,News by e-mail,News by SMS\nA1,Ida,ida@example.com,yes,no\n"
AGREEMENT = {"News by e-mail": "consent_email", "News by SMS": "consent_sms"}
PROOF = "Ticked on the paper form of spring 2024: “Write to me about offers.”"


@pytest.mark.parametrize(
    ("existing", "ida", "counts"),
    [
        (Existing.FILL, ("Ida", "Moser", "+436601234567"), (1, 1, 1)),
        (Existing.REPLACE, ("Ida Maria", "Moser", "+436601234567"), (1, 1, 1)),
        (Existing.SKIP, ("Ida", "", ""), (1, 0, 2)),
    ],
)
def test_members_who_are_there(
    make_business: Callable[..., Any], tmp_path: Path, existing: str, ida: tuple[str, ...], counts: tuple[int, ...]
) -> None:
    business = make_business()
    imported(business, MEMBERS, write(tmp_path, BEFORE))
    record = imported(business, MEMBERS, write(tmp_path, AFTER), existing=existing)
    assert tuple(record.counts.get(name, 0) for name in ("created", "updated", "unchanged")) == counts
    with tenant_context(business):
        assert Member.objects.values_list("given_name", "family_name", "phone").get(external_id="A1") == ida
        assert Member.objects.count() == 3


def test_consent_is_kept_with_its_proof(make_business: Callable[..., Any], tmp_path: Path) -> None:
    business = make_business()
    file = write(tmp_path, AGREED)
    imported(business, MEMBERS, file, AGREEMENT, consent_proof=PROOF)
    with tenant_context(business):
        rows = Consent.objects.order_by("channel").values_list("purpose", "channel", "given", "text", "source")
        assert list(rows) == [
            (Purpose.MARKETING, ConsentChannel.EMAIL, True, PROOF, "import"),
            (Purpose.MARKETING, ConsentChannel.SMS, False, PROOF, "import"),
        ]
        [ida] = Member.objects.all()
        assert {one.channel for one in current_consents(ida).values() if one.given} == {ConsentChannel.EMAIL}


def test_consent_again_writes_nothing_more(make_business: Callable[..., Any], tmp_path: Path) -> None:
    business = make_business()
    file = write(tmp_path, AGREED)
    imported(business, MEMBERS, file, AGREEMENT, consent_proof=PROOF)
    imported(business, MEMBERS, file, AGREEMENT, consent_proof=PROOF)
    with tenant_context(business):
        assert Consent.objects.count() == 2


def test_consent_without_proof_is_asked_for(make_business: Callable[..., Any], tmp_path: Path) -> None:
    business = make_business()
    record = uploaded(business, MEMBERS, write(tmp_path, AGREED))
    with pytest.raises(Invalid) as refusal, tenant_context(business):
        choose_columns(record, columns={0: "external_id", 3: "consent_email"}, options=record.options)
    assert (refusal.value.field, refusal.value.code) == ("consent_proof", "no_proof")


def test_a_column_of_consent_is_never_matched_by_itself(make_business: Callable[..., Any], tmp_path: Path) -> None:
    record = uploaded(make_business(), MEMBERS, write(tmp_path, AGREED))
    assert [key for key in record.mapping.values() if key.startswith("consent")] == []


def test_a_word_that_is_neither_yes_nor_no_is_refused(make_business: Callable[..., Any], tmp_path: Path) -> None:
    business = make_business()
    file = write(tmp_path, AGREED.replace(",yes,", ",perhaps,"))
    imported(business, MEMBERS, file, AGREEMENT, consent_proof=PROOF)
    with tenant_context(business):
        assert list(ImportRefusal.objects.values_list("row_number", "column", "reason")) == [
            (2, "News by e-mail", "“perhaps” is neither yes nor no.")
        ]
        assert not Member.objects.exists()


def test_options_that_do_not_exist_are_refused(make_business: Callable[..., Any], tmp_path: Path) -> None:
    business = make_business()
    record: Import = uploaded(business, MEMBERS, write(tmp_path, BEFORE))
    options = Options.read(record.options).stored() | {"existing": "overwrite"}
    with pytest.raises(Invalid) as refusal, tenant_context(business):
        choose_columns(record, columns={0: "external_id"}, options=options)
    assert refusal.value.field == "existing"


RESTING = "Customer number,First name,Takes part\nC-1,Ida,paused\nC-2,Otto,left\nC-3,Ada,active\n"


def test_who_rested_rests_when_the_file_comes_again_to_replace(
    make_business: Callable[..., Any], tmp_path: Path
) -> None:
    business, file = make_business(), write(tmp_path, RESTING)

    def standing() -> dict[str, str]:
        with tenant_context(business):
            return dict(Member.objects.order_by("external_id").values_list("external_id", "status"))

    # At first everybody takes part, so that what they have can come.
    imported(business, MEMBERS, file)
    imported(business, MEMBERS, file)
    assert set(standing().values()) == {"active"}
    done = imported(business, MEMBERS, file, existing="replace")
    assert (done.counts["updated"], standing()) == (2, {"C-1": "paused", "C-2": "left", "C-3": "active"})
    # Nobody is brought back by a file.
    imported(business, MEMBERS, write(tmp_path, RESTING.replace("left", "active")), existing="replace")
    assert standing()["C-2"] == "left"


def test_a_status_there_is_not_is_refused(make_business: Callable[..., Any], tmp_path: Path) -> None:
    done = imported(make_business(), MEMBERS, write(tmp_path, RESTING.replace("paused", "asleep")))
    assert (done.counts["created"], done.counts["refused"]) == (2, 1)
