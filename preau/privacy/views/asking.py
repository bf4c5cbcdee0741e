"""What a family asks about its data: to have them put right, erased, or no longer used."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from preau.accounts.audience import FamilyRequest, family_page
from preau.accounts.fresh import fresh
from preau.privacy.actions.asking import SUMMARIES, ask_about_data
from preau.privacy.choices import CORRECTION, ERASURE, OBJECTION
from preau.privacy.forms import CorrectionForm, ErasureForm, ObjectionForm

GET_OR_POST = ["GET", "HEAD", "POST"]
MINUTES = 15

Form = CorrectionForm | ErasureForm | ObjectionForm


@family_page
@require_http_methods(GET_OR_POST)
def correction(request: FamilyRequest) -> HttpResponse:
    intro = (
        "Vous changez vous-même votre adresse, vos téléphones et votre e-mail. Dites ici le reste.",
        "Un agent corrige, ou vous dit pourquoi il ne le peut pas. Il peut vous demander un papier.",
    )
    form = CorrectionForm(request.POST if request.method == "POST" else None)
    return _answer(request, CORRECTION, form, intro)


@family_page
@fresh(minutes=MINUTES)
@require_http_methods(GET_OR_POST)
def erasure(request: FamilyRequest) -> HttpResponse:
    """The password was asked again: what is erased never comes back."""
    intro = (
        "Un agent efface ce que vous demandez, une fois pour toutes. Emportez d’abord vos données si vous y tenez.",
        "Il attend la fin des inscriptions et des réservations à venir, et que chaque facture soit payée.",
        "La loi oblige la mairie à garder les factures dix ans, et la trace de vos accords.",
    )
    return _answer(request, ERASURE, ErasureForm(request.POST if request.method == "POST" else None), intro)


@family_page
@require_http_methods(GET_OR_POST)
def objection(request: FamilyRequest) -> HttpResponse:
    intro = (
        "La mairie utilise vos données pour le service public\u00a0: vous pouvez vous y opposer pour une raison qui "
        "tient à votre situation. Elle cesse, ou vous dit ce qui l’oblige à continuer.",
        "Pour un accord que vous avez donné, ou pour ne plus recevoir nos nouvelles, passez par "
        "«\u00a0Mes consentements\u00a0» et «\u00a0Mes souscriptions\u00a0»\u00a0: c’est immédiat.",
    )
    return _answer(request, OBJECTION, ObjectionForm(request.POST if request.method == "POST" else None), intro)


def _answer(request: FamilyRequest, kind: str, form: Form, intro: tuple[str, ...]) -> HttpResponse:
    if not form.is_valid():
        context = {"title": SUMMARIES[kind], "intro": intro, "form": form}
        return render(request, "privacy/family/ask.html", context)
    demarche = ask_about_data(kind=kind, **form.cleaned_data, by=request.user, now=timezone.now())
    messages.success(
        request, "Votre demande est envoyée. Suivez-la ici\u00a0: un e-mail vous préviendra de la réponse."
    )
    return redirect("demarches:followed", demarche.code)
