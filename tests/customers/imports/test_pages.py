"""The pages of an import, from the upload to the report."""

import io
from typing import Any

from django.urls import reverse

from customers.enums import ImportStatus
from customers.imports.overdue import work_on
from customers.models import Import, Purchase
from tenants.isolation import tenant_context
from tests.cast import Cast, sign_in

SALES = """Receipt,Date,Item,Qty,Price,Email
1001,24.12.2025,Cake,2,"4,50",anna@example.com
1001,24.12.2025,Coffee,1,"3,20",anna@example.com
1002,25.12.2025,Coffee,1,"3,20",
1003,26.12.2025,Coffee,one,"3,20",bert@example.com
"""


def upload(client: Any, text: str, kind: str = "purchases", name: str = "sales.csv") -> Any:
    file = io.BytesIO(text.encode())
    file.name = name
    return client.post(reverse("customers:imports"), {"kind": kind, "file": file})


def sent(record: Import, **changes: str) -> dict[str, str]:
    data = {f"column_{position}": key for position, key in record.mapping.items()}
    options = {name: record.options[name] for name in ("date_order", "decimal_mark", "grouping", "duplicates")}
    return {
        **data,
        **options,
        "points": "none",
        "silent": "on",
        "create_members": "on",
        "create_products": "on",
        **changes,
    }


def the_import(cast: Cast) -> Import:
    with tenant_context(cast.business):
        return Import.objects.get()


def test_a_file_of_which_nothing_can_be_taken_says_how_to_go_on(cast: Cast) -> None:
    client = sign_in(cast.owner)
    upload(client, SALES.replace(",2,", ",two,").replace(",1,", ",one,"))
    record = the_import(cast)
    client.post(reverse("customers:import_columns", args=[record.pk]), sent(record, decimal_mark="."))
    work_on(cast.business.pk, record.pk)
    preview = client.get(reverse("customers:import", args=[record.pk])).content.decode()
    assert "No row can be taken as it stands here." in preview
    assert reverse("customers:import_beginning", args=[record.pk]) not in preview
    assert "Nobody is written to." not in preview


def test_a_file_goes_from_upload_to_report(cast: Cast) -> None:
    client = sign_in(cast.owner)
    answer = upload(client, SALES)
    record = the_import(cast)
    page = reverse("customers:import", args=[record.pk])
    assert (answer.status_code, answer["Location"]) == (302, page)
    assert "Guessed" not in client.get(page).content.decode()
    answer = client.post(reverse("customers:import_columns", args=[record.pk]), sent(record))
    assert answer.status_code == 302
    assert 'hx-get="' in client.get(page).content.decode()
    work_on(cast.business.pk, record.pk)
    preview = client.get(page).content.decode()
    assert "Import 2 receipts" in preview
    assert "“one” is not a number." in preview
    assert client.post(reverse("customers:import_beginning", args=[record.pk])).status_code == 302
    work_on(cast.business.pk, record.pk)
    assert the_import(cast).status == ImportStatus.DONE
    done = client.get(page).content.decode()
    assert "Why rows were not taken" in done
    with tenant_context(cast.business):
        assert sorted(Purchase.objects.values_list("receipt_number", "total")) == [("1001", 1220), ("1002", 320)]
    report = b"".join(client.get(reverse("customers:import_refused_rows", args=[record.pk])).streaming_content).decode(
        "utf-8-sig"
    )
    assert report.splitlines() == [
        "Receipt,Date,Item,Qty,Price,Email,Row in the file,Column with the problem,Why it was not taken",
        '1003,26.12.2025,Coffee,one,"3,20",bert@example.com,5,Qty,“one” is not a number.',
    ]


def test_the_corrected_report_can_be_imported_again(cast: Cast) -> None:
    client = sign_in(cast.owner)
    upload(client, SALES)
    first = the_import(cast)
    client.post(reverse("customers:import_columns", args=[first.pk]), sent(first))
    work_on(cast.business.pk, first.pk)
    client.post(reverse("customers:import_beginning", args=[first.pk]))
    work_on(cast.business.pk, first.pk)
    answer = client.get(reverse("customers:import_refused_rows", args=[first.pk]))
    corrected = b"".join(answer.streaming_content).decode("utf-8-sig").replace(",one,", ",1,")
    upload(client, corrected)
    with tenant_context(cast.business):
        second = Import.objects.exclude(pk=first.pk).get()
    assert sorted(second.mapping.values()) == sorted(first.mapping.values())
    client.post(reverse("customers:import_columns", args=[second.pk]), sent(second))
    work_on(cast.business.pk, second.pk)
    client.post(reverse("customers:import_beginning", args=[second.pk]))
    work_on(cast.business.pk, second.pk)
    with tenant_context(cast.business):
        assert sorted(Purchase.objects.values_list("receipt_number", flat=True)) == ["1001", "1002", "1003"]


