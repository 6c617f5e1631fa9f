"""Addresses of other apps' pages that rows of this app lead to."""

from uuid import UUID

from django.urls import NoReverseMatch, reverse


def member_url(pk: UUID | str) -> str:
    """The member's page; their entries for as long as members have no page of their own."""
    try:
        return reverse("customers:member", args=[pk])
    except NoReverseMatch:
        return f"{reverse('programs:entries')}?member={pk}"


def members_url() -> str:
    """The list of members; empty for as long as there is none."""
    try:
        return reverse("customers:members")
    except NoReverseMatch:
        return ""
