"""The dashboard's pages of imports."""

from django.urls import include, path

from customers.views import imports

_one = [
    path("", imports.import_page, name="import"),
    path("columns/", imports.columns, name="import_columns"),
    path("reopening/", imports.reopening, name="import_reopening"),
    path("beginning/", imports.beginning, name="import_beginning"),
    path("continuation/", imports.continuation, name="import_continuation"),
    path("removal/", imports.removal, name="import_removal"),
    path("progress/", imports.progress, name="import_progress"),
    path("refused-rows/", imports.refused_rows, name="import_refused_rows"),
]
urlpatterns = [
    path("imports/", imports.imports, name="imports"),
    path("imports/<uuid:pk>/", include(_one)),
]
