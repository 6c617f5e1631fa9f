from django.urls import path

from programs.counter.views import (
    adjustments,
    home,
    members,
    notes,
    people,
    pins,
    returns,
    search,
    shell,
    undos,
    visits,
    vouchers,
)

app_name = "counter"
urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search.results, name="search"),
    path("scans/", search.scan, name="scans"),
    path("members/new/", members.new, name="member_new"),
    path("members/duplicates/", members.duplicates, name="duplicates"),
    path("members/<uuid:member_id>/", members.member, name="member"),
    path("members/<uuid:member_id>/preview/", visits.preview, name="preview"),
    path("members/<uuid:member_id>/visits/", visits.visit, name="visits"),
    path("members/<uuid:member_id>/undos/", undos.undo, name="undos"),
    path("members/<uuid:member_id>/adjustments/", adjustments.adjust, name="adjustments"),
    path("members/<uuid:member_id>/notes/", notes.note, name="notes"),
    path("members/<uuid:member_id>/returns/", returns.choose, name="returns"),
    path("receipts/", returns.find, name="receipts"),
    path("purchases/<uuid:purchase_id>/returns/", returns.give_back, name="purchase_returns"),
    path("vouchers/<str:code>/", vouchers.voucher, name="voucher"),
    path("people/", people.people, name="people"),
    path("people/<uuid:membership_id>/", people.pin_pad, name="pin_pad"),
    path("lock/", people.lock, name="lock"),
    path("locations/", people.locations, name="locations"),
    path("pin/", pins.own_pin, name="pin"),
    path("manifest.webmanifest", shell.manifest, name="manifest"),
    path("worker.js", shell.worker, name="worker"),
    path("offline/", shell.offline, name="offline"),
]
