"""Taking a picture, and what the browser has to say about the page."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.screenshots.pages import Shown
from tests.screenshots.site import Site

HEIGHTS = {1280: 800, 390: 844}
MOST_HEIGHT = 5_000
_LISTEN = """
window.__violations = [];
document.addEventListener('securitypolicyviolation', event =>
  window.__violations.push(`${event.effectiveDirective} refused ${event.blockedURI}`));
"""
_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# The outermost things that reach beyond the right edge and are not inside something that scrolls by itself.
_CULPRITS = """() => {
  const edge = document.documentElement.clientWidth;
  const scrolls = one => one && (getComputedStyle(one).overflowX !== 'visible' || scrolls(one.parentElement));
  const out = [...document.body.querySelectorAll('*')]
    .filter(one => one.getBoundingClientRect().right > edge + 0.5 && !scrolls(one.parentElement));
  return out.filter(one => !out.includes(one.parentElement)).slice(0, 3)
    .map(one => one.tagName.toLowerCase() + (one.className && one.className.baseVal === undefined
      ? '.' + [...one.classList].join('.') : ''));
}"""


@dataclass(frozen=True)
class Look:
    width: int
    scheme: str


@dataclass
class Complaints:
    """What is wrong with one page at one width in one colour scheme."""

    shown: Shown
    look: Look
    told: list[str] = field(default_factory=list)


@contextmanager
def looking(browser: Any, look: Look, signed: Any, scale: float = 1) -> Iterator[Any]:
    """A page of a browser of this width and scheme, a phone's when it is narrow."""
    is_phone = look.width < 600
    context = browser.new_context(
        viewport={"width": look.width, "height": HEIGHTS.get(look.width, 900)},
        color_scheme=look.scheme,
        is_mobile=is_phone,
        has_touch=is_phone,
        reduced_motion="reduce",
        device_scale_factor=scale,
        storage_state=signed,
        service_workers="block",  # one would answer with what it has kept of another picture
    )
    context.add_init_script(_LISTEN)
    page = context.new_page()
    yield page
    context.close()


def take(page: Any, site: Site, shown: Shown, look: Look, folder: Path) -> Complaints:
    """Save the picture of the whole page; tell what does not fit and what the console says."""
    complaints = Complaints(shown, look)

    def note(said: Any) -> None:
        if said.type == "error" and not (shown.name == "nothing-here" and "404" in said.text):
            complaints.told.append(f"console: {said.text[:160]}")

    def fail(error: Any) -> None:
        complaints.told.append(f"script: {str(error)[:160]}")

    page.on("console", note)
    page.on("pageerror", fail)
    try:
        settle(page, f"{site.url}{shown.path}")
        if overflow := page.evaluate(_OVERFLOW):
            complaints.told.append(f"{overflow} px too wide: {', '.join(page.evaluate(_CULPRITS))}")
        complaints.told += [f"CSP: {one}" for one in dict.fromkeys(page.evaluate("window.__violations"))]
        _whole(page, look, folder / f"{shown.file}-{look.width}-{look.scheme}.png")
    except Exception as error:
        complaints.told.append(f"no picture: {str(error).splitlines()[0][:160]}")
    page.remove_listener("console", note)
    page.remove_listener("pageerror", fail)
    return complaints


def _whole(page: Any, look: Look, path: Path) -> None:
    """The page in a window as high as it is, so that bars that stick to the window's edges stand where they belong."""
    usual = HEIGHTS.get(look.width, 900)
    height = min(MOST_HEIGHT, page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": look.width, "height": max(usual, height)})
    page.screenshot(path=path, animations="disabled")
    page.set_viewport_size({"width": look.width, "height": usual})


def settle(page: Any, url: str) -> None:
    """Open the page and wait until what it loads by itself is there; a page that keeps asking is not waited for."""
    from playwright.sync_api import TimeoutError as TooLate

    page.goto(url, wait_until="load", timeout=60_000)
    with suppress(TooLate):
        page.wait_for_load_state("networkidle", timeout=4_000)
    page.evaluate("document.fonts.ready")
