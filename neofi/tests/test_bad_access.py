"""Bodies that share an event: each refusal names its fields."""

from neofi.tests.refusals import Bad, table

NUL = "null_characters_not_allowed"


def share(refused: str, **members) -> Bad:
    return Bad("POST {event}/share", f"400 {refused}", members)


def shares(refused: str, *rows, **members) -> Bad:
    return share(refused, users=list(rows), **members)


STRANGER = {"user": "stranger", "role": "viewer"}


@table(
    nothing=share("role:required"),
    nobody=share("user:required", role="viewer"),
    no_role=share("role:required", user="stranger"),
    an_unknown_name=share("user:unknown_user", user="nobody", role="viewer"),
    an_unknown_address=share("user:unknown_user", user="a@example.org", role="viewer"),
    an_unknown_id=share(
        "user:unknown_user", user="01890a5d-ac96-774b-bcce-b302099a8057", role="viewer"
    ),
    nul=share(f"user:{NUL}", user="stranger\0", role="viewer"),
    an_empty_name=share("user:blank", user="", role="viewer"),
    a_long_name=share("user:max_length", user="x" * 255, role="viewer"),
    a_number=share("user:wrong_type", user=7, role="viewer"),
    null=share("user:null", user=None, role="viewer"),
    an_object=share("user:wrong_type", user={"username": "stranger"}, role="viewer"),
    both_names=share("user:required", user="stranger", user_id="stranger", role="viewer"),
    oneself=share("user:self", user="owner", role="editor"),
    ownership=share("role:owner", user="stranger", role="owner"),
    an_unknown_role=share("role:invalid_choice", user="stranger", role="admin"),
    an_empty_role=share("role:invalid_choice", user="stranger", role=""),
    a_number_as_role=share("role:wrong_type", user="stranger", role=1),
    a_list_as_role=share("role:wrong_type", user="stranger", role=["viewer"]),
    null_as_role=share("role:null", user="stranger", role=None),
    an_unknown_field=share("level:unknown_field", **STRANGER, level=1),
    a_long_note=share("note:max_length", **STRANGER, note="x" * 501),
    no_users=shares("users:empty"),
    null_users=share("users:null", users=None),
    users_in_an_object=share("users:wrong_type", users=STRANGER),
    too_many_users=shares("users:max_length", *[STRANGER] * 101),
    users_and_a_user=shares("users:invalid", STRANGER, user="viewer"),
    the_second_is_unknown=shares(
        "users.1.user:unknown_user", STRANGER, {"user": "nobody", "role": "viewer"}
    ),
    the_second_is_oneself=shares(
        "users.1.user:self", STRANGER, {"user": "owner", "role": "viewer"}
    ),
    the_second_is_the_first=shares(
        "users.1.user:doubled", STRANGER, {"user": "STRANGER@example.org", "role": "editor"}
    ),
    the_second_becomes_owner=shares(
        "users.1.role:owner", STRANGER, {"user": "viewer", "role": "owner"}
    ),
    the_second_has_an_unknown_field=shares(
        "users.1.note:unknown_field", STRANGER, {**STRANGER, "note": "a"}
    ),
    the_second_is_null=shares("users.1:null", STRANGER, None),
    the_second_is_a_text=shares("users.1:invalid", STRANGER, "viewer"),
)
def test_sharing(refuse, bad):
    refuse(bad)


def role(refused: str, **members) -> Bad:
    return Bad("PUT {access}", f"400 {refused}", members)


@table(
    none=role("role:required"),
    null=role("role:null", role=None),
    unknown=role("role:invalid_choice", role="admin"),
    empty=role("role:invalid_choice", role=""),
    a_number=role("role:wrong_type", role=2),
    a_list=role("role:wrong_type", role=["viewer"]),
    an_unknown_field=role("users:unknown_field", role="viewer", users=[]),
    nul_in_its_note=role(f"note:{NUL}", role="viewer", note="\0"),
    revoked_with_a_role=Bad("DELETE {access}", "400 role:unknown_field", {"role": "viewer"}),
    revoked_with_a_long_note=Bad("DELETE {access}", "400 note:max_length", {"note": "x" * 501}),
    left_with_a_role=Bad(
        "DELETE {event}/permissions/{editor_id}",
        "400 role:unknown_field",
        {"role": "a"},
        by="editor",
    ),
)
def test_roles(refuse, bad):
    refuse(bad)
