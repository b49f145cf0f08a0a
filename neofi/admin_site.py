"""The staff's site: django-unfold's, with our name on it."""

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.shortcuts import redirect
from django.urls import reverse
from unfold.sites import UnfoldAdminSite


class StaffSite(UnfoldAdminSite):
    site_title = "NeoFi"
    site_header = "NeoFi"
    index_title = "Dashboard"

    def login(self, request, extra_context=None):
        # The theme's form does not say where to go on, as Django's does.
        if REDIRECT_FIELD_NAME not in request.GET and request.method == "GET":
            return redirect(f"{request.path}?{REDIRECT_FIELD_NAME}={reverse('admin:index')}")
        return super().login(request, extra_context)
