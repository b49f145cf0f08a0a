"""Bodies that can be read, and say what must not be: each refusal names its fields."""

from events.tests.factories import body
from neofi.tests.refusals import Bad, table

NUL = "null_characters_not_allowed"
DEEP = {"a": {"b": {"c": []}}}


def create(refused: str, **changes) -> Bad:
    return Bad("POST /api/events", f"400 {refused}", body(**changes))


def change(refused: str, **changes) -> Bad:
    return Bad("PATCH {event}", f"400 {refused}", changes)


def times(refused: str, start: object, end: object = "2026-03-02T10:00:00Z", **changes) -> Bad:
    return create(refused, start_time=start, end_time=end, **changes)


@table(
    nul_in_title=create(f"title:{NUL}", title="a\0b"),
    nul_in_description=create(f"description:{NUL}", description="\0"),
    nul_in_location=create(f"location:{NUL}", location="a\0"),
    nul_in_a_tag=create(f"tags.1:{NUL}", tags=["a", "b\0"]),
    nul_in_note=create(f"note:{NUL}", note="\0because"),
    nul_in_timezone=create(f"timezone:{NUL} timezone:unknown_timezone", timezone="UTC\0"),
    nul_in_status=create("status:invalid_choice", status="confirmed\0"),
    nul_in_a_time=times("start_time:invalid", "2026-03-02T09:00:00Z\0"),
    nul_in_metadata=create("metadata:null_characters", metadata={"a": "\0"}),
    nul_in_a_key_of_metadata=create("metadata:null_characters", metadata={"a\0": 1}),
    nul_deep_in_metadata=create("metadata:null_characters", metadata={"a": [{"b": ["\0"]}]}),
    nul_in_the_name_of_a_field=create("\0:unknown_field", **{"\0": 1}),
    a_surrogate_in_note=Bad("PATCH {event}", "400 parse_error", {"note": "\ud800"}),
    no_title=Bad(
        "POST /api/events",
        "400 title:required",
        {"start_time": "2026-03-02T09:00:00Z", "end_time": "2026-03-02T10:00:00Z"},
    ),
    empty_title=create("title:blank", title=""),
    blank_title=create("title:blank", title="  \t\n  "),
    long_title=create("title:max_length", title="x" * 201),
    number_as_title=create("title:wrong_type", title=1),
    true_as_title=create("title:wrong_type", title=True),
    list_as_title=create("title:wrong_type", title=["Planning"]),
    null_title=create("title:null", title=None),
    long_description=create("description:max_length", description="x" * 20_001),
    long_blank_description=create("description:max_length", description=" " * 20_001),
    number_as_description=create("description:wrong_type", description=0),
    null_description=create("description:null", description=None),
    long_location=create("location:max_length", location="x" * 301),
    object_as_location=create("location:wrong_type", location={"room": 1}),
    null_location=create("location:null", location=None),
    long_note=create("note:max_length", note="x" * 501),
    list_as_note=create("note:wrong_type", note=[]),
    null_note=create("note:null", note=None),
    text_as_all_day=create("all_day:wrong_type", all_day="true"),
    one_as_all_day=create("all_day:wrong_type", all_day=1),
    null_all_day=create("all_day:null", all_day=None),
    unknown_status=create("status:invalid_choice", status="maybe"),
    capital_status=create("status:invalid_choice", status="Confirmed"),
    empty_status=create("status:invalid_choice", status=""),
    object_as_status=create("status:wrong_type", status={}),
    null_status=create("status:null", status=None),
    unknown_transparency=create("transparency:invalid_choice", transparency="glass"),
    false_as_transparency=create("transparency:wrong_type", transparency=False),
    null_transparency=create("transparency:null", transparency=None),
    unknown_field=create("colour:unknown_field", colour="red"),
    several_unknown_fields=create(
        "Title:unknown_field __class__:unknown_field", Title="a", __class__=1
    ),
    wrong_in_every_way=Bad(
        "POST /api/events",
        "400 title:wrong_type start_time:invalid end_time:required tags:wrong_type x:unknown_field",
        {"title": 1, "start_time": "soon", "tags": "a", "x": 1},
    ),
    recurrence=create("recurrence:not_supported", recurrence="FREQ=DAILY"),
    recurrence_of_a_number=create("recurrence:wrong_type", recurrence=7),
    empty_recurrence=create("recurrence:blank", recurrence=""),
    exceptions=create("exceptions:not_supported", exceptions={"2026-03-02": None}),
    null_exceptions=create("exceptions:null", exceptions=None),
    list_as_exceptions=create("exceptions:wrong_type", exceptions=[]),
)
def test_fields_of_an_event(refuse, bad):
    refuse(bad)


