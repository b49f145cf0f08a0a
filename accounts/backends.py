from django.contrib.auth.backends import ModelBackend

from accounts.models import User


class NameOrEmailBackend(ModelBackend):
    """Signs in by user name or e-mail address, without regard to case."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        if username is None or password is None:
            return None
        try:
            user = User.objects.called(username).get()
        except User.DoesNotExist:
            # One hash, as for a wrong password: time must not tell who has an account.
            User().set_password(password)
            return None
        if user.check_password(password) and self.user_can_authenticate(user):
            return user
        return None
