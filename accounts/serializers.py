"""Bodies of the account endpoints."""

from rest_framework import serializers

from accounts.models import User, validate_username
from neofi.serializers import StrictSerializer
from neofi.zones import validate_timezone


class TextField(serializers.CharField):
    """A text that is kept, or compared, as it came."""

    def __init__(self, **kwargs):
        super().__init__(trim_whitespace=False, **kwargs)


class PasswordField(TextField):
    """128 characters are enough for any pass phrase, and cheap to hash."""

    def __init__(self):
        super().__init__(max_length=128, write_only=True, style={"input_type": "password"})


class RegisterSerializer(StrictSerializer):
    """A new account."""

    username = TextField(validators=[validate_username])
    email = serializers.EmailField(max_length=254, trim_whitespace=False)
    password = PasswordField()
    timezone = TextField(validators=[validate_timezone], default="UTC")


class LoginSerializer(StrictSerializer):
    """Who one is, and the proof."""

    username = TextField(max_length=254, help_text="User name or e-mail address.")
    password = PasswordField()


class RefreshSerializer(StrictSerializer):
    """The one token that refresh and logout take."""

    refresh = TextField()


class UserSerializer(serializers.ModelSerializer):
    """A profile, as its owner sees it."""

    class Meta:
        model = User
        fields = [
            "id",
            "username",
            "email",
            "timezone",
            "first_name",
            "last_name",
            "date_joined",
        ]
        read_only_fields = fields


class ProfileSerializer(StrictSerializer):
    """What people change about themselves."""

    ignored = frozenset({"id", "username", "email", "date_joined"})

    timezone = TextField(validators=[validate_timezone], required=False)
    first_name = TextField(max_length=150, allow_blank=True, required=False)
    last_name = TextField(max_length=150, allow_blank=True, required=False)


class TokenPairSerializer(serializers.Serializer):
    """`access` is for the Authorization header, `refresh` for the next pair."""

    access = serializers.CharField(read_only=True)
    refresh = serializers.CharField(read_only=True)


class SignedInSerializer(TokenPairSerializer):
    """What one has after registering or signing in."""

    token_type = serializers.ChoiceField(choices=["Bearer"], read_only=True)
    expires_in = serializers.IntegerField(read_only=True, help_text="Seconds, of `access`.")
    user = UserSerializer(read_only=True)