@table(
    text=create("tags:wrong_type", tags="team"),
    object=create("tags:wrong_type", tags={"0": "team"}),
    null=create("tags:null", tags=None),
    too_many=create("tags:max_length", tags=[str(n) for n in range(21)]),
    long=create("tags.0:max_length", tags=["x" * 51]),
    empty=create("tags.1:blank", tags=["a", ""]),
    blank=create("tags.0:blank", tags=["   "]),
    numbers=create("tags.0:wrong_type tags.2:wrong_type", tags=[1, "a", 2.5]),
    object_among_them=create("tags.0:wrong_type", tags=[{}]),
    null_among_them=create("tags.2:null", tags=["a", "b", None]),
    list_among_them=create("tags.0:wrong_type", tags=[["a"]]),
    doubled=create("tags:doubled", tags=["a", "b", "a"]),
    doubled_after_trimming=create("tags:doubled", tags=["a", " a "]),
)
def test_tags(refuse, bad):
    refuse(bad)


@table(
    list=create("metadata:wrong_type", metadata=[]),
    text=create("metadata:wrong_type", metadata="{}"),
    null=create("metadata:null", metadata=None),
    more_than_16_kb=create("metadata:too_large", metadata={"a": "x" * 16_384}),
    more_than_16_kb_of_keys=create("metadata:too_large", metadata={str(n): n for n in range(2000)}),
    more_than_16_kb_of_wide_text=create("metadata:too_large", metadata={"a": "€" * 6000}),
    changed_to_a_list=change("metadata:wrong_type", metadata=[1]),
)
def test_metadata(refuse, bad):
    refuse(bad)


@table(
    mars=create("timezone:unknown_timezone", timezone="Mars/Olympus"),
    a_file=create("timezone:unknown_timezone", timezone="../../etc/passwd"),
    an_absolute_file=create("timezone:unknown_timezone", timezone="/etc/localtime"),
    localtime=create("timezone:unknown_timezone", timezone="localtime"),
    an_offset=create("timezone:unknown_timezone", timezone="+02:00"),
    lower_case=create("timezone:unknown_timezone", timezone="europe/berlin"),
    a_folder=create("timezone:unknown_timezone", timezone="Europe"),
    empty=create("timezone:blank", timezone=""),
    a_number=create("timezone:wrong_type", timezone=2),
    null=create("timezone:null", timezone=None),
    very_long=create("timezone:max_length timezone:unknown_timezone", timezone="A/" * 500),
    changed=change("timezone:unknown_timezone", timezone="Atlantis/Poseidonis"),
)
def test_timezones(refuse, bad):
    refuse(bad)


NEVER = "end_time:not_after_start"
MIDNIGHT = "start_time:not_midnight end_time:not_midnight"


