"""What the portal's templates need: addresses that know where the page came in, the look's version, QR codes."""

import io
from typing import Any

import segno
from django import template
from django.utils.safestring import SafeString, mark_safe

from customers.portal.access import portal_url as url_of
from customers.portal.brand import brand_version
from customers.portal.places import BAR, PortalPlace

register = template.Library()


@register.simple_tag(takes_context=True)
def portal_url(context: template.Context, name: str, **kwargs: Any) -> str:
    """The address of a portal page, below the business's name or at its own domain."""
    return url_of(context["request"], name, **kwargs)


@register.simple_tag(takes_context=True)
def portal_icon_url(context: template.Context, side: str) -> str:
    request = context["request"]
    return url_of(request, "icon", version=brand_version(request.tenant), side=side, purpose="any")


@register.simple_tag(takes_context=True)
def look_url(context: template.Context, name: str) -> str:
    """The address of something of the brand, with the version of its look in it."""
    request = context["request"]
    if name == "brand_css" and hasattr(request, "brand_css"):  # of a colour that is looked at and not saved
        return str(request.brand_css)
    return url_of(request, name, version=brand_version(request.tenant))


@register.simple_tag
def portal_bar() -> list[PortalPlace]:
    return list(BAR)


@register.simple_tag
def qr(content: str, label: str = "") -> SafeString:
    """A QR code as an SVG that fills its box: dark on transparent, to stand on white. Error correction M."""
    out = io.BytesIO()
    segno.make_qr(content, error="m").save(
        out, kind="svg", xmldecl=False, svgns=True, svgclass="qr", lineclass=None, omitsize=True, border=2, title=label
    )
    return mark_safe(out.getvalue().decode())  # noqa: S308 - drawn by segno, which escapes the title
