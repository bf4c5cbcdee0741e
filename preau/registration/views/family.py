"""« Relier mon dossier »: for an account that waits for its file."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from preau.accounts.audience import SignedInRequest, signed_in_page
from preau.registration.actions.activating import tell_outcome
from preau.registration.actions.linking import ClaimedFile, claim_file
from preau.registration.choices import Outcome
from preau.registration.forms import FileForm
from preau.registration.models import Registration
from preau.registration.views.links import address_of
from preau.registration.views.steps import proofs_of
from preau.town.context import town_of

CODE_SENT = (
    "Si ces références sont bonnes, un code est parti à l’adresse e-mail que la mairie connaît. Écrivez-le ci-dessous."
)
NOT_VERIFIED = "Nous n’avons pas pu vérifier. Relisez le numéro, le nom et le code, ou demandez à un agent."
TOO_MANY = "Trop d’essais. Attendez une heure, puis recommencez, ou demandez à un agent."
LINKED = "Votre compte est relié à votre dossier."


@signed_in_page
@require_http_methods(["GET", "HEAD", "POST"])
def link_file(request: SignedInRequest) -> HttpResponse:
    """Number, name and a proof; the answer is the same for a wrong code, a wrong name and an unknown file."""
    user = request.user
    if not user.is_family:
        raise Http404
    if user.is_admitted:
        return redirect("accounts:landing")
    proofs = proofs_of(town_of(request))
    known = Registration.objects.filter(user=user).first()
    initial = {"proof": next(iter(proofs), "")}
    if known:
        chosen = known.proof if known.proof in proofs else initial["proof"]
        initial = {"number": known.file_number, "name": known.file_name, "proof": chosen}
    form = FileForm(request.POST or None, proofs=proofs, initial=initial)
    if request.method == "POST" and form.is_valid():
        outcome = _claim(request, form)
        if outcome == Outcome.LINKED:
            messages.success(request, LINKED)
            return redirect("accounts:landing")
        if outcome == Outcome.AGENT_ASKED:
            return redirect("demarches:waiting")
        _say(request, form, outcome)
    return render(request, "registration/family/link_file.html", {"form": form})


@transaction.atomic
def _claim(request: SignedInRequest, form: FileForm) -> Outcome:
    claimed = ClaimedFile(
        number=form.cleaned_data["number"], name=form.cleaned_data["name"], proof=form.chosen_proof, digest=form.digest
    )
    now = timezone.now()
    outcome = claim_file(user=request.user, claimed=claimed, address=address_of(request), now=now)
    if outcome in (Outcome.LINKED, Outcome.AGENT_ASKED):
        tell_outcome(user=request.user, outcome=outcome, now=now)
    return outcome


def _say(request: SignedInRequest, form: FileForm, outcome: Outcome) -> None:
    if outcome == Outcome.CODE_SENT:
        messages.info(request, CODE_SENT)
    else:
        form.add_error(None, TOO_MANY if outcome == Outcome.TOO_MANY else NOT_VERIFIED)
