"""Pages with the holes that the sweeps exist to find, beside the addresses of the portal that layouts link to."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path

from preau.accounts.audience import FamilyRequest, StaffRequest, family_page, staff_page
from preau.accounts.choices import Capability
from preau.billing.models import Invoice
from preau.core.audience import public_page
from preau.enrolments.models import Enrolment
from preau.families.models import Participant
from tests.every_url import handler400, handler403, handler404, handler500
from tests.every_url import urlpatterns as portal

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

FORM = '<form method="post"><input name="nom" value="{}"><button name="ok" value="1">Changer</button></form>'


def silent(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@family_page
def everybody(request: FamilyRequest) -> HttpResponse:
    """A list without `visible_to`."""
    return HttpResponse(", ".join(map(str, Participant.objects.all())))


@family_page
def anybody(request: FamilyRequest, who: str) -> HttpResponse:
    """A code is enough; and a form that changes it."""
    child = get_object_or_404(Participant, code=who)
    if request.method == "POST":
        Participant.objects.filter(pk=child.pk).update(first_name=request.POST.get("nom", ""))
    return HttpResponse(FORM.format(child.sex))


@staff_page(Capability.SEE_BOOKINGS)
def without_scope(request: StaffRequest) -> HttpResponse:
    """The capability is asked, its scope is not."""
    enrolments = Enrolment.objects.select_related("participant")
    return HttpResponse(
        "\n".join(f"{row.participant};{row.activity_id}" for row in enrolments), content_type="text/csv"
    )


@public_page
def in_a_header(request: HttpRequest) -> HttpResponse:
    response = HttpResponse()
    response["X-Invoice"] = Invoice.objects.order_by("pk")[0].number or ""
    return response


@public_page
def fragile(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(str(int(name) if name.isdigit() else len(name)) + str(10 // (len(name) - 1)))


@family_page
def careless(request: FamilyRequest) -> HttpResponse:
    """Parameters and fields are believed."""
    page = int(request.GET.get("page", "1"))
    if request.method == "POST":
        return HttpResponse(str(int(request.POST["nom"])))
    return HttpResponse(f'<a href="?page={page + 1}">Suite</a>' + FORM.format(3))


@family_page
def behind_a_button(request: FamilyRequest) -> HttpResponse:
    """What comes with the second button is believed."""
    if "autre" in request.POST:
        Participant.objects.update(first_name=str(int(request.POST["nom"])))
    return HttpResponse(FORM.format(1).replace("</form>", '<button name="autre" value="1">Autre</button></form>'))


@family_page
def on_the_side(request: FamilyRequest) -> HttpResponse:
    return HttpResponse()


def by_a_side_door(request: HttpRequest) -> HttpResponseBase:
    """Its audience is asked of those who read it or send it a form."""
    return on_the_side(request) if request.method in ("GET", "POST") else HttpResponse()


vars(by_a_side_door).update(vars(on_the_side))


urlpatterns = [
    path("trou/muet/", silent, name="silent"),
    path("trou/tous/", everybody, name="everybody"),
    path("trou/un/<slug:who>/", anybody, name="anybody"),
    path("trou/mairie/", without_scope, name="without_scope"),
    path("trou/en-tete/", in_a_header, name="in_a_header"),
    path("trou/fragile/<str:name>/", fragile, name="fragile"),
    path("trou/confiant/", careless, name="careless"),
    path("trou/bouton/", behind_a_button, name="behind_a_button"),
    path("trou/porte/", by_a_side_door, name="by_a_side_door"),
    *portal,
]
