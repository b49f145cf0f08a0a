"""Access, in and out."""

from typing import Any

from rest_framework import serializers

from accounts.models import User
from collaboration.services.sharing import Invitation
from events.models import Grant
from events.roles import Role
from neofi.fields import NoteField, UserRefSerializer, user_ref
from neofi.serializers import StrictSerializer

MAX_SHARES = 100
SHAREABLE = [(role.value, role.label) for role in Role if role != Role.OWNER]


class ShareableRoleField(serializers.ChoiceField):
    """A role that can be given away; ownership is handed over instead."""

    default_error_messages = {
        # Doubled braces, for DRF formats these.
        "owner": "An event has one owner. To hand it over, share it first and then "
        'PUT {{"role": "owner"}} to /permissions/{{userId}}.'
    }

    def __init__(self, **kwargs):
        super().__init__(choices=SHAREABLE, **kwargs)

    def to_internal_value(self, data):
        if data == Role.OWNER:
            self.fail("owner")
        return Role(super().to_internal_value(data))


class OneShareSerializer(StrictSerializer):
    """Somebody and a role."""

    user = serializers.CharField(
        max_length=254, required=False, help_text="An id, a user name or an e-mail address."
    )
    user_id = serializers.CharField(max_length=254, required=False, help_text="The same as `user`.")
    role = ShareableRoleField()

    def validate(self, attrs):
        given = [attrs[name] for name in ("user", "user_id") if name in attrs]
        if len(given) != 1:
            message = "This field is required." if not given else "Give `user` or `user_id`."
            raise serializers.ValidationError({"user": [message]}, code="required")
        return {"user": given[0], "role": attrs["role"]}


class ShareSerializer(OneShareSerializer):
    """One `{user, role}`, or `{users: [{user, role}, ...]}` for up to 100, all or none."""

    role = ShareableRoleField(required=False)
    users = OneShareSerializer(many=True, required=False, max_length=MAX_SHARES, allow_empty=False)
    note = NoteField()

    def validate(self, attrs):
        note = attrs.pop("note", "")
        rows = attrs.pop("users", None)
        if rows is None:
            if "role" not in attrs:
                raise serializers.ValidationError({"role": ["This field is required."]}, "required")
            rows, prefix = [super().validate(attrs)], None
        elif attrs:
            message = "Give one `user` and `role`, or `users`."
            raise serializers.ValidationError({"users": [message]})
        else:
            prefix = "users"
        return {"invitations": invitations(rows, prefix), "note": note, "many": prefix is not None}


def invitations(rows: list[dict[str, Any]], prefix: str | None) -> list[Invitation]:
    """The people behind what was typed, all found in one query. Raises ValidationError."""
    found = User.objects.identified_by([row["user"] for row in rows])
    errors, seen, invited = {}, set(), []
    for index, row in enumerate(rows):
        field = f"{prefix}.{index}.user" if prefix else "user"
        user = found.get(row["user"])
        if user is None:
            errors[field] = [serializers.ErrorDetail("There is no such user.", "unknown_user")]
        elif user.pk in seen:
            errors[field] = [serializers.ErrorDetail("Name each person once.", "doubled")]
        else:
            seen.add(user.pk)
            invited.append(Invitation(user, row["role"], field))
    if errors:
        raise serializers.ValidationError(errors)
    return invited


class RoleSerializer(StrictSerializer):
    """The body that changes somebody's role. What a GET of the list answers may come back."""

    role = serializers.ChoiceField(choices=Role.choices)
    note = NoteField()

    ignored = frozenset({"user", "granted_by", "granted_at"})

    def validate_role(self, role: str) -> Role:
        return Role(role)


class GrantSerializer(serializers.Serializer):
    """That somebody has a role on the event."""

    user = UserRefSerializer()
    role = serializers.ChoiceField(choices=Role.choices)
    granted_by = UserRefSerializer(allow_null=True)
    granted_at = serializers.DateTimeField()

    def to_representation(self, grant: Grant) -> dict[str, Any]:
        giver = grant.granted_by
        return {
            "user": user_ref(grant.user_id, grant.user.username),
            "role": grant.role,
            "granted_by": user_ref(giver.pk, giver.username) if giver else None,
            "granted_at": grant.granted_at,
        }


class GrantsSerializer(serializers.Serializer):
    """What sharing with several people answers."""

    results = GrantSerializer(many=True)