@table(
    words=times("start_time:invalid", "tomorrow"),
    empty=times("start_time:invalid", ""),
    seconds_since_1970=times("start_time:wrong_type", 1772442000),
    seconds_as_text=times("start_time:invalid", "1772442000"),
    a_float=times("start_time:wrong_type", 1.5),
    true=times("start_time:wrong_type", True),
    null=times("start_time:null", None),
    an_object=times("start_time:wrong_type", {}),
    an_object_of_ten=times("start_time:wrong_type", dict.fromkeys("abcdefghij")),
    a_list_of_characters=times("start_time:wrong_type", list("2026-03-02T09:00:00Z")),
    a_list_of_ten=times("start_time:wrong_type", list("2026-03-02")),
    compact=times("start_time:invalid", "20260302T090000Z"),
    compact_time=times("start_time:invalid", "2026-03-02T090000Z"),
    a_week_day=times("start_time:invalid end_time:invalid", "2026-W10-1", "2026-W10-2"),
    a_week_day_of_an_all_day_event=times(
        "start_time:invalid end_time:invalid", "2026-W10-1", "2026-W10-2", all_day=True
    ),
    a_week_day_and_time=times("start_time:invalid", "2026-W10-1T09:00:00Z"),
    a_day_of_the_year=times("start_time:invalid", "2026-061T09:00:00Z"),
    american=times("start_time:invalid", "03/02/2026 09:00"),
    of_the_mail=times("start_time:invalid", "Mon, 02 Mar 2026 09:00:00 GMT"),
    wide_digits=times("start_time:invalid", "\uff12\uff10\uff12\uff16-03-02T09:00:00Z"),
    blanks_around=times("start_time:invalid", " 2026-03-02T09:00:00Z "),
    february_30=times("start_time:invalid", "2026-02-30T09:00:00Z"),
    february_29_of_2026=times("start_time:invalid", "2026-02-29T09:00:00Z"),
    month_13=times("start_time:invalid", "2026-13-01T09:00:00Z"),
    twenty_four_hours=times("start_time:invalid", "2026-03-01T24:00:00Z"),
    hour_25=times("start_time:invalid", "2026-03-01T25:00:00Z"),
    a_leap_second=times("start_time:invalid", "2016-12-31T23:59:60Z"),
    offset_of_25_hours=times("start_time:invalid", "2026-03-02T09:00:00+25:00"),
    offset_of_24_hours=times("start_time:invalid", "2026-03-02T09:00:00-24:00"),
    a_named_offset=times("start_time:invalid", "2026-03-02T09:00:00 CET"),
    zone_in_brackets=times("start_time:invalid", "2026-03-02T09:00:00+01:00[Europe/Berlin]"),
    year_0=times("start_time:invalid", "0000-01-01T00:00:00Z"),
    year_10000=times("end_time:invalid", "2026-03-02T09:00:00Z", "10000-01-01T00:00:00Z"),
    before_the_common_era=times("start_time:invalid", "-0001-01-01T00:00:00Z"),
    year_1_at_its_start=times("start_time:out_of_range", "0001-01-01T00:00:00Z"),
    year_1_east_of_it=times("start_time:out_of_range", "0001-01-01T00:00:00+14:00"),
    year_1_in_a_far_zone=times(
        "start_time:out_of_range", "0001-01-01T00:00:00", timezone="Pacific/Kiritimati"
    ),
    year_9999_at_its_end=times(
        "end_time:out_of_range", "2026-03-02T09:00:00Z", "9999-12-31T23:59:59-12:00"
    ),
    year_9999_in_a_far_zone=times(
        "end_time:out_of_range",
        "2026-03-02T09:00:00Z",
        "9999-12-31T23:59:59",
        timezone="Etc/GMT+12",
    ),
    both_out_of_range=times(
        "start_time:out_of_range end_time:out_of_range",
        "0001-01-01",
        "9999-12-31",
        all_day=True,
    ),
    end_at_start=times(NEVER, "2026-03-02T10:00:00Z"),
    end_before_start=times(NEVER, "2026-03-02T10:00:01Z"),
    end_at_start_by_another_offset=times(NEVER, "2026-03-02T11:00:00+01:00"),
    end_before_start_by_a_microsecond=times(NEVER, "2026-03-02T10:00:00.000001Z"),
    end_before_start_in_a_gap=times(
        NEVER, "2026-03-29T02:30:00", "2026-03-29T03:15:00", timezone="Europe/Berlin"
    ),
    dates_of_a_timed_event=times("start_time:invalid end_time:invalid", "2026-03-02", "2026-03-03"),
    all_day_at_nine=times(MIDNIGHT, "2026-03-02T09:00:00Z", all_day=True),
    all_day_at_midnight_elsewhere=times(
        MIDNIGHT,
        "2026-03-02T00:00:00Z",
        "2026-03-03T00:00:00Z",
        timezone="Asia/Tokyo",
        all_day=True,
    ),
    all_day_in_a_zone_of_odd_offset=times(
        MIDNIGHT,
        "2026-03-02T00:00:00+05:30",
        "2026-03-03T00:00:00+05:30",
        timezone="Asia/Kathmandu",
        all_day=True,
    ),
    no_day_at_all=times(NEVER, "2026-03-02", "2026-03-02", all_day=True),
    start_moved_behind_the_end=change(NEVER, start_time="2026-03-02T11:00:00Z"),
    end_moved_before_the_start=change(NEVER, end_time="2026-03-02T08:00:00Z"),
    end_moved_to_the_start=change(NEVER, end_time="2026-03-02T09:00:00Z"),
    made_all_day_alone=change(MIDNIGHT, all_day=True),
    start_taken_away=change("start_time:null", start_time=None),
)
def test_times(refuse, bad):
    refuse(bad)


