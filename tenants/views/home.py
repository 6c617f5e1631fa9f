"""The owner's home: how the business is doing, at a glance."""

from django.http import HttpResponse
from django.shortcuts import render

from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission


@dashboard_page(Permission.VIEW_HOME)
def home(request: BusinessRequest) -> HttpResponse:
    return render(request, "tenants/home.html")
