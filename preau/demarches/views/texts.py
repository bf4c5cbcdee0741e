"""The texts that agents keep for their answers."""

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability
from preau.demarches.actions.texts import change_answer_text, delete_answer_text, save_answer_text
from preau.demarches.forms import AnswerTextForm
from preau.demarches.models import AnswerText
from preau.demarches.queries import answer_texts

TAKEN = "Un autre texte a déjà ce titre"


@staff_page(Capability.HANDLE_REQUESTS)
@require_http_methods(["GET", "HEAD", "POST"])
def texts(request: StaffRequest) -> HttpResponse:
    """All of them; POST keeps a new one."""
    form = AnswerTextForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if AnswerText.objects.filter(state=form.cleaned_data["state"], title=form.cleaned_data["title"]).exists():
            form.add_error("title", TAKEN)
        else:
            save_answer_text(**form.cleaned_data, by=request.user, now=timezone.now())
            messages.success(request, "Le texte est enregistré.")
            return redirect("demarches:texts")
    return render(request, "demarches/staff/texts.html", {"form": form, "texts": answer_texts()})


@staff_page(Capability.HANDLE_REQUESTS)
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: StaffRequest, text_code: str) -> HttpResponse:
    """Change one."""
    found = get_object_or_404(AnswerText, code=text_code)
    values = {"state": found.state, "title": found.title, "body": found.body}
    written = request.POST.copy()
    written["state"] = found.state  # what it serves for never changes
    form = AnswerTextForm(written) if request.method == "POST" else None
    if form is not None and form.is_valid():
        given = form.cleaned_data
        try:
            change_answer_text(found, title=given["title"], body=given["body"], by=request.user, now=timezone.now())
        except IntegrityError:
            form.add_error("title", TAKEN)
        else:
            messages.success(request, "Le texte est enregistré.")
            return redirect("demarches:texts")
    shown = form or AnswerTextForm(initial=values)
    return render(request, "demarches/staff/text.html", {"form": shown, "text": found})


@staff_page(Capability.HANDLE_REQUESTS)
@require_POST
def text_deleting(request: StaffRequest, text_code: str) -> HttpResponse:
    delete_answer_text(get_object_or_404(AnswerText, code=text_code), by=request.user, now=timezone.now())
    messages.success(request, "Le texte est supprimé. Les réponses déjà envoyées ne changent pas.")
    return redirect("demarches:texts")
