import gzip
import json
import time
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.tables import Limits, Table, open_table
from tests.loyalty_saas.lib.shared import shared_file, shared_rows


def table(path: Path, content: bytes | str, name: str = "table.csv", **options: object) -> Table:
    file = path / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_table(file, **options)  # type: ignore[arg-type]


def records(read: Table) -> list[dict[str, str]]:
    return [record for _number, record in read.records()]


def test_csv_spectrum_is_read_as_published() -> None:
    folder = shared_file("csv_import/csv-spectrum")
    names = sorted(path.stem for path in (folder / "csvs").glob("*.csv"))
    for name in names:
        expected = json.loads((folder / "json" / f"{name}.json").read_text(encoding="utf-8"))
        read = records(open_table(folder / "csvs" / f"{name}.csv"))
        if b"\r" not in (folder / "csvs" / f"{name}.csv").read_bytes() and name.endswith("_crlf"):
            # This copy lost its carriage returns; the next test puts them back.
            read = json.loads(json.dumps(read).replace("\\n", "\\r\\n"))
        assert read == expected, name
    assert len(names) == 11


def test_csv_spectrum_with_carriage_returns(tmp_path: Path) -> None:
    folder = shared_file("csv_import/csv-spectrum")
    for name in ("newlines_crlf", "simple_crlf", "empty_crlf"):
        content = (folder / "csvs" / f"{name}.csv").read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        expected = json.loads((folder / "json" / f"{name}.json").read_text(encoding="utf-8"))
        assert records(table(tmp_path, content)) == expected


def test_the_retail_file_is_read_whole_from_its_archive() -> None:
    read = open_table(shared_file("shop/online_retail_2010-12.csv.gz"))
    assert read.columns[:3] == ("InvoiceNo", "StockCode", "Description")
    assert sum(1 for _row in read.rows()) == 42481
    assert sum(1 for _number, cells in read.rows() if not cells[6]) == 15631
    assert sum(1 for _number, cells in read.rows() if cells[0].startswith("C")) == 728


def test_half_a_million_lines_are_read_in_seconds(tmp_path: Path) -> None:
    with gzip.open(shared_file("shop/online_retail_2010-12.csv.gz")) as file:
        head, body = file.read().split(b"\n", 1)
    read = table(tmp_path, head + b"\n" + (body.rstrip(b"\n") + b"\n") * 12)
    start = time.process_time()
    count = sum(1 for _row in read.rows())
    assert count == 12 * 42481
    assert time.process_time() - start < count / 200_000


@pytest.mark.parametrize(
    ("encoding", "locale"),
    [
        ("utf-8", "de_DE"), ("utf-8-sig", "fr_FR"), ("utf-16", "ja_JP"), ("utf-16-le", "de_DE"), ("utf-32", "it_IT"),
        ("cp1252", "de_DE"), ("cp1252", "fr_FR"), ("cp1252", "es_ES"), ("cp1252", "pt_BR"), ("latin-1", "es_ES"),
        ("mac_roman", "de_DE"), ("cp850", "fr_FR"), ("cp1254", "tr_TR"), ("shift_jis", "ja_JP"), ("euc_jp", "ja_JP"),
    ],
)  # fmt: skip
def test_names_of_real_people_in_many_encodings(tmp_path: Path, encoding: str, locale: str) -> None:
    rows = [row for row in shared_rows("identity/people_faker_10locales.csv") if row["locale"] == locale]
    lines = [["name", "city", "email"], *([row["last_name"], row["city"], row["email"]] for row in rows)]
    text = "\r\n".join(";".join(line) for line in lines)
    read = table(tmp_path, text.encode(encoding))
    assert [cells for _number, cells in read.rows()] == lines[1:]


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("cp1250", "Łukasz Żółć\nŚwiętosława Gałązka\nKrzysztof Wąż"),
        ("iso8859_2", "Łukasz Żółć\nŚwiętosława Gałązka\nKrzysztof Wąż"),
        ("iso8859_2", "Jiří Dvořák\nKateřina Šťastná\nŽaneta Hůlková"),
        ("cp1250", "Jiří Dvořák\nKateřina Šťastná\nŽaneta Hůlková"),
        ("cp1251", "Иван Петров\nМария Сидорова\nОльга Кузнецова"),
        ("koi8_r", "Иван Петров\nМария Сидорова\nОльга Кузнецова"),
        ("gb18030", "王小明\n李娜\n张伟"),
        ("euc_kr", "김철수\n이영희\n박지훈"),
        ("cp1253", "Γιώργος Παπαδόπουλος\nΜαρία Κωνσταντίνου"),
    ],
)
def test_names_in_the_encodings_of_other_scripts(tmp_path: Path, encoding: str, names: str) -> None:
    text = "name,points\n" + "\n".join(f"{name},5" for name in names.split("\n"))
    assert [record["name"] for record in records(table(tmp_path, text.encode(encoding)))] == names.split("\n")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~", ":"])
def test_any_delimiter_with_any_quoting(tmp_path: Path, delimiter: str) -> None:
    text = f'name{delimiter}note\nAnna{delimiter}"one{delimiter} ""two""\nthree"\n"Bo"{delimiter}x\n'
    read = table(tmp_path, text)
    assert read.delimiter == delimiter
    assert list(read.rows()) == [(2, ["Anna", f'one{delimiter} "two"\nthree']), (3, ["Bo", "x"])]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("sep=;\r\na;b\r\n1,5;2\r\n", [["1,5", "2"]]),
        ("a,b\n'x, y','z'\n'p','q'\n'r','s'\n", [["x, y", "z"], ["p", "q"], ["r", "s"]]),
        ('a,b\n"say \\"hi\\"",2\n', [['say "hi"', "2"]]),
        ('a, b\n1, "x, y"\n', [["1", "x, y"]]),
        ("a;b\r1;2\r3;4\r", [["1", "2"], ["3", "4"]]),
        ("a;b\n1,50;2,75\n1,20;3,10\n", [["1,50", "2,75"], ["1,20", "3,10"]]),
        ("a\nx\ny\n", [["x"], ["y"]]),
    ],
)
def test_other_punctuation(tmp_path: Path, text: str, rows: list[list[str]]) -> None:
    assert [cells for _number, cells in table(tmp_path, text).rows()] == rows


