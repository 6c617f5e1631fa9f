"""Included only while settings.DEBUG is on."""

from django.urls import path

from loyalty_saas.design import views

app_name = "design"
urlpatterns = [
    path("", views.elements, name="elements"),
    path("portal/", views.branded, name="branded"),
    path("plain/", views.plain, name="plain"),
    path("palette/", views.palette, name="palette"),
    path("toast/", views.toasted, name="toast"),
]
