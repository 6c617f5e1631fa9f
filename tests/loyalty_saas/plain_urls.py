"""A page of no app, for tests of what surrounds every page."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import path


def plain(request: HttpRequest, member_id: UUID) -> HttpResponse:
    return HttpResponse("plain")


urlpatterns = [path("plain/<uuid:member_id>/", plain, name="plain")]
