"""The staff's site: django-unfold's, with our name on it."""

from unfold.sites import UnfoldAdminSite


class StaffSite(UnfoldAdminSite):
    site_title = "NeoFi"
    site_header = "NeoFi"
    index_title = "Dashboard"
