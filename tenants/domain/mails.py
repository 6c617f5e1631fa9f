"""Letters to people who work in a business."""

from functools import partial

from babel.dates import format_date
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from tenants.enums import Role
from tenants.isolation import current_tenant
from tenants.models import Domain, Invitation, Membership


def send_invitation(invitation: Invitation, token: str) -> None:
    """Send the letter once the invitation is committed. The token stands in the letter and nowhere else."""
    tenant = current_tenant()
    context = {
        "business": tenant.name,
        "inviter": invitation.invited_by.name,
        "role": invitation.get_role_display(),
        "expires_at": format_date(invitation.expires_at.astimezone(tenant.zone), "long", locale=tenant.locale),
        "link": settings.SITE_URL + reverse("invitation", args=[token]),
    }
    letter = EmailMultiAlternatives(
        subject=render_to_string("tenants/mail/invitation_subject.txt", context).strip(),
        body=render_to_string("tenants/mail/invitation.txt", context),
        to=[invitation.email],
    )
    letter.attach_alternative(render_to_string("tenants/mail/invitation.html", context), "text/html")
    transaction.on_commit(partial(letter.send, fail_silently=False))


def send_domain_trouble(domain: Domain, *, days_left: int) -> None:
    """Tell the owners, once committed, that a domain of theirs is no longer proved; at 0 days nothing answers there."""
    tenant = current_tenant()
    context = {
        "business": tenant.name,
        "host": domain.shown,
        "trouble": domain.get_trouble_display(),
        "days_left": days_left,
        "link": settings.SITE_URL + reverse("settings_domains"),
    }
    owners = Membership.objects.filter(role=Role.OWNER, removed_at__isnull=True).select_related("user")
    subject = render_to_string("tenants/mail/domain_trouble_subject.txt", context).strip()
    body = render_to_string("tenants/mail/domain_trouble.txt", context)
    for owner in owners:
        letter = EmailMultiAlternatives(subject=subject, body=body, to=[owner.user.email])
        transaction.on_commit(partial(letter.send, fail_silently=False), robust=True)
