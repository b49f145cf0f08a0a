"""What staff do to many events at once, or to one: asked first, then each by a service of its own.

What one event refuses leaves the others alone: it is told by name.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from rest_framework.exceptions import APIException
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.models import User
from collaboration.admin.base import MOST_AT_ONCE, sentence
from collaboration.admin.confirming import ask, confirmed
from collaboration.services import sharing
from events.models import Event, Grant
from events.models.event import Status
from events.roles import Role
from events.services import writing
from events.services.editing import Edit
from neofi.ids import parse_uuid

MOST_TOLD = 20


class PersonField(forms.CharField):
    """An active user, by user name, e-mail address or id."""

    def __init__(self, **kwargs):
        kwargs.setdefault("help_text", "A user name, an e-mail address or an id.")
        super().__init__(max_length=254, widget=UnfoldAdminTextInputWidget, **kwargs)

    def clean(self, value) -> User:
        text = super().clean(value)
        found = User.objects.identified_by([text]).get(text)
        if found is None:
            raise forms.ValidationError("There is no active user of this name.", "unknown_user")
        return found


class NoteForm(forms.Form):
    note = forms.CharField(
        max_length=500,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="Why; kept in the history of each event.",
    )


class TransferForm(NoteForm):
    to = PersonField(label="New owner")
    field_order = ["to", "note"]


@dataclass(frozen=True)
class Bulk:
    """One thing to do. `run(event_id, by=..., note=..., as_staff=True, ...)` is the service."""

    title: str
    submit: str
    sentence: str
    run: Callable[..., object]
    form: type[forms.Form] = NoteForm
    danger: bool = False


def _cancel(event_id: UUID, *, by: User, note: str, as_staff: bool) -> Event:
    edit = Edit({"status": Status.CANCELLED.value}, note=note)
    return writing.update_event(event_id, edit, by=by, as_staff=as_staff)


def _transfer(event_id: UUID, *, to: User, by: User, note: str, as_staff: bool) -> Grant:
    return sharing.transfer(event_id, to, by=by, note=note, as_staff=as_staff)


def _delete(event_id: UUID, **told) -> Event:
    return writing.delete_event(event_id, **told)


def _restore(event_id: UUID, **told) -> Event:
    return writing.restore_event(event_id, **told)


CANCEL = Bulk(
    "Cancel events",
    "Cancel the events",
    "Their status becomes “cancelled”, as a new version. People keep their access.",
    _cancel,
)
THROW_AWAY = Bulk(
    "Move events to the trash",
    "Move to the trash",
    "Nobody sees them any more but their owners, in the trash, from where they can be restored "
    "until it is emptied.",
    _delete,
    danger=True,
)
RESTORE = Bulk(
    "Restore events from the trash",
    "Restore",
    "They are back in the calendars of all who have access.",
    _restore,
)
TRANSFER = Bulk(
    "Transfer events to another owner",
    "Transfer",
    "The owners of now become editors. The new owner needs no role on them before.",
    _transfer,
    form=TransferForm,
)


def too_many(request: HttpRequest, ids: Collection) -> bool:
    """Whether that is more than one action takes; says so."""
    if len(ids) <= MOST_AT_ONCE:
        return False
    text = f"Nothing was done: one action takes up to {MOST_AT_ONCE:,} events. Filter the list."
    messages.error(request, text)
    return True


def chosen(queryset: QuerySet) -> list[UUID]:
    """The ids; one more than is allowed, if there are more."""
    return list(queryset.values_list("pk", flat=True)[: MOST_AT_ONCE + 1])


def of_list(
    admin: ModelAdmin, request: HttpRequest, bulk: Bulk, queryset: QuerySet
) -> HttpResponse | None:
    """An action of the list. The page of confirmation has named the events, so it posts which."""
    ids = _posted(request) if confirmed(request) else chosen(queryset)
    return None if too_many(request, ids) else act(admin, request, bulk, ids)


def _posted(request: HttpRequest) -> list[UUID]:
    texts = request.POST.get("ids", "").split()[: MOST_AT_ONCE + 1]
    return [found for text in texts if (found := parse_uuid(text))]


def act(
    admin: ModelAdmin,
    request: HttpRequest,
    bulk: Bulk,
    ids: Sequence[UUID],
    back: str | None = None,
) -> HttpResponse | None:
    """Ask, or do it once that is confirmed; None then."""
    form = bulk.form(request.POST if confirmed(request) else None)
    if form.is_valid():
        titles = dict(Event.objects.filter(pk__in=ids).values_list("pk", "title"))
        _tell(request, _refusals(request.user, bulk, titles, form.cleaned_data), len(titles))
        return None
    return ask(
        request,
        admin,
        bulk.title,
        sentences=[_count(len(ids)), bulk.sentence],
        objects=_lines(ids),
        form=form,
        hidden={"ids": " ".join(map(str, ids))},
        submit=bulk.submit,
        danger=bulk.danger,
        back=back,
    )


def _count(number: int) -> str:
    return "One event:" if number == 1 else f"{number:,} events:"


def _lines(ids: Sequence[UUID]) -> list[str]:
    """Each with its owner and start, and a link, in the order of the list."""
    owners = Grant.objects.filter(event__in=ids, role=Role.OWNER)
    rows = owners.values_list("event_id", "event__title", "user__username", "event__start_time")
    found = {row[0]: row for row in rows}
    return [
        format_html(
            '<a class="neofi-link" href="{}">{}</a> of {}, {} UTC',
            reverse("admin:events_event_change", args=[event_id]),
            title,
            owner,
            f"{start:%Y-%m-%d %H:%M}",
        )
        for event_id, title, owner, start in (found[pk] for pk in ids if pk in found)
    ]


def _refusals(by: User, bulk: Bulk, titles: dict[UUID, str], told: dict) -> list[str]:
    refused = []
    for event_id, title in titles.items():
        try:
            bulk.run(event_id, by=by, as_staff=True, **told)
        except APIException as refusal:  # somebody was faster, or it cannot be
            refused.append(f"“{title}”: {sentence(refusal)}")
    return refused


def _tell(request: HttpRequest, refused: list[str], tried: int) -> None:
    for text in refused[:MOST_TOLD]:
        messages.warning(request, text)
    if more := len(refused[MOST_TOLD:]):
        messages.warning(request, f"And {more} more were refused.")
    done = tried - len(refused)
    if done or not refused:
        messages.success(request, f"Done: {done}.")
