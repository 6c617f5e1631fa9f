"""Addresses of other apps' pages that rows of this app lead to."""

from uuid import UUID

from django.urls import reverse


def member_url(pk: UUID | str) -> str:
    """The member's page."""
    return reverse("customers:member", args=[pk])