def test_rows_keep_the_number_that_a_spreadsheet_shows(tmp_path: Path) -> None:
    read = table(tmp_path, 'Customers of 2026,,\n\nname,city,note\nAnna,Rome,"a\nb"\n,,\n\nBo,Oslo,\nCy,Bonn,x,y\nDi\n')
    assert read.header_row == 3
    assert list(read.rows()) == [
        (4, ["Anna", "Rome", "a\nb"]),
        (7, ["Bo", "Oslo", ""]),
        (8, ["Cy", "Bonn", "x", "y"]),
        (9, ["Di", "", ""]),
    ]


def test_blank_and_repeated_names_of_columns(tmp_path: Path) -> None:
    read = table(tmp_path, "name,,Name,name, e-mail  address\nAnna,1,2,3,a@example.com\n")
    assert read.columns == ("name", "Column B", "Name", "name (2)", "e-mail address")
    assert read.column("name (2)") == ["3"]


def test_a_table_without_names_begins_at_once(tmp_path: Path) -> None:
    read = table(tmp_path, "Anna,a@example.com,3\nBo,b@example.com,4\n")
    assert (read.header_row, read.columns) == (None, ("Column A", "Column B", "Column C"))
    assert [number for number, _cells in read.rows()] == [1, 2]
    assert table(tmp_path, "Anna,Rome\nBo,Oslo\n", header=False).header_row is None
    assert table(tmp_path, "1,2\n3,4\n", header=True).columns == ("1", "2")


def workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    first = book.active
    first.title = "Notes"
    sheet = book.create_sheet("Customers")
    sheet["A2"], sheet["B2"], sheet["C2"] = "name", "joined", "spent"
    sheet["A4"], sheet["B4"], sheet["C4"] = "Zoë", datetime(2026, 1, 2, 3, 4), 12.5  # noqa: DTZ001
    sheet["A5"], sheet["B5"], sheet["C5"] = "Bo", date(2026, 1, 3), 7
    sheet["A6"], sheet["B6"], sheet["C6"] = "Cy", "soon", True
    book.save(path / "book.xlsx")
    return path / "book.xlsx"


def test_a_workbook_is_read_as_what_a_person_would_type(tmp_path: Path) -> None:
    read = open_table(workbook(tmp_path))
    assert (read.sheets, read.sheet, read.header_row) == (("Notes", "Customers"), "Customers", 2)
    assert list(read.rows()) == [
        (4, ["Zoë", "2026-01-02 03:04:00", "12.5"]),
        (5, ["Bo", "2026-01-03", "7"]),
        (6, ["Cy", "soon", "TRUE"]),
    ]
    with pytest.raises(Invalid, match="no sheet"):
        open_table(workbook(tmp_path), sheet="Orders")


def bomb(path: Path) -> Path:
    with zipfile.ZipFile(workbook(path)) as good, zipfile.ZipFile(path / "bomb.xlsx", "w", 8) as bad:
        for part in good.infolist():
            bad.writestr(part.filename, good.read(part))
        bad.writestr("xl/media/zeros.bin", b"\0" * 30_000_000)
    return path / "bomb.xlsx"


def far_corner(path: Path) -> Path:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["CA900000"] = "a", "b"
    book.save(path / "far.xlsx")
    return path / "far.xlsx"


def wide(path: Path) -> Path:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1"] = "a", "b"
    book.save(path / "wide.xlsx")
    return path / "wide.xlsx"


@pytest.mark.parametrize(
    ("make", "code"), [(bomb, "file_too_large"), (far_corner, "file_too_large"), (wide, "too_many_columns")]
)
def test_workbooks_that_would_burst_are_refused(tmp_path: Path, make: object, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        open_table(make(tmp_path))  # type: ignore[operator]
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("content", "limits", "code"),
    [
        (b"", Limits(), "empty_file"),
        (b"\n \n,,\n", Limits(), "empty_file"),
        (b"a,b\n1,2\n", Limits(file_bytes=5), "file_too_large"),
        (gzip.compress(b"a,b\n" + b"1,2\n" * 1000), Limits(unpacked_bytes=2000), "file_too_large"),
        (gzip.compress(b"a,b\n" + b"1,2\n" * 1000)[:-9], Limits(), "unreadable_file"),
        (b"a,b,c\n1,2,3\n", Limits(columns=2), "too_many_columns"),
        (b"PK\x03\x04 no archive", Limits(), "unreadable_file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 4, Limits(), "unreadable_file"),
    ],
    ids=["nothing", "blanks", "too long", "bursts", "cut off", "too wide", "no archive", "a picture"],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, content: bytes, limits: Limits, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        table(tmp_path, content, limits=limits)
    assert (refusal.value.code, refusal.value.field) == (code, "file")


def test_too_many_rows_and_a_missing_quote_are_refused_where_they_stand(tmp_path: Path) -> None:
    read = table(tmp_path, "a,b\n1,2\n3,4\n5,6\n", limits=Limits(rows=3))
    with pytest.raises(Invalid, match="more than 3 rows"):
        list(read.rows())
    with pytest.raises(Invalid, match="Row 3 has a cell that never ends"):
        table(tmp_path, 'a,b\n1,2\n3,"' + "x,y\n" * 60_000)
