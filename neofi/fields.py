"""Fields that more than one app's bodies have."""

from rest_framework import serializers


class NoteField(serializers.CharField):
    """Why: kept with the version or the change of access that it comes with."""

    def __init__(self, **kwargs):
        super().__init__(
            max_length=500,
            allow_blank=True,
            trim_whitespace=False,
            required=False,
            write_only=True,
            help_text="Why, in up to 500 characters; kept with the row of history.",
            **kwargs,
        )


class UserRefSerializer(serializers.Serializer):
    """Somebody, as everybody may see them. `username` is null once the account is gone."""

    id = serializers.UUIDField(read_only=True)
    username = serializers.CharField(read_only=True, allow_null=True)


def user_ref(user_id, username) -> dict | None:
    """What UserRefSerializer describes; None for nobody."""
    return None if user_id is None else {"id": user_id, "username": username}


def author_ref(user_id, username) -> dict | None:
    """The same for who did something: nobody once the account is gone, for ids are kept."""
    return None if username is None else user_ref(user_id, username)
