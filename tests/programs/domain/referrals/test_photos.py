"""A photo with a recommendation: made anew, shown to its member and to the team, taken along."""

import base64
import io
import zipfile

import pytest
from PIL import Image

from loyalty_saas.lib.errors import Invalid, NotFound
from loyalty_saas.lib.images import MOST_PHOTO_BYTES, PHOTO_SIDE, remake_photo
from programs.domain.referrals.advocacy import add_action, claim_action, photo_of
from programs.models import AdvocacyClaim, ClaimPhoto
from programs.portal.friends import own_referrals
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tenants.takeout import archive
from tests.cast import Cast, sign_in
from tests.customers.portal.visitor import Visitor, an_address
from tests.photos import a_photo, photo_file
from tests.programs.portal.guests import a_guest, a_shop
from tests.programs.shop import SYSTEM, key, make_member, make_program


def opened(image: bytes) -> Image.Image:
    return Image.open(io.BytesIO(image))


class TestRemade:
    def test_where_and_when_it_was_taken_is_gone_and_it_stands_upright(self):
        exif = Image.Exif()
        exif[0x0112], exif[0x010F] = 6, "Phone of Ana"  # orientation, maker
        exif.get_ifd(0x8825)[1] = "N"
        made = remake_photo(photo_file(size=(400, 300), exif=exif))
        seen = opened(made.image)
        assert (seen.format, seen.size, (made.width, made.height)) == ("WEBP", (300, 400), (300, 400))
        assert not seen.getexif()
        assert b"Phone of Ana" not in made.image

    @pytest.mark.parametrize("size", [(9_000, 6_000), (6_000, 9_000)])
    def test_a_large_jpeg_is_unpacked_small(self, size):
        made = remake_photo(photo_file(size=size))
        assert max(made.width, made.height) == PHOTO_SIDE

    def test_what_is_clear_is_white(self):
        out = io.BytesIO()
        Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
        out.seek(0)
        assert opened(remake_photo(out).image).convert("RGB").getpixel((5, 5)) == (255, 255, 255)

    @pytest.mark.parametrize(
        "content",
        [b"", b"<svg onload='x'></svg>", b"GIF89a", b"\xff\xd8\xff" + b"0" * 99, b"0" * (MOST_PHOTO_BYTES + 1)],
    )
    def test_what_is_no_photo_is_refused_at_its_field(self, content):
        with pytest.raises(Invalid) as refused:
            remake_photo(io.BytesIO(content))
        assert refused.value.field == "photo"

    def test_a_picture_that_unpacks_to_too_much_is_refused(self):
        with pytest.raises(Invalid) as refused:
            remake_photo(photo_file("PNG", size=(8_000, 6_000)))
        assert refused.value.code == "picture_too_large"


@pytest.mark.usefixtures("inside")
class TestClaims:
    def test_a_photo_is_enough_and_nothing_is_not(self):
        make_program()
        action, member = add_action(values={"name": "Photo", "points": 5}, by=SYSTEM), make_member()
        with pytest.raises(Invalid) as refused:
            claim_action(member, action=action, proof=" ", by=Actor.member(member.pk), key=key())
        assert refused.value.field == "proof"
        once = key()
        for _time in range(2):
            claim = claim_action(member, action=action, proof="", photo=a_photo(), by=Actor.member(member.pk), key=once)
        assert opened(photo_of(claim)).size == (40, 30)
        assert ClaimPhoto.objects.count() == 1
        ClaimPhoto.objects.all().delete()
        with pytest.raises(NotFound):
            photo_of(claim)

    def test_a_member_takes_it_along(self):
        make_program()
        action, member = add_action(values={"name": "Photo", "points": 5}, by=SYSTEM), make_member()
        claim = claim_action(member, action=action, proof="", photo=a_photo(), by=Actor.member(member.pk), key=key())
        (said,) = own_referrals(member)["recommendations"]
        assert base64.b64decode(said["photo"]) == photo_of(claim)


def test_the_business_takes_them_along(cast: Cast):
    with tenant_context(cast.business):
        make_program()
        action, member = add_action(values={"name": "Photo", "points": 5}, by=SYSTEM), make_member()
        claim = claim_action(member, action=action, proof="", photo=a_photo(), by=Actor.member(member.pk), key=key())
        image = photo_of(claim)
    packed = zipfile.ZipFile(io.BytesIO(b"".join(archive(cast.business))))
    assert packed.read(f"photos/{claim.pk}.webp") == image
    assert "photos/: Photos that members sent" in " ".join(packed.read("README.txt").decode().split())


class TestPages:
    @pytest.fixture
    def guest(self):
        business = a_shop()
        email = an_address()
        member = a_guest(business, email)
        visitor = Visitor(business)
        visitor.sign_in(email)
        with tenant_context(business):
            action = add_action(values={"name": "Post a photo", "points": 5}, by=SYSTEM)
        return visitor, member, action

    def send(self, guest, **fields):
        visitor, _member, action = guest
        path = f"{visitor.at}friends/recommendations/{action.pk}/"
        return visitor.browser.post(path, {"key": key(), "proof": "", **fields})

    def test_from_the_phone_and_seen_by_nobody_else(self, guest):
        visitor, member, _action = guest
        assert self.send(guest, photo=photo_file()).status_code == 302
        with tenant_context(visitor.business):
            claim = AdvocacyClaim.objects.get(member=member)
        path = f"{visitor.at}friends/recommendations/{claim.pk}/photo/"
        assert path in visitor.browser.get(f"{visitor.at}friends/").content.decode()
        answer = visitor.browser.get(path)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
        assert answer["Cache-Control"] == "private, max-age=600"
        other_email = an_address()
        a_guest(visitor.business, other_email)
        other = Visitor(visitor.business)
        other.sign_in(other_email)
        assert other.browser.get(path).status_code == 404
        assert Visitor(visitor.business).browser.get(path).status_code == 302

    def test_what_cannot_be_read_says_so_at_the_photo(self, guest):
        broken = io.BytesIO(b"no photo")
        broken.name = "photo.jpg"
        answer = self.send(guest, photo=broken)
        assert answer.status_code == 422
        assert "We cannot read this picture. Please save it as PNG or JPEG." in answer.content.decode()

    def test_neither_link_nor_photo(self, guest):
        answer = self.send(guest)
        assert answer.status_code == 422
        assert "Tell us where we can see it, or add a photo." in answer.content.decode()

    def test_the_team_sees_it(self, cast: Cast):
        with tenant_context(cast.business):
            make_program()
            action, member = add_action(values={"name": "Photo", "points": 5}, by=SYSTEM), make_member()
            claim = claim_action(
                member, action=action, proof="", photo=a_photo(), by=Actor.member(member.pk), key=key()
            )
        owner = sign_in(cast.owner)
        path = f"/program/referrals/recommendations/{claim.pk}/photo/"
        assert path in owner.get("/program/referrals/recommendations/").content.decode()
        assert owner.get(path)["Content-Type"] == "image/webp"
        at_counter = f"/counter/recommendations/{claim.pk}/photo/"
        page = owner.get(f"/counter/members/{member.pk}/", headers={"HX-Request": "true"})
        assert at_counter in page.content.decode()
        assert owner.get(at_counter)["Content-Type"] == "image/webp"
        assert sign_in(cast.stranger).get(at_counter).status_code == 404
