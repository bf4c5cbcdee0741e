"""« À faire » : one list of what is missing, with one link for each thing."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from preau.accounts.audience import FamilyRequest, family_page
from preau.checklist.queries.todo import todo_of
from preau.core.dates import local_day


@family_page
@require_safe
def todo(request: FamilyRequest) -> HttpResponse:
    today = local_day(timezone.now())
    return render(request, "checklist/family/todo.html", {"todo": todo_of(request.user, on=today)})
