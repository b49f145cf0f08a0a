"""Bodies that register, sign in and out, and change a profile: each refusal names its fields."""

from neofi.tests.refusals import Bad, table

NUL = "null_characters_not_allowed"
PASSWORD = "difference-engine-1822"


def register(refused: str, **changes) -> Bad:
    ada = {"username": "ada", "email": "ada@example.org", "password": PASSWORD}
    return Bad("POST /api/auth/register", f"400 {refused}", {**ada, **changes}, by="")


@table(
    nothing=Bad(
        "POST /api/auth/register",
        "400 username:required email:required password:required",
        {},
        by="",
    ),
    a_short_name=register("username:invalid", username="ab"),
    a_long_name=register("username:invalid", username="a" * 31),
    blanks_in_the_name=register("username:invalid", username="ada l"),
    an_address_as_name=register("username:invalid", username="ada@example"),
    letters_of_elsewhere=register("username:invalid", username="\u0430da"),
    a_line_end_in_the_name=register("username:invalid", username="ada\n"),
    nul_in_the_name=register(f"username:invalid username:{NUL}", username="ada\0"),
    a_taken_name=register("username:taken", username="OWNER"),
    a_number_as_name=register("username:wrong_type", username=1234),
    null_as_name=register("username:null", username=None),
    no_address=register("email:invalid", email="ada"),
    two_addresses=register("email:invalid", email="ada@example.org,b@example.org"),
    a_long_address=register("email:max_length", email=f"{'a' * 250}@example.org"),
    nul_in_the_address=register(f"email:invalid email:{NUL}", email="ada\0@example.org"),
    a_taken_address=register("email:taken", email="Owner@Example.ORG"),
    an_empty_address=register("email:blank", email=""),
    an_empty_password=register("password:blank", password=""),
    a_long_password=register("password:max_length", password="correct horse " * 10),
    nul_in_the_password=register(f"password:{NUL}", password=f"{PASSWORD}\0"),
    a_list_as_password=register("password:wrong_type", password=[PASSWORD]),
    a_common_password=register("password:password_too_common", password="sunshine1"),
    the_name_as_password=register(
        "password:password_too_similar", username="ada.lovelace", password="ada.lovelace"
    ),
    an_unknown_zone=register("timezone:unknown_timezone", timezone="Mars/Olympus"),
    nul_in_the_zone=register(f"timezone:{NUL} timezone:unknown_timezone", timezone="UTC\0"),
    null_as_zone=register("timezone:null", timezone=None),
    staff=register("is_staff:unknown_field", is_staff=True),
    superuser=register("is_superuser:unknown_field", is_superuser=True),
    an_id=register("id:unknown_field", id="01890a5d-ac96-774b-bcce-b302099a8057"),
)
def test_registering(refuse, bad):
    refuse(bad)


def signed_out(path: str, refused: str, **members) -> Bad:
    return Bad(f"POST /api/auth/{path}", refused, members, by="")


@table(
    nothing=signed_out("login", "400 username:required password:required"),
    nul_in_the_name=signed_out("login", f"400 username:{NUL}", username="o\0", password="a"),
    nul_in_the_password=signed_out("login", f"400 password:{NUL}", username="a", password="\0"),
    a_number_as_name=signed_out("login", "400 username:wrong_type", username=1, password="a"),
    a_long_name=signed_out("login", "400 username:max_length", username="a" * 255, password="a"),
    a_long_password=signed_out(
        "login", "400 password:max_length", username="a", password="a" * 129
    ),
    an_unknown_field=signed_out(
        "login", "400 email:unknown_field username:required", email="a@b.org", password="a"
    ),
    a_wrong_password=signed_out("login", "401 invalid_credentials", username="owner", password="a"),
    nobody=signed_out("login", "401 invalid_credentials", username="nobody", password="a"),
    nothing_to_refresh=signed_out("refresh", "400 refresh:required"),
    null_to_refresh=signed_out("refresh", "400 refresh:null", refresh=None),
    a_number_to_refresh=signed_out("refresh", "400 refresh:wrong_type", refresh=1),
    nul_to_refresh=signed_out("refresh", f"400 refresh:{NUL}", refresh="a.b.c\0"),
    garbage_to_refresh=signed_out("refresh", "401 token_invalid", refresh="a.b.c"),
    very_long_garbage_to_refresh=signed_out("refresh", "401 token_invalid", refresh="a" * 100_000),
    nothing_to_log_out=signed_out("logout", "400 refresh:required"),
    an_object_to_log_out=signed_out("logout", "400 refresh:wrong_type", refresh={}),
    nul_to_log_out=signed_out("logout", f"400 refresh:{NUL}", refresh="\0"),
    garbage_to_log_out=signed_out("logout", "400 refresh:token_invalid", refresh="a.b.c"),
    an_unknown_field_to_log_out=signed_out(
        "logout", "400 all:unknown_field refresh:required", all=True
    ),
)
def test_signing_in_and_out(refuse, bad):
    refuse(bad)


def profile(refused: str, **members) -> Bad:
    return Bad("PATCH /api/auth/me", f"400 {refused}", members)


@table(
    nul_in_the_first_name=profile(f"first_name:{NUL}", first_name="A\0"),
    nul_in_the_last_name=profile(f"last_name:{NUL}", last_name="\0"),
    a_long_first_name=profile("first_name:max_length", first_name="x" * 151),
    a_number_as_last_name=profile("last_name:wrong_type", last_name=3),
    null_as_first_name=profile("first_name:null", first_name=None),
    an_unknown_zone=profile("timezone:unknown_timezone", timezone="../UTC"),
    an_empty_zone=profile("timezone:blank", timezone=""),
    null_as_zone=profile("timezone:null", timezone=None),
    a_password=profile("password:unknown_field", password=PASSWORD),
    staff=profile("is_staff:unknown_field", is_staff=True),
)
def test_the_profile(refuse, bad):
    refuse(bad)
