"""`make bench`: start everything, fill it, measure, stop everything, print one table."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bench import report
from bench.harness import FULL, SMALL, Row, Scale, pace
from bench.site import Site, versions
from loyalty_saas.launcher.console import say, step

ROOT = Path(__file__).resolve().parent.parent
LATEST = Path(__file__).resolve().parent / "results" / "latest.md"
TRIAL = ROOT / "build" / "bench-small.md"
GUESTS = 500
NAMES = ("points", "rules", "search", "pages", "serving", "imports")


def main() -> None:
    given = arguments()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
    scale = scale_of(given)
    load, before = os.getloadavg()[0], pace()
    begun = time.monotonic()
    say(f"Benchmarks at {scale.members:,} members, {scale.calls:,} calls, {scale.import_lines:,} lines to import")
    rows: list[Row] = []
    with Site(given.directory) as site:
        for row in run(site, scale, given.only or NAMES):
            rows.append(row)
            say(f"    {row.name}: {row.median * 1000:,.2f} ms")
        used = versions(site)
    text = report.report(rows, versions=used, took=time.monotonic() - begun, load=load, paces=(before, pace()))
    say(f"\n{text}")
    out: Path = given.out or (TRIAL if given.small or given.only else LATEST)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    say(f"Written to {out}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--small", action="store_true", help="5,000 members, few calls: to try whether it works")
    parser.add_argument("--members", type=int, help="in all businesses; a tenth of them in the one that is measured")
    parser.add_argument("--calls", type=int, help="of each measurement")
    parser.add_argument("--lines", type=int, help="to import")
    parser.add_argument("--only", action="append", choices=NAMES, help="this benchmark; may be repeated")
    parser.add_argument("--directory", type=Path, help="on the disk to be measured (otherwise the system's temporary)")
    parser.add_argument("--out", type=Path, help=f"where to write the table ({LATEST.relative_to(ROOT)})")
    return parser.parse_args()


def scale_of(given: argparse.Namespace) -> Scale:
    scale = SMALL if given.small else FULL
    wishes = {"members": given.members, "calls": given.calls, "import_lines": given.lines}
    return replace(scale, **{name: value for name, value in wishes.items() if value})


def run(site: Site, scale: Scale, names: Sequence[str]) -> Iterator[Row]:
    """The benchmarks of these names, each on the same business. Imported here: Django is set up by the site."""
    from bench.filling import fill_members
    from bench.imports import imports
    from bench.pages import pages, serving
    from bench.points import points
    from bench.rules import rules
    from bench.search import search
    from bench.shop import Shop, open_business, open_shop

    with step(f"{scale.members:,} members"):
        shop = open_shop(site)
        others = [open_business(country="AT", currency="EUR", time_zone="Europe/Vienna") for _number in range(9)]
        fill_members(site, [one.tenant.pk for one in (shop.owner, *others)], scale.shop)
        shop.choose_guests(min(GUESTS, scale.shop // 5))
    known: dict[str, Callable[[Shop, Scale], Iterator[Row]]] = {
        one.__name__: one for one in (points, rules, search, pages, serving, imports)
    }
    for name in names:
        yield from known[name](shop, scale)


if __name__ == "__main__":
    main()
