"""The login pages, in front of those of the libraries: with the throttles of the API's login."""

from django.contrib import admin
from django.contrib.auth.views import LoginView
from django.urls import path

from accounts.forms import LoginForm
from accounts.throttles import throttled_page

login = LoginView.as_view(template_name="rest_framework/login.html", authentication_form=LoginForm)

urlpatterns = [
    path("api-auth/login/", throttled_page(login)),
    path("admin/login/", throttled_page(admin.site.login)),
]
