"""The group of staff that is there from the start."""

from django.apps.registry import Apps

SUPPORT = "Support"
# They see what happened, sign people out and bring events back; they change nothing else.
PERMISSIONS = [
    ("accounts", "view_user"),
    ("accounts", "view_session"),
    ("accounts", "view_failedlogin"),
    ("accounts", "end_session"),
    ("events", "view_event"),
    ("events", "view_grant"),
    ("events", "view_historicalevent"),
    ("events", "view_historicalgrant"),
    ("events", "restore_event"),
]


def make_support(apps: Apps, using: str) -> None:
    """Make the group, if there is none of that name and all of its permissions are there.

    Not by a migration: Django makes the permissions after all of those. One that is there is left
    alone, for an operator may have given it more, or taken something away.
    """
    try:
        groups = apps.get_model("auth", "Group").objects.using(using)
        permissions = apps.get_model("auth", "Permission").objects.using(using)
    except LookupError:  # auth has been migrated away
        return
    found = [
        permissions.filter(content_type__app_label=app_label, codename=codename).first()
        for app_label, codename in PERMISSIONS
    ]
    if None in found or groups.filter(name=SUPPORT).exists():
        return
    groups.create(name=SUPPORT).permissions.set(found)
