"""The staff's site: django-unfold's, with our name on it."""

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.paginator import InvalidPage
from django.http import Http404
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

    def search(self, request, extra_context=None):
        try:
            return super().search(request, extra_context)
        except (InvalidPage, ValueError) as error:
            raise Http404 from error

    def get_urls(self):
        # Django's way to pages "on site", of which nothing here has one.
        return [one for one in super().get_urls() if getattr(one, "name", None) != "view_on_site"]
