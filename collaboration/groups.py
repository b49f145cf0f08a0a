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
    """Make the group with its permissions, if there is none of that name.

    Not by a migration: Django makes the permissions after all of those. One that is there is left
    alone, for an operator may have given it more, or taken something away.
    """
    try:
        groups = apps.get_model("auth", "Group").objects.using(using)
        permissions = apps.get_model("auth", "Permission").objects.using(using)
    except LookupError:  # auth has been migrated away
        return
    group, is_new = groups.get_or_create(name=SUPPORT)
    if not is_new:
        return
    for app_label, codename in PERMISSIONS:
        named = permissions.filter(content_type__app_label=app_label, codename=codename)
        group.permissions.add(*named)
