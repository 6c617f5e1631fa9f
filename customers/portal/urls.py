"""The portal's pages, below a business's name (loyalty_saas.urls) and at the root of its own domain (host_urls)."""

from django.urls import path

from customers.portal.places import pages_of_other_apps
from customers.portal.views import card, entrance, home, look, me

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("about/", home.about, name="about"),
    path("join/", entrance.join, name="join"),
    path("join/now/", entrance.join_with_proved, name="join_proved"),
    path("sign-in/", entrance.sign_in, name="sign_in"),
    path("code/", entrance.code, name="code"),
    path("code/again/", entrance.another_code, name="another_code"),
    path("sign-out/", entrance.sign_out, name="sign_out"),
    path("sign-out/everywhere/", entrance.sign_out_everywhere, name="sign_out_everywhere"),
    path("card/", card.card, name="card"),
    path("card/code/", card.card_code, name="card_code"),
    path("me/", me.me, name="me"),
    path("me/details/", me.details, name="details"),
    path("me/email/", me.email, name="email"),
    path("me/email/code/", me.email_code, name="email_code"),
    path("me/agreements/<slug:purpose>/", me.agreement, name="agreement"),
    path("me/devices/", me.devices, name="devices"),
    path("me/devices/<uuid:session>/end/", me.device_end, name="device_end"),
    path("me/data/", me.data, name="data"),
    path("brand-<slug:version>.css", look.brand_css, name="brand_css"),
    path("logo-<slug:version>.webp", look.logo, name="logo"),
    path("icon-<slug:version>/<slug:side>-<slug:purpose>.png", look.app_icon, name="icon"),
    path("manifest.webmanifest", look.manifest, name="manifest"),
    path("sw.js", look.service_worker, name="service_worker"),
    path("offline/", look.offline, name="offline"),
    *pages_of_other_apps(),
]
