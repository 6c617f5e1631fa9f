"""The dashboard's pages of members, purchases and products."""

from django.urls import path

from customers import import_urls
from customers.portal.preview import preview_css
from customers.views import (
    categories,
    fields,
    member_list,
    members,
    merging,
    notes,
    products,
    profile,
    purchases,
    returns,
    segments,
)

app_name = "customers"
urlpatterns = [
    *import_urls.urlpatterns,
    path("settings/brand/preview.css", preview_css, name="preview_css"),
    path("members/", member_list.members, name="members"),
    path("members/export/", member_list.export, name="members_export"),
    path("members/tagging/", member_list.tagging, name="members_tagging"),
    path("members/segments/new/", segments.new, name="segment_new"),
    path("members/segments/<uuid:pk>/removal/", segments.removal, name="segment_removal"),
    path("members/new/", members.new, name="member_new"),
    path("members/duplicates/", members.duplicates, name="member_duplicates"),
    path("members/merging/", merging.merging, name="merging"),
    path("members/fields/", fields.fields, name="member_fields"),
    path("members/fields/<uuid:pk>/removal/", fields.removal, name="member_field_removal"),
    path("members/<uuid:pk>/", profile.member, name="member"),
    path("members/<uuid:pk>/timeline/", profile.timeline, name="member_timeline"),
    path("members/<uuid:pk>/edit/", members.edit, name="member_edit"),
    path("members/<uuid:pk>/status/", members.status, name="member_status"),
    path("members/<uuid:pk>/phone/", members.phone, name="member_phone"),
    path("members/<uuid:pk>/notes/", notes.notes, name="member_notes"),
    path("members/<uuid:pk>/merge/", merging.member_merge, name="member_merge"),
    path("members/<uuid:pk>/apart/", merging.apart, name="member_apart"),
    path("merges/<uuid:pk>/", merging.merge, name="merge"),
    path("merges/<uuid:pk>/undoing/", merging.undoing, name="merge_undoing"),
    path("notes/<uuid:pk>/removal/", notes.removal, name="note_removal"),
    path("notes/<uuid:pk>/restoration/", notes.restoration, name="note_restoration"),
    path("purchases/", purchases.purchases, name="purchases"),
    path("purchases/export/", purchases.export, name="purchases_export"),
    path("purchases/<uuid:pk>/", purchases.purchase, name="purchase"),
    path("purchases/<uuid:pk>/returns/", returns.returns, name="purchase_returns"),
    path("purchases/<uuid:pk>/returns/preview/", returns.preview, name="purchase_return_preview"),
    path("products/", products.products, name="products"),
    path("products/new/", products.new, name="product_new"),
    path("products/<uuid:pk>/", products.product, name="product"),
    path("products/<uuid:pk>/state/", products.state, name="product_state"),
    path("products/categories/", categories.categories, name="categories"),
    path("products/categories/<uuid:pk>/", categories.category, name="category"),
    path("products/categories/<uuid:pk>/removal/", categories.removal, name="category_removal"),
]