def test_an_ambiguous_date_is_asked_for(cast: Cast) -> None:
    client = sign_in(cast.owner)
    upload(client, "Receipt,Date,Amount\n1,03/04/2025,5.00\n2,05/06/2025,6.00\n")
    record = the_import(cast)
    page = client.get(reverse("customers:import", args=[record.pk])).content.decode()
    assert "can be read in two ways" in page
    answer = client.post(reverse("customers:import_columns", args=[record.pk]), sent(record))
    assert answer.status_code == 422
    assert "Choose how the dates are written" in answer.content.decode()
    answer = client.post(reverse("customers:import_columns", args=[record.pk]), sent(record, date_order="mdy"))
    assert answer.status_code == 302


def test_a_file_without_a_use_is_refused_with_its_reason(cast: Cast) -> None:
    client = sign_in(cast.owner)
    answer = upload(client, "")
    assert answer.status_code == 422
    assert "This file is empty." in answer.content.decode()


def test_staff_and_strangers_see_no_import(cast: Cast) -> None:
    upload(sign_in(cast.owner), SALES)
    record = the_import(cast)
    page = reverse("customers:import", args=[record.pk])
    assert sign_in(cast.staff).get(page).status_code == 403
    assert sign_in(cast.analyst).get(page).status_code == 403
    assert sign_in(cast.stranger).get(page).status_code == 404
    assert sign_in(cast.stranger).get(reverse("customers:import_refused_rows", args=[record.pk])).status_code == 404
    assert sign_in(cast.stranger).post(reverse("customers:import_removal", args=[record.pk])).status_code == 404


def test_a_file_that_was_not_imported_is_removed_with_its_rows(cast: Cast) -> None:
    client = sign_in(cast.owner)
    upload(client, SALES)
    record = the_import(cast)
    stored, name = record.file.storage, record.file.name
    assert stored.exists(name)
    client.post(reverse("customers:import_removal", args=[record.pk]))
    assert not stored.exists(name)
    with tenant_context(cast.business):
        assert not Import.objects.exists()


def test_the_row_that_is_the_cause_is_shown_before_those_it_takes_with_it(cast: Cast) -> None:
    client = sign_in(cast.owner)
    rows = "".join(f'7,24.12.2025,Cake {number},1,"4,50",\n' for number in range(20))
    upload(client, f'Receipt,Date,Item,Qty,Price,Email\n{rows}7,24.12.2025,Torte,many,"4,50",\n')
    record = the_import(cast)
    page = reverse("customers:import", args=[record.pk])
    client.post(reverse("customers:import_columns", args=[record.pk]), sent(record))
    work_on(cast.business.pk, record.pk)
    for step in (ImportStatus.PREVIEW, ImportStatus.DONE):
        assert the_import(cast).status == step
        shown = client.get(page).content.decode()
        assert shown.index("<strong>many</strong>") < shown.rindex("It belongs to a receipt of which row 22")
        client.post(reverse("customers:import_beginning", args=[record.pk]))
        work_on(cast.business.pk, record.pk)


UNREAD = """Receipt,Date,Item,Qty,Price,Customer number,Email,Phone
1,2025-12-24,Cake,1,4.50,A-1,bad@@x,
2,2025-12-25,Cake,1,4.50,A-1,bad@@x,
3,2025-12-26,Cake,1,4.50,,anna@example.com,12
4,2025-12-27,Cake,1,4.50,,worse@,
"""


def test_contacts_that_cannot_be_read_are_named_in_the_check_and_in_the_report(cast: Cast) -> None:
    client = sign_in(cast.owner)
    upload(client, UNREAD)
    record = the_import(cast)
    page = reverse("customers:import", args=[record.pk])
    client.post(reverse("customers:import_columns", args=[record.pk]), sent(record))
    work_on(cast.business.pk, record.pk)
    said = "2 e-mail addresses and phone numbers in the file cannot be read."
    preview = client.get(page).content.decode()
    assert (preview.count(said), preview.count("<strong>bad@@x</strong>"), preview.count("<strong>12</strong>")) == (
        1,
        1,
        1,
    )
    client.post(reverse("customers:import_beginning", args=[record.pk]))
    work_on(cast.business.pk, record.pk)
    report = client.get(page).content.decode()
    assert (report.count(said), report.count("<strong>bad@@x</strong>")) == (1, 1)
    with tenant_context(cast.business):
        done = Import.objects.get()
        assert (done.counts["unread_contacts"], done.counts["refused"]) == (2, 1)
        found = Purchase.objects.order_by("receipt_number").values_list("receipt_number", "member__external_id")
        assert list(found) == [("1", "A-1"), ("2", "A-1"), ("3", "")]
