"""The texts that agents keep for their answers."""

import datetime as dt

from django.db import transaction

from preau.accounts.models import User
from preau.demarches.choices import DemarcheState
from preau.demarches.models import AnswerText
from preau.journal.actions import record


@transaction.atomic
def save_answer_text(*, state: DemarcheState, title: str, body: str, by: User, now: dt.datetime) -> AnswerText:
    """Keep a text under its title; one of the same title takes the new words."""
    text, _ = AnswerText.objects.update_or_create(state=state, title=title, defaults={"body": body})
    record(by, "demarches.answertext_saved", at=now, subject=text.code)
    return text


@transaction.atomic
def change_answer_text(text: AnswerText, *, title: str, body: str, by: User, now: dt.datetime) -> None:
    """Change a text for the answers to come. Raises IntegrityError when another has that title."""
    AnswerText.objects.filter(pk=text.pk).update(title=title, body=body)
    record(by, "demarches.answertext_saved", at=now, subject=text.code)


@transaction.atomic
def delete_answer_text(text: AnswerText, *, by: User, now: dt.datetime) -> None:
    """Drop a text: the answers already sent keep their words."""
    text.delete()
    record(by, "demarches.answertext_deleted", at=now, subject=text.code)
