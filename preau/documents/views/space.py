"""My space: files that nobody else sees."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from preau.accounts.audience import FamilyRequest, family_page
from preau.core.cleaning import FileRefused
from preau.documents.actions import DocumentRefused, add_own, delete_own, rename_own
from preau.documents.forms import OwnForm, RenameForm
from preau.documents.models import OwnDocument
from preau.documents.permissions import own_documents_of
from preau.documents.views.serving import bytes_of, sent
from preau.families.models import Adult

GET_OR_POST = ["GET", "HEAD", "POST"]


@family_page
@require_http_methods(GET_OR_POST)
def adding(request: FamilyRequest) -> HttpResponse:
    adult = Adult.objects.filter(user=request.user, family__archived_at__isnull=True).first()
    if adult is None:
        raise Http404
    form = OwnForm(request.POST, request.FILES) if request.method == "POST" else OwnForm()
    if form.is_valid():
        try:
            own = add_own(adult=adult, parts=form.parts, by=request.user, now=timezone.now())
        except FileRefused as refused:
            form.refuse(refused)
        except DocumentRefused as refused:
            form.add_error(None, f"{refused}.".capitalize())
        else:
            messages.success(request, f"{own} est dans votre espace.")
            return redirect("documents:documents")
    return render(request, "documents/family/own_add.html", {"form": form})


@family_page
@require_safe
def own_document(request: FamilyRequest, own_code: str) -> HttpResponse:
    own = _mine(request, own_code)
    return sent(bytes_of(own.file), own.file.type, str(own))


@family_page
@require_http_methods(GET_OR_POST)
def changing(request: FamilyRequest, own_code: str) -> HttpResponse:
    """Rename a file of my space."""
    own = _mine(request, own_code)
    form = RenameForm(request.POST if request.method == "POST" else None, initial={"title": own.title})
    if form.is_valid():
        rename_own(own, title=form.cleaned_data["title"], by=request.user, now=timezone.now())
        messages.success(request, "Le nouveau nom est enregistré.")
        return redirect("documents:documents")
    return render(request, "documents/family/own_change.html", {"own": own, "form": form})


@family_page
@require_http_methods(GET_OR_POST)
def deleting(request: FamilyRequest, own_code: str) -> HttpResponse:
    own = _mine(request, own_code)
    if request.method == "POST":
        delete_own(own, by=request.user, now=timezone.now())
        messages.success(request, f"{own} est supprimé de votre espace.")
        return redirect("documents:documents")
    return render(request, "documents/family/own_delete.html", {"own": own})


def _mine(request: FamilyRequest, code: str) -> OwnDocument:
    return get_object_or_404(own_documents_of(request.user).select_related("file"), code=code)
