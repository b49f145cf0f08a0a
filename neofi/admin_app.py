"""Django's admin, whose pages are imported with the URLs.

Django itself imports them wherever there are models, and with them half of what a server needs: a
command has no use for that.
"""

from django.apps import AppConfig
from django.contrib.admin import autodiscover
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.admin.checks import check_admin_app, check_dependencies
from django.core import checks


class AdminConfig(SimpleAdminConfig):
    default_site = "neofi.admin_site.StaffSite"

    def ready(self):
        checks.register(check_dependencies, checks.Tags.admin)
        checks.register(check_pages, checks.Tags.admin)


class ThemeConfig(AppConfig):
    """django-unfold's templates and files. Its own configuration imports all of its Python."""

    name = "unfold"


class HistoryThemeConfig(AppConfig):
    """The same for the pages of django-simple-history."""

    name = "unfold.contrib.simple_history"
    label = "unfold_simple_history"


def check_pages(app_configs, **kwargs):
    autodiscover()  # what is not known yet would pass
    return check_admin_app(app_configs, **kwargs)
