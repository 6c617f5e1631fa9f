"""The photo of a recommendation, as a browser is given it: to whoever may see it, and kept nowhere on the way."""

from django.http import HttpResponse


def photo_answer(image: bytes) -> HttpResponse:
    return HttpResponse(image, content_type="image/webp", headers={"Cache-Control": "private, max-age=600"})
