"""`make screenshots`: every page of dashboard, counter and portal, wide and narrow, light and dark.

The pictures lie in build/screenshots/<page>-<width>-<scheme>.png. What does not fit, what the console says and what the
content security policy refused is printed as a table, and makes the exit code 1.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import django

from loyalty_saas.launcher.console import say
from tests.screenshots.site import ROOT, Site, site

FOLDER = ROOT / "build" / "screenshots"
WIDTHS, SCHEMES = (1280, 390), ("light", "dark")


def main() -> int:
    given = arguments()
    with tempfile.TemporaryDirectory() as nothing, site(given.base_url, given.data_dir) as shown:
        set_up_django(nothing)
        return picture_all(shown, given)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("--base-url", default=os.environ.get("BASE_URL", ""), help="of a site that runs (BASE_URL)")
    parser.add_argument("--data-dir", type=Path, help="start a site on this directory, and keep it")
    parser.add_argument("--only", action="append", metavar="TEXT", help="pages whose picture's name has this in it")
    parser.add_argument("--width", type=int, action="append", help="instead of 1280 and 390; may be repeated")
    parser.add_argument("--scheme", choices=SCHEMES, action="append")
    parser.add_argument("--readme", action="store_true", help="write the pictures of README.md instead")
    return parser.parse_args()


def set_up_django(data_dir: str) -> None:
    """Addresses are made from the routes; nothing is asked of a database here."""
    os.environ.update(DJANGO_SETTINGS_MODULE="loyalty_saas.settings", DATA_DIR=data_dir, SECRET_KEY="x" * 50)
    django.setup()


def picture_all(shown: Site, given: argparse.Namespace) -> int:
    from tests.browser.site import browsing
    from tests.screenshots.pages import Walker
    from tests.screenshots.people import signed_in
    from tests.screenshots.readme import take_for_readme

    with browsing() as browser:
        people = signed_in(browser, shown)
        if given.readme:
            for path in take_for_readme(browser, shown, people):
                say(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")
            return 0
        walker = Walker(browser, shown, people)
        pages = [page for page in walker.pages() if any(text in page.file for text in given.only or [""])]
        complaints = pictures(browser, shown, people, pages, given)
    return tell(walker, complaints)


def pictures(
    browser: Any, shown: Site, people: dict[str, Any], pages: list[Any], given: argparse.Namespace
) -> list[Any]:
    """Part by part, so that a device at the counter is not left alone long enough to lock itself."""
    from tests.screenshots.pictures import Look, looking, take

    FOLDER.mkdir(parents=True, exist_ok=True)
    looks = [Look(width, scheme) for width in given.width or WIDTHS for scheme in given.scheme or SCHEMES]
    say(f"{len(pages)} pages, {len(pages) * len(looks)} pictures, in {FOLDER}")
    complaints = []
    for part in dict.fromkeys(page.part for page in pages):
        for look in looks:
            with looking(browser, look, people[part]) as tab:
                complaints += [take(tab, shown, page, look, FOLDER) for page in pages if page.part == part]
    return [one for one in complaints if one.told]


def tell(walker: Any, complaints: list[Any]) -> int:
    """Print what is wrong. 1 when anything is."""
    if walker.missing:
        say(f"Not pictured, because nothing led there: {', '.join(walker.missing)}")
    for one in walker.broken:
        say(f"BROKEN: {one}")
    if complaints:
        say("\n| page | width | scheme | what |\n| --- | --- | --- | --- |")
    for one in complaints:
        for told in dict.fromkeys(one.told):
            say(f"| {one.shown.path} | {one.look.width} | {one.look.scheme} | {told} |")
    wrong = len(complaints) + len(walker.broken)
    say(f"\n{wrong or 'No'} page{'s' if wrong != 1 else ''} with something wrong.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
