"""The pages about passwords: to sign in, in front of those of the libraries, with the throttles of
the API's login; and to choose a new one."""

from django.contrib import admin
from django.contrib.auth.views import LoginView
from django.urls import path
from django.views.generic import TemplateView

from accounts.forms import LoginForm
from accounts.pages import NewPasswordPage
from accounts.throttles import throttled_page

login = LoginView.as_view(template_name="rest_framework/login.html", authentication_form=LoginForm)
done = TemplateView.as_view(template_name="accounts/password_reset_done.html")

urlpatterns = [
    path("api-auth/login/", throttled_page(login)),
    path("admin/login/", throttled_page(admin.site.login)),
    path("password/reset/done/", done, name="password-reset-done"),
    path("password/reset/<uidb64>/<token>/", NewPasswordPage.as_view(), name="password-reset"),
]
