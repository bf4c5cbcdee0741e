"""Roles: what each lets do, as a table, and one by one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from preau.accounts.agents import AgentRefused
from preau.accounts.audience import StaffRequest
from preau.accounts.choices import TOWN_WIDE, Capability
from preau.accounts.desk_forms import RoleForm
from preau.accounts.models import Role
from preau.accounts.roles import change_role, new_role
from preau.accounts.rules import AgentRefusal
from preau.accounts.views.agents import manages_agents, recently
from preau.core.dates import local_day

REFUSALS = {
    AgentRefusal.NOT_ADMINISTRATOR: "Vous ne gérez plus les agents\u00a0: rien n’a été changé.",
    AgentRefusal.OWN_ROLE: "Vous avez ce rôle\u00a0: un autre administrateur peut le changer, pas vous.",
    AgentRefusal.MAKES_ADMINISTRATORS: (
        "Le droit de gérer les agents ne s’ajoute pas à un rôle que des agents ont déjà, et ne s’en retire pas. "
        "Créez un autre rôle, puis donnez-le."
    ),
}


@manages_agents
@require_safe
def list_roles(request: StaffRequest) -> HttpResponse:
    roles = list(Role.objects.prefetch_related("capability_rows").order_by("name"))
    given = {role.pk: {row.capability for row in role.capability_rows.all()} for role in roles}
    rows = [(label, [value in given[role.pk] for role in roles]) for value, label in Capability.choices]
    return render(request, "accounts/staff/roles.html", {"roles": roles, "rows": rows})


@manages_agents
@recently
@require_http_methods(["GET", "HEAD", "POST"])
def add_role(request: StaffRequest) -> HttpResponse:
    form = RoleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        code = slugify(form.cleaned_data["name"])[:40].strip("-")
        if not code or Role.objects.filter(code=code).exists():
            form.add_error("name", "Un rôle porte déjà ce nom. Choisissez-en un autre, en lettres ou en chiffres.")
        else:
            try:
                new_role(code, **form.cleaned_data, by=request.user, now=timezone.now())
            except AgentRefused as refused:
                form.add_error(None, REFUSALS[refused.reason])
            else:
                messages.success(request, "Le rôle est créé. Donnez-le depuis la page d’un agent.")
                return redirect("accounts:roles")
    return render(request, "accounts/staff/role.html", {"form": form, "role": None})


@manages_agents
@recently
@require_http_methods(["GET", "HEAD", "POST"])
def role(request: StaffRequest, role_code: str) -> HttpResponse:
    found = get_object_or_404(Role, code=role_code)
    known = {"name": found.name, "capabilities": [row.capability for row in found.capability_rows.all()]}
    form = RoleForm(request.POST if request.method == "POST" else None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            change_role(found, **form.cleaned_data, by=request.user, now=timezone.now())
        except AgentRefused as refused:
            form.add_error(None, REFUSALS[refused.reason])
        else:
            messages.success(request, "Le rôle est changé, dès la prochaine page de ceux qui l’ont.")
            return redirect("accounts:roles")
    today = local_day(timezone.now())
    context = {
        "form": form,
        "role": found,
        "holders": found.grants.on_or_after(today).values("user").distinct().count(),
        "is_ruling": any(value in known["capabilities"] for value in TOWN_WIDE),
    }
    return render(request, "accounts/staff/role.html", context)
