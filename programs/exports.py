"""Tables as files to take away, written while the walls of the business stand."""

import tempfile
from collections.abc import Iterable, Sequence
from typing import cast

from django.http import FileResponse, HttpResponse

from loyalty_saas.lib.tables.writing import csv_lines

_IN_MEMORY = 2 * 1024 * 1024
_CSV = "text/csv; charset=utf-8"


def csv_download(name: str, rows: Iterable[Sequence[object]]) -> HttpResponse:
    """The rows as a CSV file named `name`.csv. All are read now, because a response is sent after the page's end.

    What is large waits in a file rather than in memory.
    """
    held = tempfile.TemporaryFile()  # noqa: SIM115 - a response closes it when it has been sent
    held.writelines(csv_lines(rows))
    size = held.tell()
    held.seek(0)
    if size > _IN_MEMORY:
        response = FileResponse(held, as_attachment=True, filename=f"{name}.csv", content_type=_CSV)
        # A view is declared to answer with HttpResponse, of which a streamed one is only a sibling.
        return cast(HttpResponse, response)
    with held:
        return HttpResponse(
            held.read(), content_type=_CSV, headers={"Content-Disposition": f'attachment; filename="{name}.csv"'}
        )
