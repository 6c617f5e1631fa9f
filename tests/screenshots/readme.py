"""The three pictures that README.md shows: the owner's home, the counter and a member's portal."""

import io
from pathlib import Path
from typing import Any

from PIL import Image

from tests.screenshots.people import PORTAL, Signed, regulars
from tests.screenshots.pictures import Look, looking, settle
from tests.screenshots.site import ROOT, Site

FOLDER = ROOT / "docs" / "pictures"
MOST_BYTES = 200_000
MOST_ASKED = 15
WIDE, NARROW = Look(1280, "light"), Look(390, "light")


def take_for_readme(browser: Any, site: Site, people: dict[str, Signed | None]) -> list[Path]:
    """What fits on one screen of each, sharp and small."""
    wanted = (
        ("home", "dashboard", "/", WIDE),
        ("counter", "counter", _somebody_with_points(browser, site, people), NARROW),
        ("portal", "portal", PORTAL, NARROW),
    )
    FOLDER.mkdir(parents=True, exist_ok=True)
    return [
        _save(browser, f"{site.url}{path}", look, people[part], FOLDER / f"{name}.png")
        for name, part, path, look in wanted
    ]


def _somebody_with_points(browser: Any, site: Site, people: dict[str, Signed | None]) -> str:
    """The counter's page of a regular who can have the most rewards."""
    owner = people["dashboard"]
    assert owner is not None
    context = browser.new_context(storage_state=people["counter"])
    paths = [f"/counter{path}" for path in regulars(browser, site, owner)[:MOST_ASKED]]
    found = max(paths, key=lambda path: context.request.get(f"{site.url}{path}").text().count('name="reward"'))
    context.close()
    return found


def _save(browser: Any, url: str, look: Look, signed: Signed | None, path: Path) -> Path:
    for scale in (2.0, 1.5, 1.0):
        with looking(browser, look, signed, scale) as page:
            settle(page, url)
            small = compressed(page.screenshot(animations="disabled"))
        if len(small) <= MOST_BYTES:
            break
    path.write_bytes(small)
    return path


def compressed(png: bytes) -> bytes:
    """With 128 colours, which pages of few colours do not show."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    out = io.BytesIO()
    picture.quantize(128, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()
