"""The mails of the area, made when they are sent."""

from typing import Any

from preau.accounts.models import User
from preau.bookings.models import Submission
from preau.bookings.queries.recaps import recap_of_submission
from preau.town.queries import the_town


def outcome(token: str) -> tuple[str, dict[str, Any]]:
    """What became of each line of a submission, for the parent who sent it."""
    submission = Submission.objects.select_related("user").get(pk=token)
    town = the_town()
    recap = recap_of_submission(submission, user=submission.user, town=town, now=submission.at)
    context = {"town": town, "person": submission.user, "recap": recap, "token": token}
    return "bookings/mail/outcome", context


def counter(about: str) -> tuple[str, dict[str, Any]]:
    """What an agent booked and cancelled for the household, told to one of its accounts."""
    token, holder = about.split()
    submission, person = Submission.objects.get(pk=token), User.objects.get(pk=int(holder))
    town = the_town()
    recap = recap_of_submission(submission, user=person, town=town, now=submission.at)
    return "bookings/mail/counter", {"town": town, "person": person, "recap": recap}
