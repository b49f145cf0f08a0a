"""Every path of the product. Each app lists its own below `/api/`."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import TemplateView
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerView

from neofi.root import APIRoot, SchemaView

admin.autodiscover()  # here, and not with the models (neofi.admin_app)

urlpatterns = [
    path("", TemplateView.as_view(template_name="landing.html"), name="landing"),
    path("docs", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path("redoc", SpectacularRedocView.as_view(url_name="schema"), name="redoc"),
    path("api/", APIRoot.as_view(), name="api-root"),
    path("api/schema", SchemaView.as_view(), name="schema"),
    path("api/auth/", include("accounts.urls")),
    path("api/", include("events.urls")),
    path("api/", include("collaboration.urls")),
    path("", include("accounts.page_urls")),
    path("api-auth/", include("rest_framework.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "neofi.problem_views.bad_request"
handler403 = "neofi.problem_views.permission_denied"
handler404 = "neofi.problem_views.not_found"
handler500 = "neofi.problem_views.server_error"
