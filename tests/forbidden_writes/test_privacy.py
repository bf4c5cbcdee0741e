"""What the database refuses of people's requests about their data."""

from preau.privacy.actions.asking import ask_about_data
from preau.privacy.choices import ERASURE, Erased, ExportState
from preau.privacy.models import DataAsked, DataExport, Erasure, RetentionRule
from tests.forbidden_writes.given import NOW, Base, forbidden


@forbidden("dataexport_ready_is_whole", "an export that is ready without a file")
def _(base: Base) -> None:
    DataExport.objects.create(user=base.home.user, asked_at=NOW, state=ExportState.READY, ready_at=NOW, expires_at=NOW)


@forbidden("dataexport_ready_is_whole", "an export to be made that has a file")
def _(base: Base) -> None:
    DataExport.objects.create(user=base.home.user, asked_at=NOW, file="exports/x.zip")


@forbidden("dataexport_of_one", "an export of nobody")
def _(base: Base) -> None:
    DataExport.objects.create(asked_at=NOW)


@forbidden("adult_id", "two exports of one adult")
def _(base: Base) -> None:
    for _ in range(2):
        DataExport.objects.create(adult=base.home.adult, asked_at=NOW)


@forbidden("user_id", "two exports of one person")
def _(base: Base) -> None:
    for _ in range(2):
        DataExport.objects.create(user=base.home.user, asked_at=NOW)


@forbidden("erasure_once", "two accounts of one erasure")
def _(base: Base) -> None:
    for _ in range(2):
        Erasure.objects.create(kind=Erased.CHILD, subject="abc", at=NOW)


@forbidden("dataasked_about_who_asks", "a parent who asks to erase a child alone")
def _(base: Base) -> None:
    ask_about_data(kind=ERASURE, text="", about=Erased.ACCOUNT, by=base.home.user, now=NOW)
    DataAsked.objects.update(about=Erased.CHILD)


@forbidden("retentionrule_keeps_a_while", "a sort of data that is not kept at all")
def _(base: Base) -> None:
    RetentionRule.objects.create(code="journal", months=0)


@forbidden("code", "two delays of one sort")
def _(base: Base) -> None:
    for months in (6, 12):
        RetentionRule.objects.create(code="journal", months=months)
