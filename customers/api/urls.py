from django.urls import path

from customers.api import members, merging, purchases

urlpatterns = [
    path("members/", members.Members.as_view(), name="members"),
    path("members/duplicates/", merging.Duplicates.as_view(), name="duplicates"),
    path("merges/", merging.Merges.as_view(), name="merges"),
    path("merges/preview/", merging.MergePreviews.as_view(), name="merge_preview"),
    path("merges/<uuid:merge_id>/", merging.OneMerge.as_view(), name="merge"),
    path("merges/<uuid:merge_id>/undo/", merging.MergeUndo.as_view(), name="merge_undo"),
    path("merges/<uuid:merge_id>/undo/preview/", merging.MergeUndoPreviews.as_view(), name="merge_undo_preview"),
    path("members/<uuid:member_id>/", members.OneMember.as_view(), name="member"),
    path("purchases/<uuid:purchase_id>/", purchases.OnePurchase.as_view(), name="purchase"),
]