@table(
    replaced_without_its_times=Bad(
        "PUT {event}", "400 start_time:required end_time:required", {"title": "a"}
    ),
    replaced_by_nothing=Bad(
        "PUT {event}", "400 title:required start_time:required end_time:required", {}
    ),
    replaced_with_an_unknown_field=Bad("PUT {event}", "400 x:unknown_field", body(x=1)),
    changed_by_an_unknown_field=change("starts:unknown_field", starts="2026-03-02T09:00:00Z"),
    deleted_with_more_than_a_note=Bad("DELETE {event}", "400 title:unknown_field", {"title": "a"}),
    deleted_with_a_long_note=Bad("DELETE {event}", "400 note:max_length", {"note": "x" * 501}),
    purged_with_an_unknown_field=Bad(
        "DELETE {event}?purge=true", "400 sure:unknown_field", {"sure": True}
    ),
    restored_with_content=Bad("POST {trashed}/restore", "400 title:unknown_field", {"title": "a"}),
    restored_with_null=Bad("POST {trashed}/restore", "400 note:null", {"note": None}),
    rolled_back_with_a_version=Bad(
        "POST {event}/rollback/1", "400 version:unknown_field", {"version": 1}
    ),
    rolled_back_with_nul=Bad("POST {event}/rollback/1", f"400 note:{NUL}", {"note": "\0"}),
)
def test_other_writes_of_an_event(refuse, bad):
    refuse(bad)


def batch(refused: str, *events, **members) -> Bad:
    return Bad("POST /api/events/batch", f"400 {refused}", {"events": list(events), **members})


@table(
    nothing=Bad("POST /api/events/batch", "400 events:required", {}),
    no_events=batch("events:empty"),
    null=Bad("POST /api/events/batch", "400 events:null", {"events": None}),
    an_object=Bad("POST /api/events/batch", "400 events:wrong_type", {"events": {"0": body()}}),
    too_many=batch("events:max_length", *[{}] * 1001),
    null_among_them=batch("events.1:null", body(), None),
    a_text_among_them=batch("events.1:invalid", body(), "an event"),
    a_list_among_them=batch("events.0:invalid", [body()]),
    an_unknown_field_of_the_fourth=batch("events.3.x:unknown_field", *[body()] * 3, body(x=1)),
    a_bad_time_of_the_fourth=batch(
        "events.3.start_time:invalid", *[body()] * 3, body(start_time="soon")
    ),
    a_rule_broken_by_the_fourth=batch(
        "events.3.end_time:not_after_start", *[body()] * 3, body(end_time="2026-01-01T00:00:00Z")
    ),
    every_bad_one_is_named=batch(
        "events.0.title:blank events.2.title:wrong_type events.2.tags.0:blank",
        body(title=""),
        body(),
        body(title=1, tags=[""]),
    ),
    nul_deep_inside=batch(
        "events.1.metadata:null_characters", body(), body(metadata={"a": ["\0"]})
    ),
    an_unknown_member=batch("operation:unknown_field", body(), operation="create"),
    no_operations=batch("operations:empty", body(), operations=[]),
    events_and_operations=batch("events:required", body(), operations=[{"op": "create"}]),
    text_as_atomic=batch("atomic:wrong_type", body(), atomic="true"),
    null_as_atomic=batch("atomic:null", body(), atomic=None),
)
def test_batches(refuse, bad):
    refuse(bad)
