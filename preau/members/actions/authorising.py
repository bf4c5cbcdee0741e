"""Parents answer what the town asks about their children."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from preau.accounts.choices import Channel
from preau.accounts.models import User
from preau.core.dates import local_day
from preau.families.actions import answer_consent
from preau.families.models import Adult, Participant
from preau.members.actions.disagreements import end_disagreement, note_disagreement
from preau.members.actions.telling import tell_other_parents
from preau.members.choices import Verdict
from preau.members.queries.authorisations import State, authorisation_states


@transaction.atomic
def sign_authorisations(
    *,
    adult: Adult,
    participant: Participant,
    answers: Mapping[str, bool],
    channel: Channel = Channel.ONLINE,
    by: User,
    now: dt.datetime,
) -> int:
    """Write down the answers of `adult`, by code of what is asked; those that say nothing new change nothing.

    The other parents are told; a yes against a no goes to an agent. Returns how many answers are new. Codes that are
    not asked of this child, or not of this adult, are left out.
    """
    Participant.objects.select_for_update().get(pk=participant.pk)  # two parents at once: the second sees the first
    today = local_day(now)
    changed: list[State] = []
    for state in authorisation_states([participant], on=today)[participant.pk]:
        mine, wanted = state.answer_of(adult), answers.get(state.kind.code)
        if wanted is None or mine is None or (mine.given == wanted and not mine.is_outdated):
            continue
        answer_consent(
            adult=adult, participant=participant, text=state.text, given=wanted, channel=channel, by=by, now=now
        )
        changed.append(state)
    if changed:
        said = [f"{state.text.title}\u00a0: {'oui' if answers[state.kind.code] else 'non'}" for state in changed]
        tell_other_parents(participant, adult, said, today=today, now=now)
        _settle(participant, adult, {state.kind.code for state in changed}, by=by, now=now)
    return len(changed)


def _settle(participant: Participant, adult: Adult, codes: set[str], *, by: User, now: dt.datetime) -> None:
    for state in authorisation_states([participant], on=local_day(now))[participant.pk]:
        if state.kind.code not in codes:
            continue
        if state.verdict == Verdict.DISAGREED:
            note_disagreement(
                participant=participant, signer=adult, kind=state.kind, label=state.text.title, by=by, now=now
            )
        else:
            end_disagreement(participant=participant, kind=state.kind, by=by, now=now)
