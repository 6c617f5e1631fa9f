"""How a portal looks, and what makes it installable."""

import io
import json
import re

import pytest
from django.urls import get_resolver
from PIL import Image

from customers.portal.brand import brand_version, stylesheet
from loyalty_saas.lib.colours import contrast
from tenants.domain.businesses import RESERVED_SLUGS
from tests.cast import sign_in
from tests.customers.portal.visitor import Visitor
from tests.programs.portal.guests import with_logo

COLOURS = ["#f5b301", "#111111", "#000000", "#ffffff", "#a4432f", "#7f7f7f", "#00ffff", "#0b3d91", "#ffff00", "#ff0000"]
LIGHT, DARK = "#faf7f1", "#201c18"


def roles(colour):
    """The values for light and for dark."""
    light, *_device, dark = stylesheet(colour).strip().split("\n")
    found = [dict(re.findall(r"--brand(?:-(\w+))?: (#\w{6})", part)) for part in (light, dark)]
    return found[0], found[0] | found[1]


@pytest.mark.parametrize("colour", COLOURS)
def test_any_colour_can_be_read_in_light_and_dark(colour):
    for found, surface in zip(roles(colour), (LIGHT, DARK), strict=True):
        assert contrast(found["ink"], found[""]) >= 4.5
        assert contrast(found["ink"], found["drawn"]) >= 4.5
        assert contrast(found["text"], surface) >= 4.5
        assert contrast(found["text"], found["soft"]) >= 4.5
        assert contrast(found["shape"], surface) >= 3


@pytest.mark.parametrize(("colour", "side"), [("#ffffff", 0), ("#000000", 1)])
def test_a_colour_that_melts_into_the_page_is_outlined(colour, side):
    assert contrast(roles(colour)[side]["edge"], colour) > 1.4


def test_the_stylesheet_is_kept_for_a_year_at_the_address_of_the_look(business):
    version = brand_version(business)
    answer = Visitor(business).get(f"brand-{version}.css")
    old = Visitor(business).get("brand-000000000000.css")

    assert f"--brand: {business.brand_color};" in answer.content.decode()
    assert answer["Content-Type"] == "text/css"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert old["Cache-Control"] == "public, max-age=300"


def test_the_version_follows_the_look(make_business):
    one, other = make_business(name="A", brand_color="#112233"), make_business(name="A", brand_color="#112234")
    assert brand_version(one) != brand_version(other)


def test_the_manifest_is_the_businesss(business):
    manifest = json.loads(Visitor(business).get("manifest.webmanifest").content)
    home = f"/{business.slug}/"
    assert (manifest["name"], manifest["start_url"], manifest["scope"]) == (business.name, home, home)
    assert manifest["theme_color"] == business.brand_color
    assert {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]} == {
        (size, purpose) for size in ("192x192", "512x512") for purpose in ("any", "maskable")
    }


@pytest.mark.parametrize("logo", [False, True])
def test_icons_are_squares_of_the_logo_or_the_initials(business, logo):
    if logo:
        with_logo(business)
    visitor = Visitor(business)
    for icon in json.loads(visitor.get("manifest.webmanifest").content)["icons"]:
        answer = visitor.browser.get(icon["src"])
        picture = Image.open(io.BytesIO(answer.content))
        assert (answer["Content-Type"], picture.format) == ("image/png", "PNG")
        assert f"{picture.width}x{picture.height}" == icon["sizes"]


def test_the_logo_is_served_with_the_look_and_is_not_there_without(business):
    visitor = Visitor(business)
    assert visitor.get(f"logo-{brand_version(business)}.webp").status_code == 404
    with_logo(business)
    answer = visitor.get(f"logo-{brand_version(business)}.webp")
    assert Image.open(io.BytesIO(answer.content)).format == "WEBP"
    assert f"/{business.slug}/logo-{brand_version(business)}.webp" in visitor.get().content.decode()


def test_an_icon_of_another_size_is_not_made(business):
    assert Visitor(business).get(f"icon-{brand_version(business)}/4096-any.png").status_code == 404


def test_the_service_worker_may_work_for_this_portal_only(business):
    answer = Visitor(business).get("sw.js")
    assert answer["Content-Type"] == "text/javascript"
    assert not answer.has_header("Service-Worker-Allowed")
    assert f'"/{business.slug}/offline/"' in answer.content.decode()


def test_the_welcome_names_the_business_and_hardly_us(business):
    page = Visitor(business).get().content.decode()
    assert f"<title>{business.name}</title>" in page
    assert page.count("Regulars") == 1


def test_first_segments_of_our_own_addresses_are_no_business():
    """Whoever adds an address at the root must keep its first word from being a business's."""
    taken = {word for word in first_words(get_resolver("loyalty_saas.urls").url_patterns) if word}
    assert {"account", "invitations"} <= taken
    assert taken - {name for name in taken if name in RESERVED_SLUGS or not SLUG.fullmatch(name)} == set()
    assert {"design", "static", "media", "api", "counter"} <= RESERVED_SLUGS


SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")


def first_words(patterns, before=""):
    for pattern in patterns:
        route = before + str(pattern.pattern)
        word, slash, _rest = route.lstrip("^").partition("/")
        if slash or not hasattr(pattern, "url_patterns"):
            # A word with a place for a value in it is a portal's own slug, or not one word.
            if "<" not in word:
                yield word.rstrip("$\\Z")
        else:
            yield from first_words(pattern.url_patterns, route)


def test_the_frame_of_the_dashboard_shows_the_logo_where_it_can_be_fetched(cast):
    with_logo(cast.business)
    page = sign_in(cast.owner).get("/").text
    address = re.search(rf'src="(/{cast.business.slug}/logo-[^"]+)"', page)
    assert address
    assert Visitor(cast.business).browser.get(address[1])["Content-Type"] == "image/webp"
