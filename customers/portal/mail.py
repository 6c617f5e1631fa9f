"""Mail from a business to its member: plain and HTML, in the business's name and colour."""

import re
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from customers.domain.portal_access import CODE_LENGTH
from customers.enums import CodePurpose
from customers.portal.brand import ink_on
from loyalty_saas.lib.names import initials
from tenants.models import Domain, Tenant

HALF = CODE_LENGTH // 2


def show_code(code: str) -> str:
    """In two halves, as people read it aloud: "K7MT-4QXR"."""
    return f"{code[:HALF]}-{code[HALF:]}"


def code_message(tenant: Tenant, *, to: str, code: str, purpose: str, minutes: int) -> EmailMultiAlternatives:
    """The mail with a code; the same words for those who are members and those who are not."""
    shown = show_code(code)
    return message_to(
        tenant,
        to=to,
        subject=_("%(code)s is your code for %(business)s") % {"code": shown, "business": tenant.name},
        template="portal/mail/code",
        context={
            "code": shown,
            "minutes": minutes,
            "changes_email": purpose == CodePurpose.EMAIL,
        },
    )


def email_changed_message(tenant: Tenant, *, to: str) -> EmailMultiAlternatives:
    """To the former address: whoever did not do it learns of it."""
    subject = _("Your e-mail at %(business)s was changed") % {"business": tenant.name}
    return message_to(tenant, to=to, subject=subject, template="portal/mail/email_changed", context={})


def portal_address(tenant: Tenant) -> str:
    """Where the portal stands for somebody who reads a mail: the business's own domain, or ours with its name."""
    domain = Domain.objects.filter(verified_at__isnull=False).order_by("-is_primary", "verified_at").first()
    return f"https://{domain.host}/" if domain else f"{settings.SITE_URL}/{tenant.slug}/"


def message_to(
    tenant: Tenant, *, to: str, subject: str, template: str, context: dict[str, object]
) -> EmailMultiAlternatives:
    """A mail in the business's name and colour, of the templates `<template>.txt` and `<template>.html`."""
    context = {
        "business": tenant,
        "initials": initials(tenant.name),
        "ink": ink_on(tenant.brand_color),
        "portal": portal_address(tenant),
        "subject": subject,
        **context,
    }
    # A name that breaks a header's line, or its quotes, stays within them.
    name = " ".join(re.sub(r"[\x00-\x1f\x7f\"\\<>]", " ", tenant.name).split())
    message = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=render_to_string(f"{template}.txt", context),
        from_email=f'"{name}" <{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}>',
        to=[to],
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    )
    message.attach_alternative(render_to_string(f"{template}.html", context), "text/html")
    return message
