"""Letters to people who work in a business."""

from functools import partial

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from tenants.isolation import current_tenant
from tenants.models import Invitation


def send_invitation(invitation: Invitation, token: str) -> None:
    """Send the letter once the invitation is committed. The token stands in the letter and nowhere else."""
    tenant = current_tenant()
    context = {
        "business": tenant.name,
        "inviter": invitation.invited_by.name,
        "role": invitation.get_role_display(),
        "expires_at": invitation.expires_at.astimezone(tenant.zone).date(),
        "link": settings.SITE_URL + reverse("invitation", args=[token]),
    }
    letter = EmailMultiAlternatives(
        subject=render_to_string("tenants/mail/invitation_subject.txt", context).strip(),
        body=render_to_string("tenants/mail/invitation.txt", context),
        to=[invitation.email],
    )
    letter.attach_alternative(render_to_string("tenants/mail/invitation.html", context), "text/html")
    transaction.on_commit(partial(letter.send, fail_silently=False))
